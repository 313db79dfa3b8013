import { Quantity } from '../../../../api/meta/quantity.ts';
import type { ObjectMeta } from '../../../../openapi/types.ts';
import { formatTime } from '../../../machinery/clock.ts';
import type { NodeUsage, Usage } from '../../endpoints/usage.ts';

export const group = 'metrics.k8s.io';
export const groupVersion = `${group}/v1beta1`;

/** An amount of each resource. */
type Amounts = Readonly<Record<'cpu' | 'memory', string>>;

/** A NodeMetrics or a PodMetrics, as lists have them. */
export interface Metrics {
  readonly metadata: ObjectMeta;
  readonly timestamp: string;
  /** Over what time was measured. */
  readonly window: string;
  readonly usage?: Amounts;
  readonly containers?: readonly { readonly name: string; readonly usage: Amounts }[];
}

/** What was measured of a node or a pod, with its usage as a whole. */
export interface Measured {
  readonly metrics: Metrics;
  readonly total: Amounts;
}

/** A resource of the group. */
export interface Kind {
  readonly plural: 'nodes' | 'pods';
  readonly kind: 'NodeMetrics' | 'PodMetrics';
  /** Of each node or pod that is measured. */
  measure(usage: NodeUsage, window: string): Measured[];
}

export const kinds: readonly Kind[] = [
  {
    plural: 'nodes',
    kind: 'NodeMetrics',
    measure: (node, window) => [measured(node.node.metadata!, { usage: amountsOf(node) }, node, node.time, window)],
  },
  {
    plural: 'pods',
    kind: 'PodMetrics',
    measure: ({ pods, time }, window) =>
      pods.map(({ pod, containers, ...usage }) => {
        const own = { containers: containers.map((container) => ({ name: container.name, usage: amountsOf(container) })) };
        return measured(pod.metadata!, own, usage, time, window);
      }),
  },
];

function measured(
  { name, namespace, labels }: ObjectMeta,
  own: Pick<Metrics, 'usage' | 'containers'>,
  usage: Usage,
  time: number,
  window: string,
): Measured {
  const timestamp = formatTime(time);
  const metadata = { name: name!, ...(namespace ? { namespace } : {}), creationTimestamp: timestamp, ...(labels ? { labels } : {}) };
  return { metrics: { metadata, timestamp, window, ...own }, total: amountsOf(usage) };
}

function amountsOf({ nanoCores, memoryBytes }: Usage): Amounts {
  return { cpu: new Quantity(BigInt(nanoCores), -9, 'DecimalSI').toString(), memory: Quantity.of(memoryBytes, 'BinarySI').toString() };
}
