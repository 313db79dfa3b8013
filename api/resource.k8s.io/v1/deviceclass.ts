import type { DeviceClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { countsGenerations } from '../../meta/statuses.ts';

/** DeviceClasss. Compared with v1.36.3: table, status, generations. */
export const deviceClass = defineResource<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  returnsDeletedObject: true,
  singular: 'deviceclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [nameColumn, ageColumn],
  ...countsGenerations('spec'),
});
