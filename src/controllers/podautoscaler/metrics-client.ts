import { parseGoDuration } from '../../../api/meta/duration.ts';
import { type LabelSelector, type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { parseTime } from '../../machinery/clock.ts';
import { messageOf } from '../../runtime/errors.ts';

/** What was measured of a pod, in thousandths, at the end of a window of time. */
export interface PodMetric {
  readonly value: number;
  readonly timestamp: number;
  /** Milliseconds. */
  readonly window: number;
}

export type PodMetrics = Map<string, PodMetric>;
type SelectorObject = LabelSelectorObject | undefined;

const podMetrics: ResourceReference = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  plural: 'pods',
  kind: 'PodMetrics',
  scope: 'Namespaced',
};
const customGroup = 'custom.metrics.k8s.io';
const externalGroup = 'external.metrics.k8s.io';
const defaultWindow = 60_000;

/** Reads the three metrics APIs; each may be missing. Methods throw an Error in upstream's words. */
export interface MetricsClient {
  /** Usage of a resource by each pod, or by one container of each. */
  resource(name: string, namespace: string, selector: LabelSelector, container: string): Promise<PodMetrics>;
  pods(metric: string, namespace: string, selector: LabelSelector, metricSelector: SelectorObject): Promise<PodMetrics>;
  object(metric: string, namespace: string, resource: string, name: string, metricSelector: SelectorObject): Promise<number>;
  external(metric: string, namespace: string, metricSelector: SelectorObject): Promise<number[]>;
}

export function createMetricsClient(client: Client): MetricsClient {
  async function custom(namespace: string, resource: string, name: string, metric: string, query: Record<string, string>): Promise<any[]> {
    const reference: ResourceReference = {
      group: customGroup,
      version: 'v1beta2',
      plural: resource,
      kind: 'MetricValueList',
      scope: 'Namespaced',
    };
    try {
      const options = { subresource: metric, ...query };
      const list = await client.resource(reference).get(namespace, name, options);
      return (list as KubeObject)['items'] ?? [];
    } catch (error) {
      const why = isUnserved(error) ? `no custom metrics API (${customGroup}) registered` : messageOf(error);
      throw new Error(`unable to fetch metrics from custom metrics API: ${why}`, { cause: error });
    }
  }

  return {
    async resource(name, namespace, selector, container) {
      const items = await reading('resource metrics', 'pods.metrics.k8s.io', async () => {
        const list = await client.resource(podMetrics).list(namespace, { labelSelector: selector.toString() });
        return list.items;
      });
      if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
      const metrics: PodMetrics = new Map();
      for (const item of items) {
        const value = usageOf(item, name, container);
        if (value === undefined) continue;
        metrics.set(item.metadata!.name!, { value, timestamp: parseTime(item['timestamp']), window: parseGoDuration(item['window']) });
      }
      return metrics;
    },

    async pods(metric, namespace, selector, metricSelector) {
      const query = { labelSelector: selector.toString(), ...metricQuery(metricSelector) };
      const items = await custom(namespace, 'pods', '*', metric, query);
      if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
      return new Map(
        items.map(({ describedObject, value, timestamp, windowSeconds }) => [
          describedObject.name,
          { value: milliOf(value), timestamp: parseTime(timestamp), window: windowSeconds ? windowSeconds * 1000 : defaultWindow },
        ]),
      );
    },

    async object(metric, namespace, resource, name, metricSelector) {
      const query = metricQuery(metricSelector);
      // Metrics of a namespace itself stand directly under it.
      const items =
        resource === 'namespaces'
          ? await custom(name, 'metrics', metric, '', query)
          : await custom(namespace, resource, name, metric, query);
      if (items.length === 0) throw new Error('the custom metrics API server returned no metric values');
      return milliOf(items[0].value);
    },

    async external(metric, namespace, metricSelector) {
      const reference: ResourceReference = {
        group: externalGroup,
        version: 'v1beta1',
        plural: metric,
        kind: 'ExternalMetricValue',
        scope: 'Namespaced',
      };
      const labelSelector = metricSelector ? selectorFromObject(metricSelector).toString() : '';
      const items = await reading('external metrics', `${metric}.${externalGroup}`, async () => {
        const list = await client.resource(reference).list(namespace, labelSelector ? { labelSelector } : {});
        return list.items;
      });
      if (items.length === 0) throw new Error('no metrics returned from external metrics API');
      return items.map((item) => milliOf(item['value']));
    },
  };
}

/** Thousandths of a quantity. */
export function milliOf(text: string | number): number {
  return parseQuantity(String(text)).milliValue();
}

async function reading<T>(api: string, resource: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read();
  } catch (error) {
    const why = isUnserved(error) ? `the server could not find the requested resource (get ${resource})` : messageOf(error);
    throw new Error(`unable to fetch metrics from ${api} API: ${why}`, { cause: error });
  }
}

// An answer about an object names it; one about a path that nobody serves does not.
function isUnserved(error: unknown): boolean {
  const { code, details } = error as { code?: number; details?: { name?: string } };
  return code === 404 && !details?.name;
}

function metricQuery(selector: SelectorObject): Record<string, string> {
  const text = selector ? selectorFromObject(selector).toString() : '';
  return text ? { metricLabelSelector: text } : {};
}

/** A pod that says nothing of the resource, or of the container that was asked for, is left out. */
function usageOf(item: KubeObject, resource: string, container: string): number | undefined {
  const containers: any[] = item['containers'] ?? [];
  if (container) {
    const usage = containers.find(({ name }) => name === container)?.usage?.[resource];
    return usage === undefined ? undefined : milliOf(usage);
  }
  if (containers.length === 0 || containers.some(({ usage }) => usage?.[resource] === undefined)) return undefined;
  return containers.reduce((sum, { usage }) => sum + milliOf(usage[resource]), 0);
}
