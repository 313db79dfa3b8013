import type { RuntimeClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';

/** RuntimeClasss. Compared with v1.36.3: table, status. */
export const runtimeClass = defineResource<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [
    nameColumn,
    { name: 'Handler', type: 'string', description: 'What the runtime calls it.', cell: ({ handler }) => handler },
    ageColumn,
  ],
});
