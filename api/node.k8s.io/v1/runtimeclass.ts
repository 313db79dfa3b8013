import type { RuntimeClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { isDns1123Label } from '../../meta/names.ts';
import { validateImmutableField } from '../../meta/validation.ts';

function validateHandler({ handler }: RuntimeClass): FieldError[] {
  return isDns1123Label(handler).map((message) => invalid('handler', handler, message));
}

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
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false }), ...validateHandler(object)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateImmutableField(object.handler, old.handler, FieldPath.of('handler')),
  ],
});
