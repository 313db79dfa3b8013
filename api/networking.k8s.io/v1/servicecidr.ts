import type { ServiceCIDR } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { parseCIDR, validateCIDR } from '../../meta/ip.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { keepsStatus, statusSubresource } from '../../meta/statuses.ts';
import { immutableMessage } from '../../meta/validation.ts';

const cidrsPath = FieldPath.of('spec', 'cidrs');

function validateSpec({ spec }: ServiceCIDR): FieldError[] {
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) return [required(cidrsPath, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(cidrsPath, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const families = cidrs.map((text) => parseCIDR(text)?.version);
  const errors: FieldError[] = [];
  if (cidrs.length === 2 && families[0] !== undefined && families[0] === families[1]) {
    errors.push(invalid(cidrsPath, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
  }
  return [...cidrs.flatMap((text, i) => validateCIDR(cidrsPath.index(i), text)), ...errors];
}

/** A second range may be added, of the other family; nothing else changes. */
function validateChange(object: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const cidrs = object.spec?.cidrs ?? [];
  const before = old.spec?.cidrs ?? [];
  const changed = cidrs.flatMap((cidr, i) =>
    i < before.length && cidr !== before[i] ? [invalid(cidrsPath.index(i), cidr, immutableMessage)] : [],
  );
  if (cidrs.length === before.length) return changed;
  if (before.length === 1 && cidrs.length === 2) return [...changed, ...validateSpec(object)];
  return [invalid(cidrsPath, asSent(object.spec, 'cidrs') ?? null, immutableMessage)];
}

/** ServiceCIDRs. Compared with v1.36.3: table, status. */
export const serviceCIDR = defineResource<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  scope: 'Cluster',
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [statusSubresource<ServiceCIDR>({ prepareForUpdate: keepMetadata }, [['metadata'], ['spec']])],
  columns: [
    nameColumn,
    {
      name: 'CIDRs',
      type: 'string',
      description: ['io.k8s.api.networking.v1.ServiceCIDRSpec', 'cidrs'],
      cell: ({ spec }) => (spec?.cidrs ?? []).join(','),
    },
    ageColumn,
  ],
  resetFields: [['status']],
  ...keepsStatus,
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateSpec(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateChange(object, old)],
});
