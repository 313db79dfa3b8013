import type { ReplicaSet, ReplicaSetSpec } from '../../../openapi/types.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { podNameWarnings, podTemplateWarnings, withPodTemplate } from '../../core/v1/pod.template.ts';
import { replicaColumns } from '../../core/v1/replica.columns.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath } from '../../meta/field.ts';
import { validateNonNegativeFields, validateNotGreater } from '../../meta/numbers.validation.ts';
import { scaleSubresource, specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { selectorColumn } from './workload.columns.ts';
import { defaultTemplateOf } from './workload.defaults.ts';
import { validateReplicaTemplate, validateSelectorUnchanged } from './workload.validation.ts';

const path = FieldPath.of('spec');
const templatePath = path.child('template');

function validateSpec(spec: ReplicaSetSpec): FieldError[] {
  return [...validateNonNegativeFields(spec, ['replicas', 'minReadySeconds'], path), ...validateReplicaTemplate(spec, path)];
}

const portions = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

function validateStatusUpdate({ metadata, status }: ReplicaSet, old: ReplicaSet): FieldError[] {
  const at = FieldPath.of('status');
  return [
    ...validateCoreMetaUpdate(metadata, old.metadata),
    ...validateNonNegativeFields(status, ['replicas', ...portions, 'observedGeneration', 'terminatingReplicas'], at),
    ...validateNotGreater(status, portions, 'replicas', 'cannot be greater than status.replicas', at),
    ...validateNotGreater(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas', at),
  ];
}

/** ReplicaSets. Compared with v1.36.3: defaults, immutable selector, generations, scale, status, warnings, table. */
export const replicaSet = defineResource<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  defaultGarbageCollectionPolicy: 'background',
  emptySpec: { replicas: 0 },
  subresources: [scaleSubresource, statusSubresource<ReplicaSet>({ validateUpdate: validateStatusUpdate })],
  columns: [
    nameColumn,
    ...replicaColumns('io.k8s.api.apps.v1.ReplicaSet'),
    ageColumn,
    ...containerColumns<ReplicaSet>((object) => object.spec?.template?.spec?.containers, 1),
    selectorColumn<ReplicaSet>(['io.k8s.api.apps.v1.ReplicaSetSpec', 'selector'], (object) => object.spec?.selector),
  ],
  resetFields: [['status']],
  defaults(object) {
    const spec = (object.spec ??= {} as ReplicaSetSpec);
    defaultTemplateOf(spec);
    spec.replicas ??= 1;
  },
  ...withPodTemplate(
    (object) => object.spec?.template,
    specAndStatus(() => ({ replicas: 0 })),
  ),
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object.spec!)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateSpec(object.spec!),
    ...validateSelectorUnchanged(object.spec!.selector, old.spec!.selector, path.child('selector')),
  ],
  warnings(object, old) {
    if (!old) return [...podNameWarnings(object.metadata.name ?? ''), ...podTemplateWarnings(object.spec!.template, templatePath)];
    return object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(object.spec!.template, templatePath);
  },
});
