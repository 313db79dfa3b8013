import type { Labels } from '../../api/meta/label-selector.ts';
import type { Pod } from '../../openapi/types.ts';
import { NodeCounts } from './node-counts.ts';
import type { PodInfo } from './node-info.ts';

/** Which pods a counter counts. Equal keys must mean equal pods. */
export interface CountedPods {
  readonly key: string;
  /** Only pods of these namespaces; absent: of all. */
  readonly namespaces?: ReadonlySet<string>;
  readonly matches: (pod: Pod) => boolean;
}

const everywhere = '';
const mostCounters = 4096;

/** Counts of pods by node and domain, for each question that plugins ask: made when it is first asked, kept up to date from then on. */
export class PodCounters {
  private readonly counters = new Map<string, { counts: NodeCounts; counted: CountedPods }>();
  /** By namespace, so that a pod is only shown to the counters that may count it. */
  private readonly byNamespace = new Map<string, Map<string, { counts: NodeCounts; counted: CountedPods }>>();
  private readonly labelsOf: (node: string) => Labels | undefined;
  private readonly podsOf: (namespaces: ReadonlySet<string> | undefined) => Iterable<readonly [info: PodInfo, node: string]>;

  constructor(labelsOf: PodCounters['labelsOf'], podsOf: PodCounters['podsOf']) {
    this.labelsOf = labelsOf;
    this.podsOf = podsOf;
  }

  get(counted: CountedPods): NodeCounts {
    const { key } = counted;
    const present = this.counters.get(key);
    if (present) {
      this.counters.delete(key); // The most recently used stand last.
      this.counters.set(key, present);
      return present.counts;
    }
    const counts = new NodeCounts(this.labelsOf);
    for (const [info, node] of this.podsOf(counted.namespaces)) if (counted.matches(info.pod)) counts.add(node, 1);
    const counter = { counts, counted };
    this.counters.set(key, counter);
    for (const namespace of counted.namespaces ?? [everywhere]) {
      let group = this.byNamespace.get(namespace);
      if (!group) this.byNamespace.set(namespace, (group = new Map()));
      group.set(key, counter);
    }
    if (this.counters.size > mostCounters) this.drop(this.counters.keys().next().value!);
    return counts;
  }

  podChanged({ pod }: PodInfo, node: string, by: 1 | -1): void {
    for (const namespace of [pod.metadata!.namespace!, everywhere]) {
      for (const { counts, counted } of this.byNamespace.get(namespace)?.values() ?? []) if (counted.matches(pod)) counts.add(node, by);
    }
  }

  nodeChanged(node: string, old: Labels | undefined, labels: Labels | undefined): void {
    for (const { counts } of this.counters.values()) counts.relabel(node, old, labels);
  }

  private drop(key: string): void {
    const { counted } = this.counters.get(key)!;
    this.counters.delete(key);
    for (const namespace of counted.namespaces ?? [everywhere]) {
      const group = this.byNamespace.get(namespace)!;
      group.delete(key);
      if (group.size === 0) this.byNamespace.delete(namespace);
    }
  }
}
