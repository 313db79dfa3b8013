import { parseGoDuration } from '../../../api/meta/duration.ts';
import { type LabelSelector, type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { readFailure } from '../../client/plain-error.ts';
import { parseTime } from '../../machinery/clock.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { ResourceCatalog } from '../context.ts';

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
const customVersions: readonly string[] = ['v1beta2', 'v1beta1'];
const externalGroup = 'external.metrics.k8s.io';
const defaultWindow = 60_000;

/** autoscaling/v2 CrossVersionObjectReference. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** Reads the three metrics APIs; each may be missing. Methods throw an Error in upstream's words. */
export interface MetricsClient {
  /** Usage of a resource by each pod, or by one container of each. */
  resource(name: string, namespace: string, selector: LabelSelector, container: string): Promise<PodMetrics>;
  pods(metric: string, namespace: string, selector: LabelSelector, metricSelector: SelectorObject): Promise<PodMetrics>;
  /** @param resourceOf finds an object's resource with its group, or throws */
  object(
    metric: string,
    namespace: string,
    object: ObjectReference,
    resourceOf: (object: ObjectReference) => string,
    metricSelector: SelectorObject,
  ): Promise<number>;
  external(metric: string, namespace: string, metricSelector: SelectorObject): Promise<number[]>;
}

export function createMetricsClient(client: Client, versionsOf: ResourceCatalog['versionsOf']): MetricsClient {
  /** @param path the resource, one of its objects, and the metric */
  async function custom(
    namespace: string,
    path: () => readonly [string, string, string],
    query: Record<string, string>,
  ): Promise<readonly any[]> {
    return reading('custom metrics', () => {
      const [plural, name, subresource] = path();
      const reference = { group: customGroup, version: customVersion(), plural, kind: 'MetricValueList', scope: 'Namespaced' as const };
      const list = client.resource(reference).get(namespace, name, { subresource, ...query });
      return { asked: [`${plural}.${customGroup}`, name], items: list.then((found) => (found as KubeObject)['items'] ?? []) };
    });
  }

  /** The group's preferred version, or the first of its versions that is known. */
  function customVersion(): string {
    const versions = versionsOf(customGroup);
    if (versions.length === 0) throw new Error(`no custom metrics API (${customGroup}) registered`);
    const known = versions.find((version) => customVersions.includes(version));
    if (known === undefined) throw new Error('no known available metric versions found');
    return known;
  }

  return {
    async resource(name, namespace, selector, container) {
      const items = await reading('resource metrics', () => {
        const list = client.resource(podMetrics).list(namespace, { labelSelector: selector.toString() });
        return { asked: ['pods.metrics.k8s.io'], items: list.then((found) => found.items) };
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
      const items = await custom(namespace, () => ['pods', '*', metric], query);
      if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
      return new Map(
        items.map(({ describedObject, value, timestamp, windowSeconds, window: seconds = windowSeconds }) => [
          describedObject.name,
          // The first version has another name for the window.
          { value: milliOf(value), timestamp: parseTime(timestamp), window: seconds === undefined ? defaultWindow : seconds * 1000 },
        ]),
      );
    },

    async object(metric, namespace, object, resourceOf, metricSelector) {
      // Metrics of a namespace itself stand directly under it; it is always the autoscaler's own.
      const { apiVersion = '', kind, name } = object;
      const isNamespace = kind === 'Namespace' && !apiVersion.includes('/');
      const items = await custom(
        namespace,
        () => (isNamespace ? ['metrics', metric, ''] : [resourceOf(object), name, metric]),
        metricQuery(metricSelector),
      );
      if (items.length !== 1) {
        throw unfetched(`the custom metrics API server returned ${items.length} results when we asked for exactly one`);
      }
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
      const items = await reading('external metrics', () => {
        const list = client.resource(reference).list(namespace, labelSelector ? { labelSelector } : {});
        return { asked: [`${metric}.${externalGroup}`], items: list.then((found) => found.items) };
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

const unfetched = (why: string, cause?: unknown, api = 'custom metrics') =>
  new Error(`unable to fetch metrics from ${api} API: ${why}`, { cause });

/** @param read begins to read, and says what is asked for: a resource with its group, perhaps a name */
async function reading<T>(
  api: string,
  read: () => { readonly asked: readonly string[]; readonly items: Promise<readonly T[]> },
): Promise<readonly T[]> {
  let asked: readonly string[] = [];
  try {
    const begun = read();
    asked = begun.asked;
    return await begun.items;
  } catch (error) {
    const [resource, name] = asked;
    throw unfetched(resource === undefined ? messageOf(error) : readFailure(error, resource, name), error, api);
  }
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
