import type { ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { FieldPath, invalid } from '../../meta/field.ts';
import { keepsStatus, statusSubresource } from '../../meta/statuses.ts';
import { immutableMessage } from '../../meta/validation.ts';
import { hasAdminAccess, refuseAdminAccess, refuseAdminAllocation, wantsAdminAccess } from './admin-access.ts';
import { defaultClaimSpec } from './resourceclaim.defaults.ts';
import { statusRights } from './resourceclaim.rights.ts';
import { deviceKey, validateStatus } from './resourceclaim.status.validation.ts';
import { validateClaimSpec } from './resourceclaim.validation.ts';

const path = FieldPath.of('spec');

function stateCell({ metadata, status }: ResourceV1ResourceClaim): string {
  const states: string[] = [];
  if (metadata?.deletionTimestamp) states.push('deleted');
  if (!status?.allocation) states.push('pending');
  else states.push('allocated');
  if (status?.reservedFor?.length) states.push('reserved');
  return states.join(',');
}

// What devices report goes with their allocation.
function dropDeallocatedDevices({ status }: ResourceV1ResourceClaim, old: ResourceV1ResourceClaim): void {
  if (!status?.devices) return;
  const keys = ({ status }: ResourceV1ResourceClaim) => (status?.allocation?.devices?.results ?? []).map(deviceKey);
  const kept = new Set(keys({ status } as ResourceV1ResourceClaim));
  const gone = new Set(keys(old).filter((key) => !kept.has(key)));
  const left = status.devices.filter((device) => !gone.has(deviceKey(device)));
  if (left.length > 0) status.devices = left;
  else delete status.devices;
}

/** ResourceClaims. Compared with v1.36.3: requests, constraints, configuration, what stays, allocation, devices, table. */
export const resourceClaim = defineResource<ResourceV1ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  returnsDeletedObject: true,
  singular: 'resourceclaim',
  scope: 'Namespaced',
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  subresources: [
    statusSubresource<ResourceV1ResourceClaim>(
      {
        prepareForUpdate(object, old) {
          keepMetadata(object, old);
          dropDeallocatedDevices(object, old);
        },
        judgesNamespace: ({ status }) => hasAdminAccess(status),
        rights: statusRights,
        validateUpdate: (object, old, context) => [
          ...refuseAdminAllocation(object.status, old.status, context),
          ...(context.refusals ?? []),
          ...validateCoreMetaUpdate(object.metadata, old.metadata),
          ...validateStatus(object, old),
        ],
      },
      [['metadata'], ['spec']],
    ),
  ],
  columns: [
    nameColumn,
    { name: 'State', type: 'string', description: 'A summary of the current state (allocated, pending, reserved, etc.).', cell: stateCell },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults: ({ spec }) => defaultClaimSpec(spec),
  ...keepsStatus,
  judgesNamespace: ({ spec }) => wantsAdminAccess(spec),
  validate: ({ metadata, spec }, context) => [
    ...refuseAdminAccess(spec, context),
    ...validateCoreMeta(metadata, { namespaced: true }),
    ...validateClaimSpec(spec, path),
  ],
  validateUpdate: ({ metadata, spec }, old) => [
    ...validateCoreMeta(metadata, { namespaced: true }),
    ...validateCoreMetaUpdate(metadata, old.metadata),
    ...(semanticEqual(spec, old.spec) ? [] : [invalid(path, internalForm('ResourceClaimSpec', spec), immutableMessage)]),
  ],
});
