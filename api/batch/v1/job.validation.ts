import type { Affinity, Container, Job, JobSpec, PodSpec } from '../../../openapi/types.ts';
import { labelsMismatch, readSelector, validateSelectorUnchanged } from '../../apps/v1/workload.validation.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { validatePodTemplateSpec } from '../../core/v1/pod.template.ts';
import { isConditionTrue } from '../../meta/conditions.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid, notSupported, required, tooLong } from '../../meta/field.ts';
import { isDns1123Label } from '../../meta/names.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { printedMap, printedSelector } from '../../meta/printed.ts';
import { byteLength } from '../../meta/text.ts';
import {
  hasInvalidLabelValue,
  immutableMessage,
  validateDomainPath,
  validateImmutableField,
  validateLabelSelector,
} from '../../meta/validation.ts';
import { controllerUidLabel, jobNameLabel, legacyControllerUidLabel, legacyJobNameLabel } from './job.labels.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job.policies.validation.ts';

const path = FieldPath.of('spec');
const maxManagedBy = 63;
const maxParallelism = 100_000;
const manyCompletions = 100_000;
const parallelismOfMany = 10_000;
const failedIndexesOfMany = 10_000;

/** What an update may keep. */
interface Rules {
  readonly allowInvalidSelectorValues?: boolean;
  /** Jobs from before the labels had a prefix. */
  readonly unprefixedLabels?: boolean;
}

function validateGenerated(job: Job, rules: Rules): FieldError[] {
  const spec = job.spec!;
  if (spec.manualSelector || !spec.selector) return [];
  const { uid = '', name = '' } = job.metadata;
  const errors = uid === '' ? [required(FieldPath.of('metadata', 'uid'))] : [];
  const labels = spec.template.metadata?.labels;
  const at = path.child('template', 'metadata', 'labels');
  const expected: Record<string, string> = { [legacyControllerUidLabel]: uid, [legacyJobNameLabel]: name };
  if (!rules.unprefixedLabels) Object.assign(expected, { [controllerUidLabel]: uid, [jobNameLabel]: name });
  for (const [key, value] of Object.entries(expected)) {
    const detail = `must be '${value}'`;
    if (labels?.[key] === undefined) errors.push(required(at.key(key), detail));
    else if (labels[key] !== value) errors.push(invalid(at.key(key), printedMap(labels), detail));
  }
  if (readSelector(spec.selector)?.matches(expected) === false) {
    errors.push(invalid(path.child('selector'), printedSelector(spec.selector), '`selector` not auto-generated'));
  }
  return errors;
}

export function validateJob(job: Job, rules: Rules = {}): FieldError[] {
  const spec = job.spec!;
  const errors = [...validateCoreMeta(job.metadata, { namespaced: true }), ...validateGenerated(job, rules), ...validateSpec(spec, rules)];
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const host = `${job.metadata.name ?? ''}-${spec.completions! - 1}`;
    if (isDns1123Label(host).length > 0) {
      const detail = `will not able to create pod with invalid DNS label: ${host}`;
      errors.push(invalid(FieldPath.of('metadata', 'name'), job.metadata.name ?? '', detail));
    }
  }
  return errors;
}

function validateSpec(spec: JobSpec, { allowInvalidSelectorValues = false }: Rules): FieldError[] {
  const errors = validateJobTemplateSpec(spec, path);
  if (!spec.selector) errors.push(required(path.child('selector')));
  else errors.push(...validateLabelSelector(spec.selector, path.child('selector'), { allowInvalidValues: allowInvalidSelectorValues }));
  if (readSelector(spec.selector)?.matches(spec.template.metadata?.labels) === false) {
    errors.push(labelsMismatch(spec.template, path.child('template')));
  }
  return errors;
}

/** A Job's spec without its selector: what the templates of CronJobs have too. @param at of the spec */
export function validateJobTemplateSpec(spec: JobSpec, at: FieldPath): FieldError[] {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex'];
  const errors = validateNonNegativeFields(spec, [...counts, 'maxFailedIndexes'], at);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) errors.push(...validateManagedBy(spec.managedBy, at.child('managedBy')));
  errors.push(...validateCompletionMode(spec, at));
  if (spec.podFailurePolicy) errors.push(...validatePodFailurePolicy(spec, at.child('podFailurePolicy')));
  if (spec.successPolicy && spec.completionMode !== 'Indexed') {
    errors.push(invalid(at.child('successPolicy'), internalForm('SuccessPolicy', spec.successPolicy), 'requires indexed completion mode'));
  } else if (spec.successPolicy) errors.push(...validateSuccessPolicy(spec, at.child('successPolicy')));
  return [
    ...errors,
    ...validateReplacement(spec, at.child('podReplacementPolicy')),
    ...validatePodTemplateSpec(spec.template, at.child('template')),
    ...validateRestartPolicy(spec, at.child('template', 'spec', 'restartPolicy')),
  ];
}

function validateManagedBy(value: string, at: FieldPath): FieldError[] {
  const errors = validateDomainPath(value, at);
  if (byteLength(value) > maxManagedBy) errors.push(tooLong(at, maxManagedBy));
  return errors;
}

function validateCompletionMode(spec: JobSpec, at: FieldPath): FieldError[] {
  const { completionMode: mode, completions, maxFailedIndexes: failed, backoffLimitPerIndex: backoff } = spec;
  const errors: FieldError[] = [];
  const most = (name: 'parallelism' | 'maxFailedIndexes', limit: number, when = ''): void => {
    const value = spec[name];
    if (value !== undefined && value > limit) errors.push(invalid(at.child(name), value, `must be less than or equal to ${limit}${when}`));
  };
  if (mode === undefined || mode === 'NonIndexed') {
    if (backoff !== undefined) errors.push(invalid(at.child('backoffLimitPerIndex'), backoff, 'requires indexed completion mode'));
    if (failed !== undefined) errors.push(invalid(at.child('maxFailedIndexes'), failed, 'requires indexed completion mode'));
    return errors;
  }
  if (mode !== 'Indexed') return [notSupported(at.child('completionMode'), mode, ['NonIndexed', 'Indexed'])];
  if (completions === undefined) errors.push(required(at.child('completions'), 'when completion mode is Indexed'));
  most('parallelism', maxParallelism, ' when completion mode is Indexed');
  if (completions !== undefined && failed !== undefined && failed > completions) {
    errors.push(invalid(at.child('maxFailedIndexes'), failed, 'must be less than or equal to completions'));
  }
  most('maxFailedIndexes', manyCompletions);
  if ((completions ?? 0) <= manyCompletions || backoff === undefined) return errors;
  if (failed === undefined) {
    errors.push(required(at.child('maxFailedIndexes'), `must be specified when completions is above ${manyCompletions}`));
  }
  const when = ` when completions are above ${manyCompletions} and used with backoff limit per index`;
  most('parallelism', parallelismOfMany, when);
  most('maxFailedIndexes', failedIndexesOfMany, when);
  return errors;
}

function validateReplacement(spec: JobSpec, at: FieldPath): FieldError[] {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return [];
  const supported = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return supported.includes(policy) ? [] : [notSupported(at, policy, supported)];
}

function validateRestartPolicy(spec: JobSpec, at: FieldPath): FieldError[] {
  const policy = spec.template.spec?.restartPolicy || 'Always';
  if (policy === 'Always') return [required(at, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(at, policy, ['OnFailure', 'Never'])];
  if (spec.podFailurePolicy && policy !== 'Never') {
    return [invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')];
  }
  return [];
}

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const spec = job.spec!;
  const before = old.spec!;
  const labels = before.template.metadata?.labels;
  const rules: Rules = {
    allowInvalidSelectorValues: hasInvalidLabelValue(before.selector),
    unprefixedLabels: labels?.[jobNameLabel] === undefined || labels[controllerUidLabel] === undefined,
  };
  return [
    ...validateJob(job, rules),
    ...validateCoreMetaUpdate(job.metadata, old.metadata),
    ...validateSpec(spec, rules),
    ...validateCompletionsUpdate(spec, before),
    ...validateSelectorUnchanged(spec.selector!, before.selector!, path.child('selector')),
    ...validateTemplateUpdate(spec, old),
    ...validateImmutableField(spec.completionMode, before.completionMode, path.child('completionMode')),
    ...unchanged('PodFailurePolicy', spec.podFailurePolicy, before.podFailurePolicy, path.child('podFailurePolicy')),
    ...validateImmutableField(spec.backoffLimitPerIndex, before.backoffLimitPerIndex, path.child('backoffLimitPerIndex')),
    ...validateImmutableField(spec.managedBy, before.managedBy, path.child('managedBy')),
    ...unchanged('SuccessPolicy', spec.successPolicy, before.successPolicy, path.child('successPolicy')),
  ];
}

/** @param type the struct's name in messages */
function unchanged(type: string, value: object | undefined, old: object | undefined, at: FieldPath): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalid(at, value ? internalForm(type, value) : null, immutableMessage)];
}

function validateCompletionsUpdate(spec: JobSpec, old: JobSpec): FieldError[] {
  const at = path.child('completions');
  if (spec.completionMode !== 'Indexed') return validateImmutableField(spec.completions, old.completions, at);
  if (spec.completions === undefined || spec.completions === old.completions || spec.completions === spec.parallelism) return [];
  return [invalid(at, spec.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** A suspended Job that has not started, or is suspended whole, may have another place and other resources for its pods. */
function validateTemplateUpdate(spec: JobSpec, old: Job): FieldError[] {
  const { template } = spec;
  const before = old.spec!.template;
  const { startTime, conditions, active = 0 } = old.status ?? {};
  const mutable = old.spec!.suspend === true && (!startTime || isConditionTrue(conditions, 'Suspended')) && active === 0;
  if (!mutable)
    return semanticEqual(template, before)
      ? []
      : [invalid(path.child('template'), internalForm('PodTemplateSpec', template), immutableMessage)];
  const allowed = withMutableParts(before.spec!, template.spec!);
  // Upstream names the path of the pod's spec in one piece.
  return semanticEqual(template.spec, allowed)
    ? []
    : [invalid(path.child('template.spec'), internalForm('PodSpec', template.spec), immutableMessage)];
}

function withMutableParts(old: PodSpec, spec: PodSpec): PodSpec {
  const { affinity: _affinity, nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, ...fixed } = old;
  const affinity = mutableAffinity(old.affinity, spec.affinity);
  return {
    ...fixed,
    ...(affinity && { affinity }),
    ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
    ...(spec.tolerations && { tolerations: spec.tolerations }),
    ...(spec.schedulingGates && { schedulingGates: spec.schedulingGates }),
    ...(old.containers && { containers: withResources(old.containers, spec.containers) }),
    ...(old.initContainers && { initContainers: withResources(old.initContainers, spec.initContainers) }),
  };
}

// Of the affinity, only that to nodes.
function mutableAffinity(old: Affinity | undefined, now: Affinity | undefined): Affinity | undefined {
  if (!old && !now) return undefined;
  const { nodeAffinity: _nodeAffinity, ...rest } = old ?? {};
  const result: Affinity = { ...rest, ...(now?.nodeAffinity && { nodeAffinity: now.nodeAffinity }) };
  return now || Object.keys(result).length > 0 ? result : undefined;
}

// The pod's containers may be null.
function withResources(old: Container[], now: Container[] | null | undefined): Container[] {
  if (!now || old.length !== now.length) return old;
  return old.map((container, i) => {
    const { name, resources } = now[i]!;
    if (container.name !== name) return container;
    const { resources: _resources, ...rest } = container;
    return { ...rest, ...(resources && { resources }) };
  });
}
