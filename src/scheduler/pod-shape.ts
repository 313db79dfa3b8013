import type { Refusal } from './framework.ts';
import { KnownOfNodes } from './known-of-nodes.ts';

/**
 * Pods that are alike in all that those plugins look at which look at nothing else than a pod and a node, and what each node answered to
 * such pods.
 */
export class PodShape {
  /** So many of the cycle's filters, from the first one on, are such. */
  readonly filters: number;
  /** What these said together: null where they took the pod. */
  readonly refusals = new KnownOfNodes<Refusal | null>();
  /** For each of the profile's plugins that score: its scores before they were normalized; undefined for plugins that look further. */
  readonly scores: readonly (KnownOfNodes<number> | undefined)[];

  /** @param scored which of the plugins that score look at nothing else, in the profile's order */
  constructor(filters: number, scored: readonly boolean[]) {
    this.filters = filters;
    this.scores = scored.map((isSuch) => (isSuch ? new KnownOfNodes<number>() : undefined));
  }
}
