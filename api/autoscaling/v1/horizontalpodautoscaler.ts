import type {
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerV1,
  HorizontalPodAutoscalerV2,
  MetricSpec,
} from '../../../openapi/types.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { type Column, defineResource } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { sorted } from '../../meta/text.ts';
import {
  autoscalerColumns,
  cpuMetric,
  defaultBehavior,
  defaultUtilization,
  horizontalPodAutoscaler as stored,
  withoutConversions,
} from '../v2/horizontalpodautoscaler.ts';
import { metricsFromOld, metricsToOld, statusesFromOld, statusesToOld } from './metrics.convert.ts';

/** What this version has no fields for is kept in annotations, as JSON of older forms. */
const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsAnnotation = `${prefix}metrics`;
const behaviorAnnotation = `${prefix}behavior`;
const conditionsAnnotation = `${prefix}conditions`;
const currentMetricsAnnotation = `${prefix}current-metrics`;

/** The metrics as they are stored: a table shows them in that order, which the fields and annotations of this version do not keep. */
const storedMetrics = Symbol('metrics as stored');

function inKeyOrder(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(sorted(Object.keys(annotations)).map((key) => [key, annotations[key]!]));
}

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined;
}

function fromStorage(object: KubeObject): HorizontalPodAutoscalerV1 {
  const { metadata, spec, status } = object as HorizontalPodAutoscalerV2;
  const annotations: Record<string, string> = { ...withoutConversions(metadata?.annotations) };
  const metrics = spec?.metrics ?? [];
  const cpu = metrics.find(isCpuUtilization);
  const others = metrics.filter((metric) => !isCpuUtilization(metric));
  if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(metricsToOld(others));
  if (status?.currentMetrics?.length) annotations[currentMetricsAnnotation] = JSON.stringify(statusesToOld(status.currentMetrics));
  if (spec?.behavior) annotations[behaviorAnnotation] = JSON.stringify(internalForm('HorizontalPodAutoscalerBehavior', spec.behavior));
  if (status?.conditions?.length) annotations[conditionsAnnotation] = JSON.stringify(status.conditions.map(inFieldOrder));
  const utilization = status?.currentMetrics?.findLast(
    ({ type, resource }) => type === 'Resource' && resource?.name === 'cpu' && resource.current?.averageUtilization !== undefined,
  );
  const { metrics: _, behavior: __, ...rest } = spec ?? {};
  const { conditions: ___, currentMetrics: ____, ...counts } = status ?? {};
  const { annotations: _____, ...bare } = metadata ?? {};
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { ...bare, ...(Object.keys(annotations).length > 0 ? { annotations: inKeyOrder(annotations) } : {}) },
    spec: {
      ...rest,
      ...(cpu ? { targetCPUUtilizationPercentage: cpu.resource!.target.averageUtilization } : {}),
      [storedMetrics]: metrics,
    },
    status: {
      currentReplicas: 0,
      ...counts,
      ...(utilization ? { currentCPUUtilizationPercentage: utilization.resource!.current.averageUtilization } : {}),
    },
  } as HorizontalPodAutoscalerV1;
}

function inFieldOrder({ type, status, lastTransitionTime, reason, message }: HorizontalPodAutoscalerCondition): object {
  return {
    type,
    status,
    ...(lastTransitionTime ? { lastTransitionTime } : {}),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  };
}

function toStorage({ metadata, spec, status }: HorizontalPodAutoscalerV1): KubeObject {
  const take = (name: string): unknown => parsed(metadata?.annotations?.[name]);
  const { targetCPUUtilizationPercentage: target, ...rest } = spec ?? ({} as HorizontalPodAutoscalerV1['spec']);
  const others = take(metricsAnnotation);
  const metrics = Array.isArray(others) ? metricsFromOld(others) : [];
  if (target !== undefined || metrics.length === 0) metrics.push(cpuMetric(target ?? defaultUtilization));
  const behavior = behaviorOf(take(behaviorAnnotation));
  const { annotations: _, ...bare } = metadata ?? {};
  const annotations = withoutConversions(metadata?.annotations);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { ...bare, ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...rest, metrics, ...(behavior ? { behavior } : {}) },
    ...(status ? { status: statusToStorage(status, take(currentMetricsAnnotation), take(conditionsAnnotation)) } : {}),
  };
}

function statusToStorage(status: NonNullable<HorizontalPodAutoscalerV1['status']>, oldMetrics: unknown, conditions: unknown): object {
  const { currentCPUUtilizationPercentage: utilization, ...counts } = status;
  const cpu = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: utilization } } };
  const own = utilization === undefined ? null : [cpu];
  return {
    ...counts,
    currentMetrics: Array.isArray(oldMetrics) ? statusesFromOld(oldMetrics) : own,
    ...(Array.isArray(conditions) ? { conditions } : {}),
  };
}

// What is no JSON was not written by a conversion; upstream leaves it out as well.
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The behavior of an annotation, whose fields have the names of Go's struct. */
function behaviorOf(value: unknown): HorizontalPodAutoscalerBehavior | undefined {
  const behavior = withJsonNames(value) as HorizontalPodAutoscalerBehavior | undefined;
  if (!behavior?.scaleUp && !behavior?.scaleDown) return undefined;
  // Defaults come with the next reading, after rules have been judged, which need policies.
  const isJudged = [behavior.scaleUp, behavior.scaleDown].every((rules) => !rules || (rules.policies ?? []).length > 0);
  return isJudged ? defaultBehavior(behavior) : behavior;
}

function withJsonNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withJsonNames);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, inside]) => inside !== null);
  return Object.fromEntries(present.map(([name, inside]) => [name.charAt(0).toLowerCase() + name.slice(1), withJsonNames(inside)]));
}

function asStored(object: HorizontalPodAutoscalerV1): HorizontalPodAutoscalerV2 {
  const converted = toStorage(object) as HorizontalPodAutoscalerV2;
  const metrics = (object.spec as { [storedMetrics]?: MetricSpec[] } | undefined)?.[storedMetrics];
  return metrics ? { ...converted, spec: { ...converted.spec!, metrics } } : converted;
}

const columns: readonly Column<HorizontalPodAutoscalerV1>[] = autoscalerColumns.map((column) => ({
  ...column,
  cell: (object, context) => column.cell(asStored(object), context),
}));

/** HorizontalPodAutoscalers of the first version: stored as v2, whose rules hold for both. */
export const horizontalPodAutoscaler = defineResource<HorizontalPodAutoscalerV1>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  derivedAnnotations: Object.fromEntries(
    [metricsAnnotation, behaviorAnnotation, conditionsAnnotation, currentMetricsAnnotation].map((name) => [name, undefined]),
  ),
  schema: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  storage: stored.storage,
  convert: { toStorage, fromStorage },
  subresources: [statusSubresource<HorizontalPodAutoscalerV1>({})],
  columns,
  resetFields: [['status']],
  defaults({ spec }) {
    if (!spec) return;
    spec.minReplicas ??= 1;
  },
});
