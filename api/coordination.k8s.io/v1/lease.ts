import type { Lease, LeaseSpec } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../meta/validation.ts';

const path = FieldPath.of('spec');

function validateSpec(spec: LeaseSpec = {}): FieldError[] {
  const seconds = spec.leaseDurationSeconds;
  const errors = validateNonNegativeFields(spec, ['leaseTransitions'], path);
  if (seconds !== undefined && seconds <= 0) errors.unshift(invalid(path.child('leaseDurationSeconds'), seconds, 'must be greater than 0'));
  return errors;
}

// v1.36 has the feature CoordinatedLeaderElection off.
function dropDisabledFields(lease: Lease, old?: Lease): void {
  for (const name of ['strategy', 'preferredHolder'] as const) {
    if (lease.spec && old?.spec?.[name] === undefined) delete lease.spec[name];
  }
}

/** Leases. Compared with v1.36.3: numbers, creation by update, table. */
export const lease = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  schema: 'io.k8s.api.coordination.v1.Lease',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'Holder',
      type: 'string',
      description: ['io.k8s.api.coordination.v1.LeaseSpec', 'holderIdentity'],
      cell: (object) => object.spec?.holderIdentity ?? '',
    },
    ageColumn,
  ],
  prepareForCreate: (object) => dropDisabledFields(object),
  prepareForUpdate: (object, old) => dropDisabledFields(object, old),
  validate: (object) => [...validateObjectMeta(object.metadata, { namespaced: true }), ...validateSpec(object.spec)],
  validateUpdate: (object, old) => [...validateObjectMetaUpdate(object.metadata, old.metadata), ...validateSpec(object.spec)],
});
