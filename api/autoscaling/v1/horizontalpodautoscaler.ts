import type { HorizontalPodAutoscalerV1, HorizontalPodAutoscalerV2, MetricSpec } from '../../../openapi/types.ts';
import { type Column, defineResource } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { autoscalerColumns, horizontalPodAutoscaler as stored } from '../v2/horizontalpodautoscaler.ts';

/** What this version has no fields for is kept in annotations, as JSON. */
const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsAnnotation = `${prefix}metrics`;
const behaviorAnnotation = `${prefix}behavior`;
const conditionsAnnotation = `${prefix}conditions`;
const currentMetricsAnnotation = `${prefix}current-metrics`;

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined;
}

function fromStorage(object: KubeObject): HorizontalPodAutoscalerV1 {
  const { metadata, spec, status } = object as HorizontalPodAutoscalerV2;
  const annotations: Record<string, string> = { ...metadata?.annotations };
  const metrics = spec?.metrics ?? [];
  const cpu = metrics.find(isCpuUtilization);
  const others = metrics.filter((metric) => metric !== cpu);
  if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
  if (spec?.behavior) annotations[behaviorAnnotation] = JSON.stringify(spec.behavior);
  if (status?.conditions?.length) annotations[conditionsAnnotation] = JSON.stringify(status.conditions);
  if (status?.currentMetrics?.length) annotations[currentMetricsAnnotation] = JSON.stringify(status.currentMetrics);
  const utilization = status?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current?.averageUtilization;
  const { metrics: _, behavior: __, ...rest } = spec ?? {};
  const { conditions: ___, currentMetrics: ____, ...counts } = status ?? {};
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...rest, ...(cpu ? { targetCPUUtilizationPercentage: cpu.resource!.target.averageUtilization } : {}) },
    status: {
      currentReplicas: 0,
      ...counts,
      ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }),
    },
  } as HorizontalPodAutoscalerV1;
}

function toStorage({ metadata, spec, status }: HorizontalPodAutoscalerV1): KubeObject {
  const annotations: Record<string, string> = { ...metadata?.annotations };
  const take = (name: string): any => {
    const text = annotations[name];
    delete annotations[name];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      // What is no JSON was not written by a conversion; upstream leaves it out as well.
      return undefined;
    }
  };
  const { targetCPUUtilizationPercentage: target, ...rest } = spec ?? ({} as HorizontalPodAutoscalerV1['spec']);
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } };
  const metrics = [...(take(metricsAnnotation) ?? []), ...(target === undefined ? [] : [cpu])];
  const [behavior, conditions, currentMetrics] = [behaviorAnnotation, conditionsAnnotation, currentMetricsAnnotation].map(take);
  const { annotations: _, ...bare } = metadata ?? {};
  const { currentCPUUtilizationPercentage: __, ...counts } = status ?? ({} as NonNullable<typeof status>);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { ...bare, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...rest, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior ? { behavior } : {}) },
    ...(status ? { status: { ...counts, currentMetrics: currentMetrics ?? null, ...(conditions ? { conditions } : {}) } } : {}),
  };
}

const columns: readonly Column<HorizontalPodAutoscalerV1>[] = autoscalerColumns.map((column) => ({
  ...column,
  cell: (object, context) => column.cell(toStorage(object) as HorizontalPodAutoscalerV2, context),
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
