import type {
  CrossVersionObjectReferenceV2,
  HorizontalPodAutoscalerV2,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from '../../../openapi/types.ts';
import { validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { validateContainerResourceName } from '../../core/v1/resource-names.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Label, nameIsPathSegment, negativeMessage } from '../../meta/names.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { parseQuantity } from '../../meta/quantity.ts';

const path = FieldPath.of('spec');
const sources = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' };
const targetTypes = ['Utilization', 'Value', 'AverageValue'];
const policyTypes = ['Percent', 'Pods'];
const selectPolicies = ['Disabled', 'Max', 'Min'];
const longestPeriod = 1800;
const longestWindow = 3600;

/** How the version of a reference is judged. */
interface VersionRules {
  readonly anything: boolean;
  readonly withoutGroup: boolean;
}

/** Rules of an autoscaler's spec, in the stored form. @param old what was stored under older rules may stay */
export function validateSpec({ spec }: HorizontalPodAutoscalerV2, old?: HorizontalPodAutoscalerV2): FieldError[] {
  const {
    minReplicas,
    maxReplicas = 0,
    scaleTargetRef: target,
    metrics = [],
    behavior,
  } = spec ?? ({} as HorizontalPodAutoscalerV2['spec']);
  const errors: FieldError[] = [];
  const fewest = old?.spec?.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < fewest) {
    errors.push(invalid(path.child('minReplicas'), minReplicas, `must be greater than or equal to ${fewest}`));
  }
  const most = path.child('maxReplicas');
  if (maxReplicas === 0) errors.push(required(most, 'must be set and greater than 0'));
  else if (maxReplicas < 0) errors.push(invalid(most, maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalid(most, maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  const before = old?.spec?.scaleTargetRef;
  const anything = before !== undefined && before.kind === target?.kind && before.apiVersion === target?.apiVersion;
  const targetRules = { anything, withoutGroup: target?.kind === 'ReplicationController' };
  errors.push(...validateReference(target, path.child('scaleTargetRef'), targetRules));
  errors.push(...validateMetrics(metrics, minReplicas, old));
  errors.push(...validateRules(behavior?.scaleUp, path.child('behavior', 'scaleUp')));
  return [...errors, ...validateRules(behavior?.scaleDown, path.child('behavior', 'scaleDown'))];
}

function validateReference(reference: CrossVersionObjectReferenceV2 | undefined, at: FieldPath, rules: VersionRules): FieldError[] {
  const errors = (['kind', 'name'] as const).flatMap((field) => {
    const value = reference?.[field];
    if (!value) return [required(at.child(field))];
    return nameIsPathSegment(value, false).map((message) => invalid(at.child(field), value, message));
  });
  const apiVersion = reference?.apiVersion ?? '';
  const problem = versionProblem(apiVersion, rules);
  return problem ? [...errors, invalid(at.child('apiVersion'), apiVersion, problem)] : errors;
}

function versionProblem(apiVersion: string, { anything, withoutGroup }: VersionRules): string | undefined {
  if (anything) return undefined;
  const parts = apiVersion === '/' ? [] : apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = parts.length === 2 ? parts[0] : '';
  return group || withoutGroup ? undefined : 'apiVersion must specify API group';
}

function validateMetrics(metrics: readonly MetricSpec[], minReplicas: number | undefined, old?: HorizontalPodAutoscalerV2): FieldError[] {
  const at = path.child('metrics');
  const wasBad = ({ type, object }: MetricSpec) =>
    type === 'Object' && versionProblem(object?.describedObject?.apiVersion ?? '', { anything: false, withoutGroup: true }) !== undefined;
  const rules = { anything: (old?.spec?.metrics ?? []).some(wasBad), withoutGroup: true };
  const errors = metrics.flatMap((metric, i) => validateMetric(metric, at.index(i), rules));
  const fromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !fromOutside) {
    errors.push(forbidden(at, 'must specify at least one Object or External metric to support scaling to zero replicas'));
  }
  return errors;
}

function validateMetric(metric: MetricSpec, at: FieldPath, rules: VersionRules): FieldError[] {
  const { type = '' } = metric;
  const expected: string | undefined = sources[type as keyof typeof sources];
  const errors: FieldError[] = type === '' ? [required(at.child('type'), 'must specify a metric source type')] : [];
  const unsupported = notSupported(at.child('type'), type, Object.keys(sources));
  if (!expected) errors.push(unsupported);
  const values = metric as unknown as Record<string, any>;
  const present = sourcesInOrder.filter((field) => values[field] !== undefined);
  const [first] = present;
  if (first) errors.push(...validateSource(first, values[first], at.child(first), rules));
  // v1.36.3 says it twice.
  if (!expected) errors.push(unsupported);
  else if (!present.includes(expected)) errors.push(required(at.child(expected), 'must populate information for the given metric source'));
  if (present.length === 1) return errors;
  const others = present.filter((field) => field !== expected);
  return [...errors, ...others.map((field) => forbidden(at.child(field), 'must populate the given metric source only'))];
}

// Of several sources only the first in this order is looked into.
const sourcesInOrder = ['object', 'external', 'pods', 'resource', 'containerResource'];

function validateSource(field: string, source: any, at: FieldPath, rules: VersionRules): FieldError[] {
  const errors: FieldError[] = [];
  if (field === 'object') errors.push(...validateReference(source.describedObject, at.child('describedObject'), rules));
  if (field === 'resource' || field === 'containerResource') {
    if (!source.name) errors.push(required(at.child('name'), 'must specify a resource name'));
    else if (field === 'containerResource') errors.push(...validateContainerResourceName(source.name, at.child('name')));
  } else errors.push(...validateIdentifier(source.metric?.name ?? '', at.child('metric', 'name')));
  if (field === 'containerResource') {
    const { container = '' } = source;
    if (container === '') errors.push(required(at.child('container'), 'must specify a container'));
    else errors.push(...isDns1123Label(container).map((message) => invalid(at.child('container'), container, message)));
  }
  const target = source.target ?? {};
  return [...errors, ...validateTarget(target, at.child('target')), ...validateAmounts(field, target, at.child('target'))];
}

function validateIdentifier(name: string, at: FieldPath): FieldError[] {
  if (name === '') return [required(at, 'must specify a metric name')];
  return nameIsPathSegment(name, false).map((message) => invalid(at, name, message));
}

function validateTarget({ type = '', value, averageValue, averageUtilization: utilization }: MetricTarget, at: FieldPath): FieldError[] {
  const errors: FieldError[] = type === '' ? [required(at.child('type'), 'must specify a metric target type')] : [];
  if (!targetTypes.includes(type)) errors.push(invalid(at.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const [field, text] of Object.entries({ value, averageValue })) {
    if (text !== undefined && parseQuantity(text).sign() <= 0) errors.push(invalid(at.child(field), text, 'must be positive'));
  }
  if (utilization !== undefined && utilization < 1)
    errors.push(invalid(at.child('averageUtilization'), utilization, 'must be greater than 0'));
  return errors;
}

/** Which of the target's amounts a source must and may have. */
function validateAmounts(field: string, target: MetricTarget, at: FieldPath): FieldError[] {
  const [value, average, utilization] = [target.value, target.averageValue, target.averageUtilization].map(
    (amount) => amount !== undefined,
  );
  const averagePath = at.child('averageValue');
  switch (field) {
    case 'object':
      return value || average ? [] : [required(averagePath, 'must set either a target value or averageValue')];
    case 'external':
      if (value && average) return [forbidden(at.child('value'), 'may not set both a target value for metric and a per-pod target')];
      return value || average ? [] : [required(averagePath, 'must set either a target value for metric or a per-pod target')];
    case 'pods':
      return average ? [] : [required(averagePath, 'must specify a positive target averageValue')];
    default:
      if (utilization && average) return [forbidden(averagePath, 'may not set both a target raw value and a target utilization')];
      if (utilization || average) return [];
      return [required(at.child('averageUtilization'), 'must set either a target raw value or a target utilization')];
  }
}

function validateRules(rules: HPAScalingRules | undefined, at: FieldPath): FieldError[] {
  if (!rules) return [];
  const errors: FieldError[] = [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies } = rules;
  const atWindow = at.child('stabilizationWindowSeconds');
  if (window !== undefined && window < 0) errors.push(invalid(atWindow, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > longestWindow)
    errors.push(invalid(atWindow, window, `must be less than or equal to ${longestWindow}`));
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(at.child('selectPolicy'), selectPolicy, selectPolicies));
  }
  if (!policies?.length) errors.push(required(at.child('policies'), 'must specify at least one Policy'));
  for (const [i, { type, value, periodSeconds }] of (policies ?? []).entries()) {
    const place = at.child('policies').index(i);
    if (!policyTypes.includes(type)) errors.push(notSupported(place.child('type'), type, policyTypes));
    if (value <= 0) errors.push(invalid(place.child('value'), value, 'must be greater than zero'));
    if (periodSeconds <= 0) errors.push(invalid(place.child('periodSeconds'), periodSeconds, 'must be greater than zero'));
    if (periodSeconds > longestPeriod) {
      errors.push(invalid(place.child('periodSeconds'), periodSeconds, `must be less than or equal to ${longestPeriod}`));
    }
  }
  const { tolerance } = rules;
  if (tolerance !== undefined && parseQuantity(tolerance).sign() < 0) {
    errors.push(invalid(at.child('tolerance'), parseQuantity(tolerance).toString(), negativeMessage));
  }
  return errors;
}

export function validateStatusUpdate({ metadata, status }: HorizontalPodAutoscalerV2, old: HorizontalPodAutoscalerV2): FieldError[] {
  const counts = validateNonNegativeFields(status, ['currentReplicas', 'desiredReplicas'], FieldPath.of('status'));
  return [...validateCoreMetaUpdate(metadata, old.metadata), ...counts];
}
