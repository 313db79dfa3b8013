import type { KubeObject } from '../../api/meta/object.ts';
import { parseTime } from '../machinery/clock.ts';

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
  lastUpdateTime?: string | null;
  [field: string]: unknown;
}

/**
 * What a strategic merge patch says besides a pod's new condition, as the client libraries' patches do: that it stands where one of its type stood, or last.
 * Without it a new element comes first.
 */
export function conditionOrder(
  pod: KubeObject,
  type: string,
): { readonly '$setElementOrder/conditions': readonly { readonly type: string }[] } {
  const types = new Set([...(pod.status?.conditions ?? []).map((condition: Condition) => condition.type), type]);
  return { '$setElementOrder/conditions': [...types].map((each) => ({ type: each })) };
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition: Condition) => condition.type === type);
}

export function isPodReady(pod: KubeObject): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

/** Ready for at least `minReadySeconds`. */
export function isPodAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  return Boolean(ready.lastTransitionTime) && parseTime(ready.lastTransitionTime!) + minReadySeconds * 1000 <= now;
}

/** Milliseconds until the pod counts as available; undefined where it does already or is not ready. */
function availableIn(pod: KubeObject, minReadySeconds: number, now: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (minReadySeconds === 0 || ready?.status !== 'True' || !ready.lastTransitionTime) return undefined;
  const left = parseTime(ready.lastTransitionTime) + minReadySeconds * 1000 - now;
  return left > 0 ? left : undefined;
}

/** Milliseconds until the next of the pods counts as available; undefined where none is about to. */
export function nextAvailability(pods: Iterable<KubeObject>, minReadySeconds: number, now: number): number | undefined {
  let next: number | undefined;
  if (minReadySeconds === 0) return undefined;
  for (const pod of pods) {
    const wait = availableIn(pod, minReadySeconds, now);
    if (wait !== undefined && (next === undefined || wait < next)) next = wait;
  }
  return next;
}

export function isPodFinished(pod: KubeObject): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither finished nor being deleted. */
export function isPodActive(pod: KubeObject): boolean {
  return !isPodFinished(pod) && !pod.metadata!.deletionTimestamp;
}

/** Being deleted, and not finished. */
export function isPodTerminating(pod: KubeObject): boolean {
  return !isPodFinished(pod) && Boolean(pod.metadata!.deletionTimestamp);
}

export function restartsOf(pod: KubeObject): number {
  let restarts = 0;
  for (const status of pod.status?.containerStatuses ?? []) restarts = Math.max(restarts, status.restartCount ?? 0);
  return restarts;
}

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

// Unassigned before assigned, pending before running, not ready before ready.
function compareProgress(a: KubeObject, b: KubeObject): number {
  const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
  if (assigned !== 0) return assigned;
  const phase = (phaseOrder[a.status?.phase ?? 'Pending'] ?? 0) - (phaseOrder[b.status?.phase ?? 'Pending'] ?? 0);
  return phase !== 0 ? phase : Number(isPodReady(a)) - Number(isPodReady(b));
}

/** Orders pods of which none is preferred over the others so that the one that has got least far comes first: then the later ready, the more often restarted, the younger. */
export function compareActive(a: KubeObject, b: KubeObject): number {
  const progress = compareProgress(a, b);
  if (progress !== 0) return progress;
  const later = isPodReady(a) ? (readySince(b) ?? 0) - (readySince(a) ?? 0) : 0;
  return later || restartsOf(b) - restartsOf(a) || (createdAt(b) ?? 0) - (createdAt(a) ?? 0);
}

/**
 * Orders pods so that the one to give up first comes first: unassigned, pending, not ready, lower deletion cost, on a node with more
 * of the same owner's pods, ready or created later, more restarts. `rank` is the number of related pods on the pod's node.
 */
export function compareForDeletion(rank: (pod: KubeObject) => number, now: number): (a: KubeObject, b: KubeObject) => number {
  return (a, b) => {
    const progress = compareProgress(a, b);
    if (progress !== 0) return progress;
    const cost = deletionCost(a) - deletionCost(b);
    if (cost !== 0) return cost;
    const ranks = rank(b) - rank(a);
    if (ranks !== 0) return ranks;
    if (isPodReady(a)) {
      const later = ageClass(readySince(a), now) - ageClass(readySince(b), now);
      if (later !== 0) return later;
    }
    const restarts = restartsOf(b) - restartsOf(a);
    if (restarts !== 0) return restarts;
    const created = ageClass(createdAt(a), now) - ageClass(createdAt(b), now);
    if (created !== 0) return created;
    return a.metadata!.uid! < b.metadata!.uid! ? -1 : a.metadata!.uid! > b.metadata!.uid! ? 1 : 0;
  };
}

function deletionCost(pod: KubeObject): number {
  const text = pod.metadata!.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  return text !== undefined && /^-?(0|[1-9]\d*)$/.test(text) ? Number(text) : 0;
}

function readySince(pod: KubeObject): number | undefined {
  const time = conditionOf(pod, 'Ready')?.lastTransitionTime;
  return time ? parseTime(time) : undefined;
}

function createdAt(pod: KubeObject): number | undefined {
  const time = pod.metadata!.creationTimestamp;
  return time ? parseTime(time) : undefined;
}

// Ages are compared by their power of two, so that pods of about the same age are chosen at random (KEP-2185). Younger comes first.
function ageClass(time: number | undefined, now: number): number {
  if (time === undefined) return -1;
  const seconds = Math.max(0, now - time) / 1000;
  return seconds < 1 ? 0 : Math.floor(Math.log2(seconds)) + 1;
}
