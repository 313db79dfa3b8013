import type { ResourceSlice } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { countsGenerations } from '../../meta/statuses.ts';

/** ResourceSlices. Compared with v1.36.3: table, status, generations. */
export const resourceSlice = defineResource<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  returnsDeletedObject: true,
  singular: 'resourceslice',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [
    nameColumn,
    {
      name: 'Node',
      type: 'string',
      description: 'The node that has the devices.',
      cell: ({ spec }) => spec?.nodeName ?? (spec?.allNodes ? '<all>' : '<unset>'),
    },
    { name: 'Driver', type: 'string', description: 'Whose devices they are.', cell: ({ spec }) => spec?.driver ?? '' },
    { name: 'Pool', type: 'string', description: 'The pool they belong to.', cell: ({ spec }) => spec?.pool?.name ?? '' },
    ageColumn,
  ],
  ...countsGenerations('spec'),
});
