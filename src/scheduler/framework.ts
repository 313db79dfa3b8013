import type { Pod } from '../../openapi/types.ts';
import type { ClusterState } from './cluster-state.ts';
import type { NodeInfo } from './node-info.ts';

/**
 * Why a plugin refused a pod or a node. `unresolvable`: taking other pods away would not help. `pending`: something else must happen
 * first, and the pod waits without back-off.
 */
export interface Refusal {
  readonly code: 'unschedulable' | 'unresolvable' | 'pending';
  readonly plugin: string;
  readonly reasons: readonly string[];
}

/** What happened in the cluster, for a plugin to say whether a pod that it refused might fit now. */
export interface ClusterEvent {
  readonly resource: 'node' | 'assignedPod' | 'pod' | 'other';
  readonly action: 'add' | 'update' | 'delete';
  readonly object?: any;
  readonly old?: any;
}

/** One scheduling cycle's data: plugins keep what they compute once for all nodes under their own name. */
export interface CycleState {
  readonly data: Map<string, unknown>;
}

export const maxNodeScore = 100;

/**
 * A plugin takes part in those extension points whose methods it has. Methods are synchronous up to `reserve`, as a cycle reads a cluster
 * that stands still; `preBind` and `bind` run afterwards, beside the next cycles.
 */
export interface Plugin {
  readonly name: string;
  /** May the pod enter the queue at all? */
  preEnqueue?(pod: Pod): Refusal | undefined;
  /** Once a cycle, before any node: `nodes` narrows the search to these names; `skip` spares the filter. */
  preFilter?(state: CycleState, pod: Pod, cluster: ClusterState): PreFilterResult | undefined;
  filter?(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined;
  /** When no node fits: may find a node to nominate, and says how it went. */
  postFilter?(
    state: CycleState,
    pod: Pod,
    cluster: ClusterState,
    refusals: ReadonlyMap<string, Refusal>,
  ): Promise<PostFilterResult> | PostFilterResult;
  /** Once a cycle, before scoring; `skip` spares the score. */
  preScore?(state: CycleState, pod: Pod, nodes: readonly NodeInfo[], cluster: ClusterState): 'skip' | undefined;
  score?(state: CycleState, pod: Pod, node: NodeInfo): number;
  /** Brings the scores into 0…100, in place. */
  normalize?(state: CycleState, pod: Pod, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined;
  unreserve?(state: CycleState, pod: Pod, node: NodeInfo): void;
  preBind?(state: CycleState, pod: Pod, node: NodeInfo): Promise<void>;
  bind?(pod: Pod, nodeName: string): Promise<void>;
  /** Whether an event may let a pod fit that this plugin refused. Absent: every event may. */
  mayHelp?(event: ClusterEvent, pod: Pod): boolean;
}

export interface PreFilterResult {
  readonly refusal?: Refusal;
  readonly nodes?: ReadonlySet<string>;
  readonly skip?: boolean;
}

export interface PostFilterResult {
  /** The node that will have room once the victims are gone. */
  readonly nominatedNode?: string;
  readonly message: string;
}

/** A plugin in a profile, with the weight of its scores. */
export interface WeightedPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** Scores as they are brought to 0…100 by most plugins: relative to the highest, and turned around where less is better. */
export function normalizeByHighest(scores: number[], reverse: boolean): void {
  const highest = Math.max(0, ...scores);
  for (let i = 0; i < scores.length; i++) {
    if (highest === 0) {
      if (reverse) scores[i] = maxNodeScore;
      continue;
    }
    const score = Math.trunc((maxNodeScore * scores[i]!) / highest);
    scores[i] = reverse ? maxNodeScore - score : score;
  }
}
