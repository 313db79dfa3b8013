import type { Pod } from '../../openapi/types.ts';
import type { CycleState } from './cycle-state.ts';
import type { EventRegistration } from './events.ts';
import type { NodeInfo, PodInfo } from './node-info.ts';
import type { NodeStatuses } from './node-statuses.ts';
import type { QueuedPod } from './queue.ts';

/**
 * Why a plugin refused a pod or a node. `unresolvable`: taking other pods away would not help. `pending`: something else must happen
 * first, and the pod is tried at once when it has. A plugin that cannot tell throws.
 */
export interface Refusal {
  readonly code: 'unschedulable' | 'unresolvable' | 'pending';
  readonly plugin: string;
  readonly reasons: readonly string[];
}

export const maxNodeScore = 100;

/**
 * A plugin takes part in those extension points whose methods it has. Methods are synchronous up to `permit`, as a cycle reads a cluster
 * that stands still; `preBind`, `bind` and `postBind` run afterwards, beside the next cycles.
 */
export interface Plugin {
  readonly name: string;
  /** What may let a pod fit that this plugin refused. Absent: every event. */
  readonly events?: readonly EventRegistration[];
  /** May the pod enter the queue at all? */
  preEnqueue?(pod: Pod): Refusal | undefined;
  /** Whether the first of two pods is tried first. Every profile has the same one plugin for it. */
  less?(a: QueuedPod, b: QueuedPod): boolean;
  /** Once a cycle, before any node. */
  preFilter?(state: CycleState, pod: Pod): PreFilterResult | undefined;
  /** What `preFilter` left in the state is to count this pod too; only where it did not skip. */
  addPod?(state: CycleState, pod: Pod, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: Pod, removed: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined;
  /**
   * All of a pod that `filter` and `score` look at, as a text, where they look at nothing else than that and the node itself: of pods with the same text a node
   * is asked once until it changes (the signature of KEP-5598). Undefined, or absent: they look further.
   */
  sign?(pod: Pod): string | undefined;
  /** When no node fits: may find a node to nominate. The first plugin that succeeds ends it. A promise where extenders have a say. */
  postFilter?(state: CycleState, pod: Pod, statuses: NodeStatuses): PostFilterResult | Promise<PostFilterResult>;
  /** Once a cycle, before scoring; `skip` spares the score. */
  preScore?(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): 'skip' | undefined;
  score?(state: CycleState, pod: Pod, node: NodeInfo): number;
  /** Brings the scores into 0…100, in place. */
  normalize?(state: CycleState, pod: Pod, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(state: CycleState, pod: Pod, node: string): Refusal | undefined;
  /** Undoes `reserve`; also called where `reserve` was not. */
  unreserve?(state: CycleState, pod: Pod, node: string): void;
  /** May hold the pod until somebody allows it, at most so long. */
  permit?(state: CycleState, pod: Pod, node: string): Refusal | { readonly waitMilliseconds: number } | undefined;
  /** Whether `preBind` will have to do something; absent: it will. */
  preBindPreFlight?(state: CycleState, pod: Pod, node: string): boolean;
  preBind?(state: CycleState, pod: Pod, node: string): Promise<void>;
  bind?(pod: Pod, node: string): Promise<void>;
  postBind?(state: CycleState, pod: Pod, node: string): void;
}

export interface PreFilterResult {
  readonly refusal?: Refusal;
  /** Only these nodes need to be looked at. */
  readonly nodes?: ReadonlySet<string>;
  /** The plugin has nothing to filter. */
  readonly skip?: boolean;
}

export interface PostFilterResult {
  /** The node that will have room once the victims are gone; '' takes an earlier nomination back; absent: as it was. */
  readonly nominatedNode?: string;
  readonly success?: boolean;
  readonly reasons: readonly string[];
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
