import type { HorizontalPodAutoscalerV2, HPAScalingRules, MetricSpec } from '../../../openapi/types.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { parseQuantity } from '../../meta/quantity.ts';

const path = FieldPath.of('spec');
const sources = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' };
const policyTypes = ['Percent', 'Pods'];
const selectPolicies = ['Disabled', 'Max', 'Min'];
const longestPeriod = 1800;
const longestWindow = 3600;

/** Rules of an autoscaler's spec, in the stored form. */
export function validateSpec({ spec }: HorizontalPodAutoscalerV2): FieldError[] {
  if (!spec) return [required(path)];
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas, scaleTargetRef: target } = spec;
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(invalid(path.child('minReplicas'), minReplicas, 'must be greater than or equal to 1'));
  }
  if (!maxReplicas || maxReplicas < 1) errors.push(required(path.child('maxReplicas'), 'must be set and greater than 0'));
  if (minReplicas !== undefined && (maxReplicas ?? 0) < minReplicas) {
    errors.push(invalid(path.child('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  const at = path.child('scaleTargetRef');
  for (const field of ['kind', 'name'] as const) {
    const value = target?.[field];
    if (!value) errors.push(required(at.child(field)));
    else errors.push(...nameIsPathSegment(value, false).map((message) => invalid(at.child(field), value, message)));
  }
  const apiVersion = target?.apiVersion ?? '';
  if (apiVersion === '') errors.push(invalid(at.child('apiVersion'), apiVersion, 'apiVersion must specify API group'));
  errors.push(...validateMetrics(spec.metrics ?? [], minReplicas));
  const behavior = path.child('behavior');
  errors.push(...validateRules(spec.behavior?.scaleUp, behavior.child('scaleUp')));
  errors.push(...validateRules(spec.behavior?.scaleDown, behavior.child('scaleDown')));
  return errors;
}

function validateMetrics(metrics: readonly MetricSpec[], minReplicas: number | undefined): FieldError[] {
  const at = path.child('metrics');
  const errors = metrics.flatMap((metric, i) => validateMetric(metric, at.index(i)));
  const fromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !fromOutside) {
    errors.push(forbidden(at, 'must specify at least one Object or External metric to support scaling to zero replicas'));
  }
  return errors;
}

function validateMetric(metric: MetricSpec, at: FieldPath): FieldError[] {
  const { type } = metric;
  if (!type) return [required(at.child('type'), 'must specify a metric source type')];
  const field = sources[type as keyof typeof sources];
  if (!field) {
    // v1.36.3 says it twice.
    const error = notSupported(at.child('type'), type, Object.keys(sources));
    return [error, error];
  }
  const errors: FieldError[] = [];
  for (const other of Object.values(sources)) {
    if (other !== field && (metric as Record<string, unknown>)[other] !== undefined) {
      errors.push(forbidden(at.child(other), 'must populate the given metric source only'));
    }
  }
  const source = (metric as Record<string, any>)[field];
  if (source === undefined) return [...errors, required(at.child(field), 'must populate information for the given metric source')];
  return [...errors, ...validateSource(type, source, at.child(field))];
}

function validateSource(type: string, source: any, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const target = source.target ?? {};
  const place = at.child('target');
  const resource = type === 'Resource' || type === 'ContainerResource';
  if (resource && !source.name) errors.push(required(at.child('name'), 'must specify a resource name'));
  if (type === 'ContainerResource' && !source.container) errors.push(required(at.child('container'), 'must specify a container'));
  if (!resource && !source.metric?.name) errors.push(required(at.child('metric', 'name'), 'must specify a metric name'));
  if (!target.type) errors.push(required(place.child('type'), 'must specify a metric target type'));
  for (const field of ['value', 'averageValue'] as const) {
    const text = target[field];
    if (text !== undefined && parseQuantity(text).compare(parseQuantity('0')) <= 0) {
      errors.push(invalid(place.child(field), text, 'must be positive'));
    }
  }
  const { averageUtilization: utilization } = target;
  if (utilization !== undefined && utilization < 1) {
    errors.push(invalid(place.child('averageUtilization'), utilization, 'must be greater than 0'));
  }
  if (resource) {
    const [hasUtilization, hasValue] = [utilization !== undefined, target.averageValue !== undefined];
    if (!hasUtilization && !hasValue) {
      errors.push(required(place.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
    } else if (hasUtilization && hasValue) {
      errors.push(forbidden(place.child('averageValue'), 'may not set both a target raw value and a target utilization'));
    }
  } else if (type === 'Pods') {
    if (target.averageValue === undefined)
      errors.push(required(place.child('averageValue'), 'must specify a positive target averageValue'));
  } else if (target.value === undefined && target.averageValue === undefined) {
    errors.push(required(place.child('averageValue'), 'must set either a target value for metric or a per-pod target'));
  }
  return errors;
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
  return errors;
}
