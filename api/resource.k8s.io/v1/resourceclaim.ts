import type { ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { keepsStatus, statusSubresource } from '../../meta/statuses.ts';

function stateCell({ metadata, status }: ResourceV1ResourceClaim): string {
  const states: string[] = [];
  if (metadata?.deletionTimestamp) states.push('deleted');
  if (!status?.allocation) states.push('pending');
  else states.push('allocated');
  if (status?.reservedFor?.length) states.push('reserved');
  return states.join(',');
}

/** ResourceClaims. Compared with v1.36.3: table, status. */
export const resourceClaim = defineResource<ResourceV1ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  returnsDeletedObject: true,
  singular: 'resourceclaim',
  scope: 'Namespaced',
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [statusSubresource<ResourceV1ResourceClaim>({})],
  columns: [nameColumn, { name: 'State', type: 'string', description: 'Whether it is allocated and used.', cell: stateCell }, ageColumn],
  resetFields: [['status']],
  ...keepsStatus,
});
