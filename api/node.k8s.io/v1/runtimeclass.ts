import type { RuntimeClass, Scheduling } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateResourceRequirements } from '../../core/v1/container.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { nodeLabelDeprecation } from '../../core/v1/node-labels.ts';
import { validateTolerations } from '../../core/v1/scheduling.validation.ts';
import { defineResource } from '../../define.ts';
import { duplicate, type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { isDns1123Label } from '../../meta/names.ts';
import { validateImmutableField, validateLabels, validateObjectMeta, validateObjectMetaUpdate } from '../../meta/validation.ts';

const path = FieldPath.of('scheduling');

function validateClass({ metadata, handler = '', overhead, scheduling }: RuntimeClass): FieldError[] {
  return [
    ...validateObjectMeta(metadata ?? {}, { namespaced: false }),
    ...(handler === '' ? [required('handler')] : isDns1123Label(handler).map((message) => invalid('handler', handler, message))),
    ...(overhead ? validateResourceRequirements({ limits: overhead.podFixed ?? {} }, FieldPath.of('overhead')) : []),
    ...(scheduling ? validateScheduling(scheduling) : []),
  ];
}

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling): FieldError[] {
  const at = path.child('tolerations');
  const errors = [...validateLabels(nodeSelector, path.child('nodeSelector')), ...validateTolerations(tolerations, at)];
  const seen = new Set<string>();
  tolerations.forEach((toleration, i) => {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const id = JSON.stringify([key, operator, value, effect]);
    if (seen.has(id)) errors.push(duplicate(at.index(i), internalForm('Toleration', toleration)));
    seen.add(id);
  });
  return errors;
}

/** RuntimeClasses. Compared with v1.36.3: handler, overhead, scheduling, what stays, warnings, table. */
export const runtimeClass = defineResource<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  scope: 'Cluster',
  allowCreateOnUpdate: true,
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  allowUnconditionalUpdate: false,
  columns: [nameColumn, { name: 'Handler', type: 'string', description: '', cell: ({ handler }) => handler }, ageColumn],
  validate: validateClass,
  validateUpdate: (object, old) => [
    ...validateClass(object),
    ...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}),
    ...validateImmutableField(object.handler, old.handler, FieldPath.of('handler')),
  ],
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
      const message = nodeLabelDeprecation(key);
      return message ? [`${path.child('nodeSelector')}: ${message}`] : [];
    }),
});
