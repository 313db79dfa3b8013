import type { HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerV2, HPAScalingRules, MetricSpec } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { type Column, defineResource } from '../../define.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { validateSpec, validateStatusUpdate } from './horizontalpodautoscaler.validation.ts';

/** Of processors, if an autoscaler names no metric. */
export const defaultUtilization = 80;

export function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

const conversions = ['metrics', 'behavior', 'scale-down-tolerance', 'scale-up-tolerance', 'current-metrics', 'conditions'];

/** The annotations without those that stand for fields of other versions. */
export function withoutConversions(annotations: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  const kept = Object.entries(annotations ?? {}).filter(
    ([name]) => !conversions.some((end) => name === `autoscaling.alpha.kubernetes.io/${end}`),
  );
  return annotations && Object.fromEntries(kept);
}

/** What is taken where the object says nothing of one direction. */
const scaleUpPolicies = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const scaleDownPolicies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

function defaultRules(
  rules: HPAScalingRules | undefined,
  policies: typeof scaleUpPolicies,
  stabilizationWindowSeconds?: number,
): HPAScalingRules {
  return {
    ...(stabilizationWindowSeconds === undefined ? {} : { stabilizationWindowSeconds }),
    ...rules,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: asSent(rules, 'policies') ?? policies.map((policy) => ({ ...policy })),
  };
}

/** Fills in what an autoscaler of the stored form leaves open, and leaves out annotations that only other versions have, which are nobody's fields. */
function defaultAutoscaler(autoscaler: HorizontalPodAutoscalerV2): void {
  dropConversions(autoscaler);
  const { spec } = autoscaler;
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    spec.metrics = [cpuMetric(defaultUtilization)];
  }
  if (spec.behavior) spec.behavior = defaultBehavior(spec.behavior);
}

export function defaultBehavior({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  return { scaleUp: defaultRules(scaleUp, scaleUpPolicies, 0), scaleDown: defaultRules(scaleDown, scaleDownPolicies) };
}

function dropConversions({ metadata }: HorizontalPodAutoscalerV2): void {
  const annotations = withoutConversions(metadata?.annotations);
  if (!annotations) return;
  if (Object.keys(annotations).length === 0) delete metadata!.annotations;
  else metadata!.annotations = annotations;
}

const unknown = '<unknown>';

function targetsCell({ spec, status }: HorizontalPodAutoscalerV2): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const shown = metrics.map((metric, i) => `${targetOf(metric, (status?.currentMetrics ?? [])[i])}`);
  return shown.length > 2 ? `${shown.slice(0, 2).join(', ')} + ${shown.length - 2} more...` : shown.join(', ');
}

/** One metric as `present/wanted`. */
function targetOf(metric: MetricSpec, current: any): string {
  const field = metric.type.charAt(0).toLowerCase() + metric.type.slice(1);
  const { target = {}, name } = (metric as any)[field] ?? {};
  const now = current?.[field]?.current ?? {};
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    if (target.averageValue !== undefined) return `${name}: ${now.averageValue ?? unknown}/${target.averageValue}`;
    const present = now.averageUtilization === undefined ? unknown : `${now.averageUtilization}%`;
    return `${name}: ${present}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
  }
  if (target.averageValue !== undefined)
    return `${now.averageValue ?? unknown}/${target.averageValue}${metric.type === 'Pods' ? '' : ' (avg)'}`;
  return `${now.value ?? unknown}/${target.value ?? unknown}`;
}

/** Columns of both versions' tables, over the stored form. */
export const autoscalerColumns: readonly Column<HorizontalPodAutoscalerV2>[] = [
  nameColumn,
  {
    name: 'Reference',
    type: 'string',
    description: ['io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec', 'scaleTargetRef'],
    cell: ({ spec }) => `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`,
  },
  { name: 'Targets', type: 'string', description: ['io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec', 'metrics'], cell: targetsCell },
  {
    name: 'MinPods',
    type: 'string',
    description: ['io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec', 'minReplicas'],
    cell: ({ spec }) => String(spec?.minReplicas ?? '<unset>'),
  },
  {
    name: 'MaxPods',
    type: 'string',
    description: ['io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec', 'maxReplicas'],
    cell: ({ spec }) => spec?.maxReplicas ?? 0,
  },
  {
    name: 'Replicas',
    type: 'string',
    description: ['io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus', 'currentReplicas'],
    cell: ({ status }) => status?.currentReplicas ?? 0,
  },
  ageColumn,
];

/** HorizontalPodAutoscalers as stored. Compared with v1.36.3: defaults of metrics and behavior, rules of the spec, table. */
export const horizontalPodAutoscaler = defineResource<HorizontalPodAutoscalerV2>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  subresources: [statusSubresource<HorizontalPodAutoscalerV2>({ validateUpdate: validateStatusUpdate })],
  columns: autoscalerColumns,
  resetFields: [['status']],
  defaults: defaultAutoscaler,
  prepareForCreate(object) {
    object.status = { desiredReplicas: 0, currentMetrics: null } as never;
  },
  prepareForUpdate(object, old) {
    object.status = old.status as never;
  },
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object)],
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object, old)],
});
