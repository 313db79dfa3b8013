/** Policies of Jobs: which failures of pods count, and when a Job has succeeded. */
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, invalid, notSupported, required, tooLong, tooMany } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { byteLength, quotedList } from '../../meta/text.ts';
import { validateNonNegative } from '../../meta/validation.ts';
import { countIndexes } from './job.indexes.ts';

const maxRules = 20;
const maxExitCodes = 255;
const maxConditions = 20;
const maxIndexesBytes = 64 * 1024;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

/** An error about a value that is not printed. */
export function invalidUnprinted(path: FieldPath, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: String(path), message: `Invalid value: ${detail}` };
}

function validateChoice(value: string | undefined, choices: readonly string[], path: FieldPath): FieldError[] {
  if (!value) return [required(path, `valid values: ${quotedList(choices)}`)];
  return choices.includes(value) ? [] : [notSupported(path, value, choices)];
}

export function validatePodFailurePolicy(spec: JobSpec, path: FieldPath): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = path.child('rules');
  const pod = spec.template.spec;
  const containers = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(({ name }) => name));
  const errors = rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : [];
  return [...errors, ...rules.flatMap((rule, i) => validateFailureRule(rule, spec, containers, at.index(i)))];
}

function validateFailureRule(rule: PodFailurePolicyRule, spec: JobSpec, containers: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors = validateChoice(action, actions, path.child('action'));
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalid(path.child('action'), action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, containers, path.child('onExitCodes')));
  errors.push(...validateConditionPatterns(onPodConditions, path.child('onPodConditions')));
  if (onExitCodes && onPodConditions.length > 0) {
    errors.push(invalidUnprinted(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (!onExitCodes && onPodConditions.length === 0) {
    errors.push(invalidUnprinted(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

function validateConditionPatterns(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: FieldPath): FieldError[] {
  const errors = patterns.length > maxConditions ? [tooMany(path, patterns.length, maxConditions)] : [];
  patterns.forEach(({ type, status }, i) => {
    const at = path.index(i);
    errors.push(...isQualifiedName(type ?? '').map((message) => invalid(at.child('type'), type ?? '', message)));
    errors.push(...validateChoice(status, statuses, at.child('status')));
  });
  return errors;
}

function validateExitCodes(
  requirement: PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
  path: FieldPath,
): FieldError[] {
  const { operator, containerName } = requirement;
  const values = requirement.values ?? [];
  const at = path.child('values');
  const errors = validateChoice(operator, operators, path.child('operator'));
  if (containerName !== undefined && !containers.has(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(path.child('containerName'), containerName, detail));
  }
  if (values.length === 0) errors.push(invalid(at, asSent(requirement, 'values'), 'at least one value is required'));
  else if (values.length > maxExitCodes) errors.push(tooMany(at, values.length, maxExitCodes));
  const seen = new Set<number>();
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) errors.push(invalid(at.index(i), value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(at.index(i), value));
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) errors.push(invalid(at, values, 'must be ordered'));
  return errors;
}

export function validateSuccessPolicy(spec: JobSpec, path: FieldPath): FieldError[] {
  const rules = spec.successPolicy?.rules ?? [];
  const at = path.child('rules');
  const errors: FieldError[] = [];
  if (rules.length === 0) errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > maxRules) errors.push(tooMany(at, rules.length, maxRules));
  return [...errors, ...rules.flatMap((rule, i) => validateSuccessRule(rule, spec.completions ?? 0, at.index(i)))];
}

function validateSuccessRule(rule: SuccessPolicyRule, completions: number, path: FieldPath): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined) {
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let named = 0;
  if (indexes !== undefined) {
    const at = path.child('succeededIndexes');
    if (byteLength(indexes) > maxIndexesBytes) errors.push(tooLong(at, maxIndexesBytes));
    try {
      named = countIndexes(indexes, completions);
    } catch (error) {
      errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${(error as Error).message}`));
    }
  }
  if (count === undefined) return errors;
  const at = path.child('succeededCount');
  errors.push(...validateNonNegative(count, at));
  if (count > completions) {
    errors.push(invalid(at, count, `must be less than or equal to ${completions} (the number of specified completions)`));
  }
  if (indexes !== undefined && count > named) {
    const detail = `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`;
    errors.push(invalid(at, count, detail));
  }
  return errors;
}
