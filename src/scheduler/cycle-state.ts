import type { Plugin } from './framework.ts';
import type { PodShape } from './pod-shape.ts';

/** What can be tried out on a copy. */
interface Cloneable {
  clone(): unknown;
}

/** One scheduling cycle's data: plugins keep what they compute once for all nodes under their own name. */
export class CycleState {
  readonly data = new Map<string, unknown>();
  /** Plugins whose `preFilter` had nothing to filter: their `filter`, `addPod` and `removePod` are spared. */
  readonly skipFilter = new Set<string>();
  /** The filters that are left, once that is known. */
  filters: readonly Plugin[] | undefined;
  /** What the pod has in common with others; known together with the filters. */
  shape: PodShape | undefined;

  /** A copy for trying out other pods: values that say how are copied, the others are shared. */
  clone(): CycleState {
    const copy = new CycleState();
    for (const [name, value] of this.data) copy.data.set(name, isCloneable(value) ? value.clone() : value);
    for (const name of this.skipFilter) copy.skipFilter.add(name);
    copy.filters = this.filters;
    copy.shape = this.shape;
    return copy;
  }
}

function isCloneable(value: unknown): value is Cloneable {
  return typeof (value as Partial<Cloneable> | undefined)?.clone === 'function';
}
