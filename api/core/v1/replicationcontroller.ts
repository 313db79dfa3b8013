import type { PodTemplateSpec, ReplicationController, ReplicationControllerStatus } from '../../../openapi/types.ts';
import { labelsMismatch } from '../../apps/v1/workload.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { labelsText, selectorFromMap } from '../../meta/label-selector.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { validateNonNegative } from '../../meta/validation.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { defaultPodTemplateSpec, podNameWarnings, podTemplateWarnings, validatePodTemplateSpec, withPodTemplate } from './pod.template.ts';
import { replicaColumns } from './replica.columns.ts';

const spec = FieldPath.of('spec');
const templatePath = spec.child('template');

function validateTemplate(template: PodTemplateSpec | undefined, selector: Record<string, string> | undefined): FieldError[] {
  if (!template) return [required(templatePath)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (Object.keys(selector ?? {}).length > 0 && !selectorFromMap(selector).matches(labels)) {
    errors.push(labelsMismatch(template, templatePath));
  }
  errors.push(...validatePodTemplateSpec(template, templatePath));
  if (template.spec?.restartPolicy !== 'Always') {
    errors.push(notSupported(templatePath.child('spec', 'restartPolicy'), template.spec?.restartPolicy ?? '', ['Always']));
  }
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicationController is not Supported';
    errors.push(forbidden(templatePath.child('spec', 'activeDeadlineSeconds'), detail));
  }
  return errors;
}

function validateSpec(controller: ReplicationController): FieldError[] {
  const { minReadySeconds = 0, selector, replicas, template } = controller.spec ?? {};
  const errors = validateNonNegative(minReadySeconds, spec.child('minReadySeconds'));
  if (Object.keys(selector ?? {}).length === 0) errors.push(required(spec.child('selector')));
  if (replicas === undefined) errors.push(required(spec.child('replicas')));
  else errors.push(...validateNonNegative(replicas, spec.child('replicas')));
  return [...errors, ...validateTemplate(template, selector)];
}

const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;

function validateStatus(status: Partial<ReplicationControllerStatus>): FieldError[] {
  const at = FieldPath.of('status');
  const errors = counts.flatMap((name) => validateNonNegative(status[name] ?? 0, at.child(name)));
  const value = (name: (typeof counts)[number]): number => status[name] ?? 0;
  for (const name of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if (value(name) > value('replicas')) errors.push(invalid(at.child(name), value(name), 'cannot be greater than status.replicas'));
  }
  if (value('availableReplicas') > value('readyReplicas')) {
    errors.push(invalid(at.child('availableReplicas'), value('availableReplicas'), 'cannot be greater than readyReplicas'));
  }
  return errors;
}

/** An object without labels has those of its template, whenever it is read. */
function takeTemplateLabels(object: ReplicationController): void {
  const labels = object.spec?.template?.metadata?.labels;
  if (!labels) return;
  object.metadata ??= {};
  if (Object.keys(object.metadata.labels ?? {}).length === 0) object.metadata.labels = { ...labels };
}

/** ReplicationControllers. Compared with v1.36.3: labels and selector from the template, validation, status, scale, table. */
export const replicationController = defineResource<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  upstreamPrefix: 'controllers',
  shortNames: ['rc'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ReplicationController',
  defaultGarbageCollectionPolicy: 'orphan',
  subresources: [
    {
      type: 'scale',
      name: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
      specReplicasPath: ['spec', 'replicas'],
      statusReplicasPath: ['status', 'replicas'],
      selector: (object: ReplicationController) => selectorFromMap(object.spec?.selector).toString(),
    },
    statusSubresource<ReplicationController>({
      prepareForUpdate: takeTemplateLabels,
      validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateStatus(object.status ?? {})],
    }),
  ],
  selectableFields: { 'status.replicas': (object) => String(object.status?.replicas ?? 0) },
  columns: [
    nameColumn,
    ...replicaColumns('io.k8s.api.core.v1.ReplicationController'),
    ageColumn,
    ...containerColumns<ReplicationController>((object) => object.spec?.template?.spec?.containers, 1),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.ReplicationControllerSpec', 'selector'],
      cell: (object) => labelsText(object.spec?.selector),
    },
  ],
  resetFields: [['status']],
  defaults(object) {
    const fields = (object.spec ??= {});
    fields.replicas ??= 1;
    defaultPodTemplateSpec(fields.template);
    const labels = fields.template?.metadata?.labels;
    if (!labels) return;
    if (Object.keys(fields.selector ?? {}).length === 0) fields.selector = { ...labels };
    takeTemplateLabels(object);
  },
  ...withPodTemplate(
    (object) => object.spec?.template,
    specAndStatus(() => ({ replicas: 0 })),
  ),
  // What names are made of is judged by the names alone (declarative validation).
  validateName: nameIsPathSegment,
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true, anyGenerateName: true }), ...validateSpec(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object)],
  warnings(object, old) {
    if (!old) return [...podNameWarnings(object.metadata?.name ?? ''), ...podTemplateWarnings(object.spec?.template, templatePath)];
    return object.metadata?.generation === old.metadata?.generation ? [] : podTemplateWarnings(old.spec?.template, templatePath);
  },
});
