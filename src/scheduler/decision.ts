import type { Pod } from '../../openapi/types.ts';
import type { ClusterState } from './cluster-state.ts';
import type { SchedulingCycle } from './cycle.ts';
import { CycleState } from './cycle-state.ts';

/** What the filters and scores say of one node. */
export interface NodeDecision {
  readonly node: string;
  /** Why the node cannot take the pod, and which plugin says so ('' where several together do). */
  readonly refusal?: { readonly plugin: string; readonly reasons: readonly string[] };
  /** Weighted, by plugin; plugins that have nothing to say of the pod are left out. */
  readonly scores: ReadonlyMap<string, number>;
  readonly total: number;
}

/** What would be decided of a pod as the cluster stands: every node is looked at, and every node that can take the pod is scored. */
export function decide(cycle: SchedulingCycle, cluster: ClusterState, pod: Pod): NodeDecision[] {
  const state = new CycleState();
  const { feasible, diagnosis } = cycle.findFeasible(state, pod, true);
  const { statuses } = diagnosis();
  const scores = feasible.length > 0 ? cycle.scores(state, pod, feasible) : [];
  const places = new Map(feasible.map(({ name }, i) => [name, i]));
  return cluster.nodes.map(({ name }): NodeDecision => {
    const place = places.get(name);
    if (place === undefined) {
      const { plugin, reasons } = statuses.get(name);
      return { node: name, refusal: { plugin, reasons }, scores: new Map(), total: 0 };
    }
    const own = new Map(scores.map((each) => [each.plugin, each.scores[place]!]));
    return { node: name, scores: own, total: [...own.values()].reduce((sum, score) => sum + score, 0) };
  });
}
