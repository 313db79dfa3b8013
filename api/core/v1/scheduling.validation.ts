/** Validation of what steers a pod to nodes: node selectors, affinity, tolerations, topology spread. */
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  TopologySpreadConstraint,
} from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, forbidden, invalid, invalidTyped, notSupported, required } from '../../meta/field.ts';
import type { LabelSelectorObject } from '../../meta/label-selector.ts';
import { isLabelValue, nameIsDnsLabel, nameIsDnsSubdomain } from '../../meta/names.ts';
import { validateLabelName, validateLabelSelector } from '../../meta/validation.ts';
import type { PodValidationOptions } from './pod.validation.ts';
import { invalids } from './volume.validation.ts';

const inNotIn = "must be specified when `operator` is 'In' or 'NotIn'";
const badOperator = 'not a valid selector operator';

/** @param strictValues label values are checked (required terms only) */
export function validateNodeSelectorTerm(term: NodeSelectorTerm, path: FieldPath, strictValues: boolean): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((r, i) => validateRequirement(r, path.child('matchExpressions').index(i), strictValues)),
    ...(term.matchFields ?? []).flatMap((r, i) => validateFieldRequirement(r, path.child('matchFields').index(i))),
  ];
}

function validateRequirement(requirement: NodeSelectorRequirement, path: FieldPath, strictValues: boolean): FieldError[] {
  const { key = '', operator, values = [] } = requirement;
  const errors: FieldError[] = [];
  switch (operator as string) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(path.child('values'), inNotIn));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.push(required(path.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalidTyped(path.child('operator'), operator ?? '', badOperator));
  }
  errors.push(...validateLabelName(key, path.child('key')));
  if (strictValues) errors.push(...values.flatMap((value, i) => invalids(path.child('values').index(i), value, isLabelValue(value))));
  return errors;
}

function validateFieldRequirement({ key = '', operator, values = [] }: NodeSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalidTyped(path.child('operator'), operator ?? '', badOperator));
  else if (values.length !== 1) {
    errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  }
  if (key !== 'metadata.name') return [...errors, invalid(path.child('key'), key, 'not a valid field selector key')];
  return [...errors, ...values.flatMap((value, i) => invalids(path.child('values').index(i), value, nameIsDnsSubdomain(value, false)))];
}

export function validateNodeSelector(selector: NodeSelector, path: FieldPath, strictValues: boolean): FieldError[] {
  const at = path.child('nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, at.index(i), strictValues));
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

function validateWeight(weight: number | undefined, path: FieldPath): FieldError[] {
  return (weight ?? 0) <= 0 || weight! > 100 ? [invalid(path.child('weight'), weight ?? 0, 'must be in the range 1-100')] : [];
}

export function validateAffinity(affinity: Affinity | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors: FieldError[] = [];
  const nodes = affinity?.nodeAffinity;
  const nodePath = path.child('nodeAffinity');
  if (nodes?.[requiredTerms]) {
    errors.push(...validateNodeSelector(nodes[requiredTerms], nodePath.child(requiredTerms), !options.allowInvalidNodeAffinityValues));
  }
  (nodes?.[preferredTerms] ?? []).forEach((term, i) => {
    const at = nodePath.child(preferredTerms).index(i);
    errors.push(...validateWeight(term.weight, at), ...validateNodeSelectorTerm(term.preference ?? {}, at.child('preference'), false));
  });
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const pods = affinity?.[kind];
    const at = path.child(kind);
    (pods?.[requiredTerms] ?? []).forEach((term, i) => {
      errors.push(...validatePodTerm(term, at.child(requiredTerms).index(i), options));
    });
    (pods?.[preferredTerms] ?? []).forEach((term, i) => {
      const own = at.child(preferredTerms).index(i);
      errors.push(...validateWeight(term.weight, own), ...validatePodTerm(term.podAffinityTerm, own.child('podAffinityTerm'), options));
    });
  }
  return errors;
}

function validatePodTerm(term: PodAffinityTerm, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const rules = { allowInvalidValues: options.allowInvalidSelectorValues ?? false };
  const errors = [
    ...validateLabelSelector(term.labelSelector, path.child('labelSelector'), rules),
    ...validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector'), rules),
  ];
  for (const name of term.namespaces ?? []) errors.push(...invalids(path.child('namespace'), name, nameIsDnsLabel(name, false)));
  errors.push(...validateMatchLabelKeys(path, term.matchLabelKeys ?? [], term.mismatchLabelKeys ?? [], term.labelSelector));
  if (!term.topologyKey) errors.push(required(path.child('topologyKey'), 'can not be empty'));
  return [...errors, ...validateLabelName(term.topologyKey ?? '', path.child('topologyKey'))];
}

function validateMatchLabelKeys(
  path: FieldPath,
  keys: readonly string[],
  mismatchKeys: readonly string[],
  selector: LabelSelectorObject | undefined,
): FieldError[] {
  const errors = [
    ...validateLabelKeys(path.child('matchLabelKeys'), keys, selector),
    ...validateLabelKeys(path.child('mismatchLabelKeys'), mismatchKeys, selector),
  ];
  // A key is in both when the selector names it twice: the server itself adds it once, from the pod's labels.
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const index = keys.lastIndexOf(key);
    if (index >= 0 && selected.has(key)) errors.push(invalid(path.index(index), key, 'exists in both matchLabelKeys and labelSelector'));
    selected.add(key);
  }
  keys.forEach((key, i) => {
    if (mismatchKeys.includes(key)) {
      errors.push(invalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
    }
  });
  return errors;
}

function validateLabelKeys(path: FieldPath, keys: readonly string[], selector: LabelSelectorObject | undefined): FieldError[] {
  if (keys.length === 0) return [];
  if (!selector) return [forbidden(path, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, i) => validateLabelName(key, path.index(i)));
}

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTaintEffect(effect: string | undefined, path: FieldPath): FieldError[] {
  if (!effect) return [required(path)];
  return taintEffects.includes(effect) ? [] : [notSupported(path, effect, taintEffects)];
}

export function validateTolerations(tolerations: readonly Toleration[], path: FieldPath): FieldError[] {
  return tolerations.flatMap((toleration, i) => {
    const at = path.index(i);
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration as Record<string, any>;
    const errors = key === '' ? [] : validateLabelName(key, at.child('key'));
    if (key === '' && operator !== 'Exists') {
      errors.push(
        invalid(at.child('operator'), operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'),
      );
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalidTyped(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === '' || operator === 'Equal') {
      const messages = isLabelValue(value);
      if (messages.length > 0) errors.push(invalid(at.child('operator'), value, messages.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalid(at.child('operator'), value, "value must be empty when `operator` is 'Exists'"));
    } else if (operator === 'Lt' || operator === 'Gt') {
      errors.push(notSupported(at.child('operator'), operator, ['Equal', 'Exists', 'Lt', 'Gt']));
    } else errors.push(notSupported(at.child('operator'), operator, ['Equal', 'Exists']));
    if (effect !== '') errors.push(...validateTaintEffect(effect, at.child('effect')));
    return errors;
  });
}

const spreadActions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusionPolicies = ['Honor', 'Ignore'];

export function validateTopologySpread(spec: PodSpec, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const constraints = spec.topologySpreadConstraints ?? [];
  return constraints.flatMap((constraint, i) => validateSpreadConstraint(constraint, path.index(i), constraints.slice(i + 1), options));
}

function validateSpreadConstraint(
  constraint: TopologySpreadConstraint,
  path: FieldPath,
  later: readonly TopologySpreadConstraint[],
  options: PodValidationOptions,
): FieldError[] {
  const { topologyKey = '', whenUnsatisfiable = '', minDomains, maxSkew = 0 } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(path.child('maxSkew'), maxSkew, 'must be greater than zero'));
  if (topologyKey === '') errors.push(required(path.child('topologyKey'), 'can not be empty'));
  if (!spreadActions.includes(whenUnsatisfiable))
    errors.push(notSupported(path.child('whenUnsatisfiable'), whenUnsatisfiable, spreadActions));
  if (later.some((other) => (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === whenUnsatisfiable)) {
    errors.push(duplicate(path.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`));
  }
  if (minDomains !== undefined) {
    if (minDomains <= 0) errors.push(invalid(path.child('minDomains'), minDomains, 'must be greater than zero'));
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(path.child('minDomains'), minDomains, detail));
    }
  }
  for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[name];
    if (policy !== undefined && !inclusionPolicies.includes(policy)) errors.push(notSupported(path.child(name), policy, inclusionPolicies));
  }
  errors.push(...validateMatchLabelKeys(path, constraint.matchLabelKeys ?? [], [], constraint.labelSelector));
  if (options.allowInvalidSelectorValues) return errors;
  return [...errors, ...validateLabelSelector(constraint.labelSelector, path.child('labelSelector'))];
}
