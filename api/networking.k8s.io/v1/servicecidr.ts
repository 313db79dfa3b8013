import type { ServiceCIDR } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { keepStatus, statusSubresource } from '../../meta/statuses.ts';

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
  subresources: [statusSubresource<ServiceCIDR>({})],
  columns: [
    nameColumn,
    { name: 'CIDRs', type: 'string', description: 'The ranges.', cell: ({ spec }) => (spec?.cidrs ?? []).join(',') },
    ageColumn,
  ],
  resetFields: [['status']],
  prepareForCreate(object) {
    object.status = {} as never;
  },
  prepareForUpdate(object, old) {
    keepStatus(object, old);
  },
});
