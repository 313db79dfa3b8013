/** Metrics in the form that annotations of this version keep them in, which is an older one than that of autoscaling/v2, and back. */
import type { MetricSpec, MetricStatus } from '../../../openapi/types.ts';

type Values = Record<string, any>;

const fields = ['object', 'pods', 'resource', 'containerResource', 'external'];

/** Leaves out what has no value, as Go's omitempty does. */
function compact(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

function reference({ kind = '', name = '', apiVersion }: Values = {}): Values {
  return compact({ kind, name, apiVersion: apiVersion || undefined });
}

function convertSource(metric: Values, convert: Readonly<Record<string, (source: Values) => Values>>): Values {
  const sources = fields.filter((field) => metric[field]).map((field) => [field, compact(convert[field]!(metric[field]))]);
  return { type: metric['type'] ?? '', ...Object.fromEntries(sources) };
}

const specToOld: Readonly<Record<string, (source: Values) => Values>> = {
  object: ({ describedObject, metric = {}, target = {} }) => ({
    target: reference(describedObject),
    metricName: metric.name ?? '',
    targetValue: target.value ?? '0',
    selector: metric.selector,
    averageValue: target.averageValue,
  }),
  pods: ({ metric = {}, target = {} }) => ({
    metricName: metric.name ?? '',
    targetAverageValue: target.averageValue ?? '0',
    selector: metric.selector,
  }),
  resource: ({ name = '', target = {} }) => ({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  }),
  containerResource: ({ name = '', container = '', target = {} }) => ({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
    container,
  }),
  external: ({ metric = {}, target = {} }) => ({
    metricName: metric.name ?? '',
    metricSelector: metric.selector,
    targetValue: target.value,
    targetAverageValue: target.averageValue,
  }),
};

const isZero = (quantity: unknown): boolean => /^[+-]?0*(\.0*)?[A-Za-z]*$/.test(String(quantity ?? '0'));

function resourceTarget({ targetAverageUtilization, targetAverageValue }: Values): Values {
  const type = targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return compact({ type, averageValue: targetAverageValue, averageUtilization: targetAverageUtilization });
}

const specFromOld: Readonly<Record<string, (source: Values) => Values>> = {
  object: ({ target, metricName = '', targetValue = '0', selector, averageValue }) => ({
    describedObject: reference(target),
    target: compact({
      type: averageValue === undefined ? 'Value' : 'AverageValue',
      // An average leaves no way to say that there is no value but zero.
      value: averageValue !== undefined && isZero(targetValue) ? undefined : targetValue,
      averageValue,
    }),
    metric: compact({ name: metricName, selector }),
  }),
  pods: ({ metricName = '', targetAverageValue = '0', selector }) => ({
    metric: compact({ name: metricName, selector }),
    target: { type: 'AverageValue', averageValue: targetAverageValue },
  }),
  resource: ({ name = '', ...target }) => ({ name, target: resourceTarget(target) }),
  containerResource: ({ name = '', container = '', ...target }) => ({ name, target: resourceTarget(target), container }),
  external: ({ metricName = '', metricSelector, targetValue, targetAverageValue }) => ({
    metric: compact({ name: metricName, selector: metricSelector }),
    target: compact({ type: targetValue === undefined ? 'AverageValue' : 'Value', value: targetValue, averageValue: targetAverageValue }),
  }),
};

const statusToOld: Readonly<Record<string, (source: Values) => Values>> = {
  object: ({ describedObject, metric = {}, current = {} }) => ({
    target: reference(describedObject),
    metricName: metric.name ?? '',
    currentValue: current.value ?? '0',
    selector: metric.selector,
    averageValue: current.averageValue,
  }),
  pods: ({ metric = {}, current = {} }) => ({
    metricName: metric.name ?? '',
    currentAverageValue: current.averageValue ?? '0',
    selector: metric.selector,
  }),
  resource: ({ name = '', current = {} }) => ({
    name,
    currentAverageUtilization: current.averageUtilization,
    currentAverageValue: current.averageValue ?? '0',
  }),
  containerResource: ({ name = '', container = '', current = {} }) => ({
    name,
    currentAverageUtilization: current.averageUtilization,
    currentAverageValue: current.averageValue ?? '0',
    container,
  }),
  external: ({ metric = {}, current = {} }) => ({
    metricName: metric.name ?? '',
    metricSelector: metric.selector,
    currentValue: current.value ?? '0',
    currentAverageValue: current.averageValue,
  }),
};

const statusFromOld: Readonly<Record<string, (source: Values) => Values>> = {
  object: ({ target, metricName = '', currentValue = '0', selector, averageValue }) => ({
    metric: compact({ name: metricName, selector }),
    current: compact({ value: currentValue, averageValue }),
    describedObject: reference(target),
  }),
  pods: ({ metricName = '', currentAverageValue = '0', selector }) => ({
    metric: compact({ name: metricName, selector }),
    current: { averageValue: currentAverageValue },
  }),
  resource: ({ name = '', currentAverageUtilization, currentAverageValue = '0' }) => ({
    name,
    current: compact({ averageValue: currentAverageValue, averageUtilization: currentAverageUtilization }),
  }),
  containerResource: ({ name = '', container = '', currentAverageUtilization, currentAverageValue = '0' }) => ({
    name,
    current: compact({ averageValue: currentAverageValue, averageUtilization: currentAverageUtilization }),
    container,
  }),
  external: ({ metricName = '', metricSelector, currentValue = '0', currentAverageValue }) => ({
    metric: compact({ name: metricName, selector: metricSelector }),
    current: compact({ value: currentValue, averageValue: currentAverageValue }),
  }),
};

export function metricsToOld(metrics: readonly MetricSpec[]): Values[] {
  return metrics.map((metric) => convertSource(metric, specToOld));
}

export function metricsFromOld(metrics: readonly Values[]): MetricSpec[] {
  return metrics.map((metric) => convertSource(metric, specFromOld) as MetricSpec);
}

export function statusesToOld(statuses: readonly MetricStatus[]): Values[] {
  return statuses.map((status) => convertSource(status, statusToOld));
}

export function statusesFromOld(statuses: readonly Values[]): MetricStatus[] {
  return statuses.map((status) => convertSource(status, statusFromOld) as MetricStatus);
}
