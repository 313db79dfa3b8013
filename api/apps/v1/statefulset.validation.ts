import type { PodTemplateSpec, RollingUpdateStatefulSetStrategy, StatefulSet, StatefulSetSpec, Volume } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { validatePersistentVolumeClaimSpec } from '../../core/v1/persistentvolumeclaim.validation.ts';
import { validatePodTemplateSpec } from '../../core/v1/pod.template.ts';
import { validatePodAnnotations } from '../../core/v1/pod-annotations.validation.ts';
import { invalids } from '../../core/v1/volume.validation.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Label, nameIsDnsLabel } from '../../meta/names.ts';
import {
  numberOf,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateNonNegativeFields,
  validateNotDecremented,
  validateNotGreater,
} from '../../meta/numbers.validation.ts';
import { printedSelector } from '../../meta/printed.ts';
import { validateAnnotations, validateLabels } from '../../meta/validation.ts';
import { labelsMismatch, readSelector, validateLastingPods, validateWorkloadSelector } from './workload.validation.ts';

const path = FieldPath.of('spec');

/** What an update may keep because it cannot change it. */
interface Rules {
  readonly anyServiceName?: boolean;
  readonly anyClaims?: boolean;
  readonly anyTemplate?: boolean;
}

const printedNumbers = (numbers: RollingUpdateStatefulSetStrategy | undefined): object | null =>
  numbers ? { Partition: numbers.partition ?? 0, MaxUnavailable: numbers.maxUnavailable ?? null } : null;

function validateManagement(policy: string | undefined, at: FieldPath): FieldError[] {
  if (!policy) return [required(at)];
  return policy === 'OrderedReady' || policy === 'Parallel' ? [] : [invalid(at, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateUpdateStrategy(
  strategy: { type?: string; rollingUpdate?: RollingUpdateStatefulSetStrategy },
  at: FieldPath,
): FieldError[] {
  const { type, rollingUpdate: numbers } = strategy;
  const numbersPath = at.child('rollingUpdate');
  if (!type) return [required(at)];
  if (type === 'OnDelete') {
    return numbers ? [invalid(numbersPath, printedNumbers(numbers), "only allowed for updateStrategy 'RollingUpdate'")] : [];
  }
  if (type !== 'RollingUpdate') {
    return [invalid(at, { Type: type, RollingUpdate: printedNumbers(numbers) }, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  if (!numbers) return [];
  const errors = validateNonNegativeFields(numbers, ['partition'], numbersPath);
  const { maxUnavailable } = numbers;
  if (maxUnavailable === undefined) return errors;
  const unavailablePath = numbersPath.child('maxUnavailable');
  errors.push(...validateIntOrPercent(maxUnavailable, unavailablePath));
  if (numberOf(maxUnavailable) === 0) errors.push(invalid(unavailablePath, maxUnavailable, 'cannot be 0'));
  return [...errors, ...validateAtMost100Percent(maxUnavailable, unavailablePath)];
}

const retentions = ['Retain', 'Delete'];

function validateRetention(policy: StatefulSetSpec['persistentVolumeClaimRetentionPolicy'], at: FieldPath): FieldError[] {
  if (!policy) return [];
  return (['whenDeleted', 'whenScaled'] as const)
    .filter((name) => !retentions.includes(policy[name] ?? ''))
    .map((name) => notSupported(at.child(name), policy[name] ?? '', retentions));
}

/** The template as its pods will have it: with the volumes of their claims, and with names that are given to each. */
function templateOfPods({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  if (!template.spec) return template;
  const { subdomain: _subdomain, hostname: _hostname, ...spec } = template.spec;
  const names = new Set(volumeClaimTemplates.map((claim) => claim.metadata?.name ?? ''));
  if (names.size === 0) return { ...template, spec };
  const own: Volume[] = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...spec, volumes: [...own, ...(spec.volumes ?? []).filter(({ name }) => !names.has(name))] } };
}

function validateTemplate(spec: StatefulSetSpec, rules: Rules): FieldError[] {
  const selector = readSelector(spec.selector);
  if (!selector) return [invalid(path.child('selector'), printedSelector(spec.selector), '')];
  const at = path.child('template');
  const template = templateOfPods(spec);
  const { labels, annotations } = template.metadata ?? {};
  const errors: FieldError[] = [];
  if (!selector.isEverything() && !selector.matches(labels)) errors.push(labelsMismatch(template, at));
  if (!rules.anyTemplate) errors.push(...validatePodTemplateSpec(template, at));
  return [
    ...errors,
    ...validateLabels(labels, at.child('labels')),
    ...validateAnnotations(annotations, at.child('annotations')),
    ...(template.spec ? validatePodAnnotations(annotations, template.spec, at.child('annotations'), {}) : []),
  ];
}

function validateSpec(spec: StatefulSetSpec, rules: Rules = {}): FieldError[] {
  const errors = [
    ...validateManagement(spec.podManagementPolicy, path.child('podManagementPolicy')),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, path.child('updateStrategy')),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy, path.child('persistentVolumeClaimRetentionPolicy')),
  ];
  if (!rules.anyClaims) {
    (spec.volumeClaimTemplates ?? []).forEach((claim, i) => {
      errors.push(...validatePersistentVolumeClaimSpec(claim.spec ?? {}, path.child('volumeClaimTemplates').index(i).child('spec')));
    });
  }
  errors.push(...validateNonNegativeFields(spec, ['replicas', 'minReadySeconds'], path));
  errors.push(...validateNonNegativeFields(spec.ordinals, ['start'], path.child('ordinals')));
  const service = spec.serviceName ?? '';
  if (!rules.anyServiceName && service !== '') errors.push(...invalids(path.child('serviceName'), service, isDns1123Label(service)));
  return [
    ...errors,
    ...validateWorkloadSelector(spec.selector, 'statefulset', path.child('selector')),
    ...validateTemplate(spec, rules),
    ...validateLastingPods(spec.template, 'StatefulSet', path.child('template')),
  ];
}

export function validateStatefulSet(set: StatefulSet): FieldError[] {
  return [...validateCoreMeta(set.metadata, { namespaced: true, nameFn: nameIsDnsLabel }), ...validateSpec(set.spec!)];
}

const mutable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const;

const immutableWords =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function fixedPart(spec: StatefulSetSpec): Record<string, unknown> {
  const rest: Record<string, unknown> = { serviceName: '', ...spec };
  for (const name of mutable) delete rest[name];
  return rest;
}

export function validateStatefulSetUpdate(set: StatefulSet, old: StatefulSet): FieldError[] {
  const rules = { anyServiceName: true, anyClaims: true };
  const anyTemplate = validateSpec(old.spec!, rules).length > 0;
  const errors = [...validateCoreMetaUpdate(set.metadata, old.metadata), ...validateSpec(set.spec!, { ...rules, anyTemplate })];
  if (!semanticEqual(fixedPart(set.spec!), fixedPart(old.spec!))) errors.push(forbidden(path, immutableWords));
  return errors;
}

const portions = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];

export function validateStatefulSetStatusUpdate({ metadata, status }: StatefulSet, old: StatefulSet): FieldError[] {
  const at = FieldPath.of('status');
  return [
    ...validateNonNegativeFields(status, ['replicas', ...portions, 'observedGeneration', 'collisionCount'], at),
    ...validateNotGreater(status, portions, 'replicas', 'cannot be greater than status.replicas', at),
    ...validateNotGreater(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than status.readyReplicas', at),
    ...validateCoreMetaUpdate(metadata, old.metadata),
    ...validateNotDecremented(status?.collisionCount, old.status?.collisionCount, at.child('collisionCount')),
  ];
}
