import type { LabelSelector } from '../../../api/meta/label-selector.ts';
import { printSelector } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { Quantity, type QuantityFormat } from '../../../api/meta/quantity.ts';
import { messageOf } from '../../runtime/errors.ts';
import { type MetricsClient, milliOf, type ObjectReference } from './metrics-client.ts';
import {
  type Proposal,
  replicasForAverage,
  replicasForRatio,
  replicasForShare,
  replicasForUtilization,
  type Target,
} from './replica-calculator.ts';

/** What is scaled, as a metric is looked at. */
export interface Scaled extends Target {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly statusReplicas: number;
}

/** What one metric asks for. */
export interface MetricProposal {
  readonly replicas: number;
  /** As events name the metric. */
  readonly name: string;
  /** Its entry of the status. */
  readonly status: KubeObject;
}

/** A metric that cannot be had: `message` is for its event and condition, `summary` for that of all metrics. */
export class MetricError extends Error {
  readonly reason: string;
  readonly summary: string;

  constructor(reason: string, message: string, summary: string, cause: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.summary = summary;
  }
}

type Spec = any;

/** @throws MetricError */
export function proposeFor(
  metrics: MetricsClient,
  resourceOf: (reference: ObjectReference) => string,
  spec: Spec,
  scaled: Scaled,
): Promise<MetricProposal> {
  switch (spec.type) {
    case 'Resource':
      return forResource(metrics, spec.resource, '', scaled);
    case 'ContainerResource':
      return forResource(metrics, spec.containerResource, spec.containerResource.container, scaled);
    case 'Pods':
      return forPods(metrics, spec.pods, scaled);
    case 'Object':
      return forObject(metrics, resourceOf, spec.object, scaled);
    case 'External':
      return forExternal(metrics, spec.external, scaled);
    default: {
      const message = `unknown metric source type "${spec.type}"`;
      throw new MetricError('InvalidMetricSourceType', message, message, undefined);
    }
  }
}

const printed = (milli: number, format?: QuantityFormat): string => Quantity.ofMilli(Math.trunc(milli), format).toString();

async function forResource(metrics: MetricsClient, source: Spec, container: string, scaled: Scaled): Promise<MetricProposal> {
  const { name, target } = source;
  const sort = container ? 'ContainerResource' : 'Resource';
  const byAverage = target.averageValue !== undefined;
  let proposal: Proposal;
  try {
    const measured = await metrics.resource(name, scaled.namespace, scaled.selector, container).catch((error) => {
      throw new Error(`unable to get metrics for resource ${name}: ${messageOf(error)}`, { cause: error });
    });
    proposal = byAverage
      ? replicasForAverage(scaled, measured, milliOf(target.averageValue), name)
      : replicasForUtilization(scaled, measured, name, container, target.averageUtilization);
  } catch (error) {
    const message = `failed to get ${name} ${byAverage ? 'usage' : 'utilization'}: ${messageOf(error)}`;
    const summary = container
      ? `failed to get ${container} container metric value: ${message}`
      : `failed to get ${name} resource metric value: ${message}`;
    throw new MetricError(`FailedGet${sort}Metric`, message, summary, error);
  }
  // As metrics-server prints it.
  const averageValue = printed(proposal.usage, name === 'memory' ? 'BinarySI' : 'DecimalSI');
  const current = byAverage ? { averageValue } : { averageUtilization: proposal.utilization, averageValue };
  const field = container ? 'containerResource' : 'resource';
  const entry = { name, ...(container ? { container } : {}), current };
  const kind = container ? 'container resource' : 'resource';
  // By its average, a container's resource is named as that of pods.
  const shown = byAverage ? `${name} resource` : `${name} ${kind} utilization (percentage of request)`;
  return { replicas: proposal.replicas, name: shown, status: { type: sort, [field]: entry } as KubeObject };
}

async function forPods(metrics: MetricsClient, { metric, target }: Spec, scaled: Scaled): Promise<MetricProposal> {
  try {
    const measured = await metrics.pods(metric.name, scaled.namespace, scaled.selector, metric.selector).catch((error) => {
      throw new Error(`unable to get metric ${metric.name}: ${messageOf(error)}`, { cause: error });
    });
    const { replicas, usage } = replicasForAverage(scaled, measured, milliOf(target.averageValue));
    const status = { type: 'Pods', pods: { metric, current: { averageValue: printed(usage) } } } as KubeObject;
    return { replicas, name: `pods metric ${metric.name}`, status };
  } catch (error) {
    const message = messageOf(error);
    throw new MetricError('FailedGetPodsMetric', message, `failed to get pods metric value: ${message}`, error);
  }
}

async function forObject(
  metrics: MetricsClient,
  resourceOf: (reference: ObjectReference) => string,
  source: Spec,
  scaled: Scaled,
): Promise<MetricProposal> {
  const { describedObject, metric, target } = source;
  const byValue = target.type === 'Value';
  try {
    const value = await metrics.object(metric.name, scaled.namespace, describedObject, resourceOf, metric.selector).catch((error) => {
      const on = `${describedObject.kind} on ${scaled.namespace} ${describedObject.name}`;
      throw new Error(`unable to get metric ${metric.name}: ${on}/${messageOf(error)}`, { cause: error });
    });
    if (byValue) {
      const replicas = replicasForRatio(scaled, value / milliOf(target.value));
      const status = { type: 'Object', object: { describedObject, metric, current: { value: printed(value) } } } as KubeObject;
      return { replicas, name: `${describedObject.kind} metric ${metric.name}`, status };
    }
    const { replicas, usage } = replicasForShare(scaled.statusReplicas, scaled.tolerances, value, milliOf(target.averageValue));
    const entry = { describedObject, metric, current: { averageValue: printed(usage) } };
    return {
      replicas,
      name: `external metric ${metric.name}(${printSelector(metric.selector)})`,
      status: { type: 'Object', object: entry } as KubeObject,
    };
  } catch (error) {
    const message = messageOf(error);
    const detail = byValue ? message : `failed to get ${metric.name} object metric: ${message}`;
    throw new MetricError('FailedGetObjectMetric', message, `failed to get object metric value: ${detail}`, error);
  }
}

async function forExternal(metrics: MetricsClient, { metric, target }: Spec, scaled: Scaled): Promise<MetricProposal> {
  const shown = `${metric.name}(${printSelector(metric.selector)})`;
  try {
    const values = await metrics.external(metric.name, scaled.namespace, metric.selector).catch((error) => {
      const what = `${scaled.namespace}/${metric.name}/${printSelector(metric.selector)}`;
      throw new Error(`unable to get external metric ${what}: ${messageOf(error)}`, { cause: error });
    });
    const sum = values.reduce((total, value) => total + value, 0);
    const status = (current: object) => ({ type: 'External', external: { metric, current } }) as unknown as KubeObject;
    if (target.averageValue !== undefined) {
      const { replicas, usage } = replicasForShare(scaled.statusReplicas, scaled.tolerances, sum, milliOf(target.averageValue));
      return { replicas, name: `external metric ${shown}`, status: status({ averageValue: printed(usage) }) };
    }
    const replicas = replicasForRatio(scaled, sum / milliOf(target.value));
    return { replicas, name: `external metric ${shown}`, status: status({ value: printed(sum) }) };
  } catch (error) {
    const message = messageOf(error);
    const which = target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`;
    const summary = `failed to get ${metric.name} external metric value: failed to get ${which}: ${message}`;
    throw new MetricError('FailedGetExternalMetric', message, summary, error);
  }
}
