import type { DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy } from '../../../openapi/types.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { podTemplateWarnings, validatePodTemplateSpec, withPodTemplate } from '../../core/v1/pod.template.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { labelsText } from '../../meta/label-selector.ts';
import {
  numberOf,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateNonNegativeFields,
  validateNotDecremented,
} from '../../meta/numbers.validation.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { int64Problem } from '../../meta/text.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../meta/validation.ts';
import { selectorColumn } from './workload.columns.ts';
import { defaultTemplateOf } from './workload.defaults.ts';
import {
  forbidEmptySelector,
  labelsMismatch,
  readSelector,
  validateLastingPods,
  validateSelectorUnchanged,
} from './workload.validation.ts';

const path = FieldPath.of('spec');
const templatePath = path.child('template');

function defaults(set: DaemonSet): void {
  const spec = (set.spec ??= {} as DaemonSetSpec);
  defaultTemplateOf(spec);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.maxUnavailable ??= 1;
    strategy.rollingUpdate.maxSurge ??= 0;
  }
  // Numbers that the internal form cannot leave out.
  if (strategy.rollingUpdate) {
    strategy.rollingUpdate.maxUnavailable ??= 0;
    strategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  const meta = (set.metadata ??= {});
  meta.annotations = { ...meta.annotations, [templateGeneration]: meta.annotations?.[templateGeneration] ?? '0' };
}

/** The count of template changes is a field of the old API's; this version shows it as an annotation, which is not the client's to change. */
const templateGeneration = 'deprecated.daemonset.template.generation';

function unconvertible({ metadata }: DaemonSet): string | undefined {
  const count = metadata?.annotations?.[templateGeneration];
  return count === undefined ? undefined : int64Problem(count);
}

const common = withPodTemplate<DaemonSet>(
  (object) => object.spec?.template,
  specAndStatus(() => ({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 })),
);

function countTemplate(set: DaemonSet, generation: number): void {
  set.metadata.annotations = { ...set.metadata.annotations, [templateGeneration]: String(generation) };
}

function templateCount(set: DaemonSet): number {
  return Number(set.metadata.annotations?.[templateGeneration] ?? '0') || 0;
}

function validateUpdateStrategy(strategy: DaemonSetUpdateStrategy, at: FieldPath): FieldError[] {
  const numbers = strategy.rollingUpdate;
  if (strategy.type === 'OnDelete') return [];
  if (strategy.type !== 'RollingUpdate') {
    const printed = {
      Type: strategy.type,
      RollingUpdate: numbers ? { MaxUnavailable: numbers.maxUnavailable ?? 0, MaxSurge: numbers.maxSurge ?? 0 } : null,
    };
    return [notSupported(at, printed, ['RollingUpdate', 'OnDelete'])];
  }
  if (!numbers) return [required(at.child('rollingUpdate'))];
  const { maxUnavailable = 0, maxSurge = 0 } = numbers;
  const unavailablePath = at.child('rollingUpdate', 'maxUnavailable');
  const surgePath = at.child('rollingUpdate', 'maxSurge');
  const errors = [
    ...validateIntOrPercent(maxUnavailable, unavailablePath),
    ...validateIntOrPercent(maxSurge, surgePath),
    ...validateAtMost100Percent(maxUnavailable, unavailablePath),
    ...validateAtMost100Percent(maxSurge, surgePath),
  ];
  const unavailable = numberOf(maxUnavailable) !== 0;
  const surge = numberOf(maxSurge) !== 0;
  if (unavailable && surge) errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

function validateSpec(spec: DaemonSetSpec, allowInvalidValues = false): FieldError[] {
  const errors = validateLabelSelector(spec.selector, path.child('selector'), { allowInvalidValues });
  const selector = readSelector(spec.selector);
  if (selector && !selector.matches(spec.template.metadata?.labels)) errors.push(labelsMismatch(spec.template, templatePath));
  if (spec.selector) errors.push(...forbidEmptySelector(spec.selector, 'daemonset', path.child('selector')));
  return [
    ...errors,
    ...validatePodTemplateSpec(spec.template, templatePath),
    ...validateLastingPods(spec.template, 'DaemonSet', templatePath),
    ...validateNonNegativeFields(spec, ['minReadySeconds'], path),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, path.child('updateStrategy')),
    ...validateNonNegativeFields(spec, ['revisionHistoryLimit'], path),
  ];
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

function validateStatusUpdate({ metadata, status }: DaemonSet, old: DaemonSet): FieldError[] {
  const at = FieldPath.of('status');
  return [
    ...validateCoreMetaUpdate(metadata, old.metadata),
    ...validateNonNegativeFields(status, counts, at),
    ...validateNotDecremented(status?.collisionCount, old.status?.collisionCount, at.child('collisionCount')),
  ];
}

function countColumn(name: string, field: keyof DaemonSetStatus & string) {
  const description = ['io.k8s.api.apps.v1.DaemonSetStatus', field] as const;
  return { name, type: 'integer', description, cell: ({ status }: DaemonSet) => (status?.[field] as number | undefined) ?? 0 } as const;
}

/** DaemonSets. Compared with v1.36.3: defaults, surge and unavailable, immutable selector, generations, status, warnings, table. */
export const daemonSet = defineResource<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  defaultGarbageCollectionPolicy: 'background',
  derivedAnnotations: { [templateGeneration]: '0' },
  subresources: [
    statusSubresource<DaemonSet>({
      prepareForUpdate: (object, old) => countTemplate(object, templateCount(old)),
      validateUpdate: validateStatusUpdate,
    }),
  ],
  columns: [
    nameColumn,
    countColumn('Desired', 'desiredNumberScheduled'),
    countColumn('Current', 'currentNumberScheduled'),
    countColumn('Ready', 'numberReady'),
    countColumn('Up-to-date', 'updatedNumberScheduled'),
    countColumn('Available', 'numberAvailable'),
    {
      name: 'Node Selector',
      type: 'string',
      description: ['io.k8s.api.core.v1.PodSpec', 'nodeSelector'],
      cell: (object) => labelsText(object.spec?.template?.spec?.nodeSelector),
    },
    ageColumn,
    ...containerColumns<DaemonSet>((object) => object.spec?.template?.spec?.containers, 1),
    selectorColumn<DaemonSet>(['io.k8s.api.apps.v1.DaemonSetSpec', 'selector'], (object) => object.spec?.selector),
  ],
  resetFields: [['status']],
  defaults,
  unconvertible,
  prepareForCreate(object, context) {
    common.prepareForCreate(object, context);
    countTemplate(object, Math.max(1, templateCount(object)));
  },
  prepareForUpdate(object, old, context) {
    common.prepareForUpdate(object, old, context);
    countTemplate(object, templateCount(old) + (semanticEqual(object.spec!.template, old.spec!.template) ? 0 : 1));
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object.spec!)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateSelectorUnchanged(object.spec!.selector, old.spec!.selector, path.child('selector')),
    ...validateSpec(object.spec!, hasInvalidLabelValue(old.spec!.selector)),
  ],
  warnings(object, old) {
    const template = object.spec!.template;
    return old && semanticEqual(template, old.spec!.template) ? [] : podTemplateWarnings(template, templatePath);
  },
});
