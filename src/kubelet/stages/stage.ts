import type { Pod } from '../../../openapi/types.ts';

/**
 * One step of a pod's life on a simulated node, as data: which pods it is for, how long they wait for it, and what it does. The first
 * stage of the list that matches is the pod's next; a pod that none matches stays as it is.
 */
export interface Stage {
  readonly name: string;
  readonly when: StageMatch;
  /** Milliseconds from the moment at which the stage became the pod's next. Default: at once. */
  readonly delay?: { readonly milliseconds: number; readonly annotation?: string };
  readonly does: StageAction;
}

/** Everything that is said must hold. */
export interface StageMatch {
  readonly deleting?: boolean;
  readonly phase?: readonly string[];
  /** Kind of the controller that owns the pod. */
  readonly owner?: string;
  readonly annotation?: string;
  /** The pod has an activeDeadlineSeconds; the stage is due so long after its start. */
  readonly deadline?: boolean;
}

export type StageAction =
  /** The node takes the pod in: its containers are started one after the other, and live from then on as their images do. */
  | { readonly action: 'run' }
  /**
   * Every running container (or each that is a stand-in for a program that no emulator knows) ends with this code, or the one that the annotation holds;
   * its restart policy says what follows.
   */
  | { readonly action: 'exit'; readonly code: number; readonly annotation?: string; readonly standIns?: boolean }
  /** The containers stop and the pod fails as a whole. */
  | { readonly action: 'fail'; readonly reason: string; readonly message: string }
  /** The containers stop and the pod is taken from the API. */
  | { readonly action: 'stop' };

export function matches(when: StageMatch, pod: Pod): boolean {
  const { metadata, spec, status } = pod;
  if (when.deleting !== undefined && when.deleting !== (metadata?.deletionTimestamp !== undefined)) return false;
  if (when.phase && !when.phase.includes(status?.phase ?? 'Pending')) return false;
  if (when.owner && !metadata?.ownerReferences?.some(({ kind, controller }) => controller && kind === when.owner)) return false;
  if (when.annotation && metadata?.annotations?.[when.annotation] === undefined) return false;
  return when.deadline === undefined || when.deadline === (spec?.activeDeadlineSeconds !== undefined);
}

/** Milliseconds that a pod waits for a stage. */
export function delayOf({ delay }: Stage, pod: Pod): number {
  const text = delay?.annotation ? pod.metadata?.annotations?.[delay.annotation] : undefined;
  const written = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text ?? '');
  if (written) return Number(written[1]) * { ms: 1, s: 1_000, m: 60_000 }[written[2] as 'ms' | 's' | 'm'];
  return delay?.milliseconds ?? 0;
}
