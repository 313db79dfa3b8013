import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { type Condition, conditionOf, isPodReady } from '../../runtime/pods.ts';
import type { Departures } from './departures.ts';

/** A pod that was evicted and is still there after so many milliseconds was not deleted after all. */
export const deletionTimeout = 120_000;
const conditionType = 'DisruptionAllowed';

/** How many pods there should be, and how many of them must be healthy. */
export interface Wanted {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

export interface Disrupted {
  /** Pods whose eviction is on its way, with the time it was granted. */
  readonly pods: Readonly<Record<string, string>>;
  /** Pods that should have been gone by now. */
  readonly overdue: readonly KubeObject[];
  /** Milliseconds until the next one is overdue. */
  readonly again: number | undefined;
}

/** @param departures tell an evicted pod from its successor of the same name */
export function disruptedPods(budget: KubeObject, pods: readonly KubeObject[], departures: Departures, now: number): Disrupted {
  const known: Record<string, string> = budget.status?.disruptedPods ?? {};
  const left: Record<string, string> = {};
  const overdue: KubeObject[] = [];
  let again: number | undefined;
  for (const pod of pods) {
    const granted = known[pod.metadata!.name!];
    if (granted === undefined || pod.metadata!.deletionTimestamp || departures.isSuccessor(pod, parseTime(granted))) continue;
    const wait = parseTime(granted) + deletionTimeout - now;
    if (wait < 0) overdue.push(pod);
    else {
      left[pod.metadata!.name!] = granted;
      again = Math.min(again ?? wait, wait);
    }
  }
  return { pods: left, overdue, again };
}

export function countHealthy(pods: readonly KubeObject[], disrupted: Disrupted): number {
  return pods.filter((pod) => !pod.metadata!.deletionTimestamp && !(pod.metadata!.name! in disrupted.pods) && isPodReady(pod)).length;
}

/** The status that follows; the budget's own if it says the same. */
export function budgetStatus(
  budget: KubeObject,
  { expectedPods, desiredHealthy }: Wanted,
  currentHealthy: number,
  disrupted: Disrupted,
  now: number,
): KubeObject {
  const { generation } = budget.metadata!;
  // A budget without pods allows nothing, so that its first pods are safe until they are counted.
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const allowed = disruptionsAllowed > 0;
  const condition = {
    type: conditionType,
    status: allowed ? 'True' : 'False',
    observedGeneration: generation,
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  return {
    observedGeneration: generation,
    ...(Object.keys(disrupted.pods).length > 0 ? { disruptedPods: disrupted.pods } : {}),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: withStatusCondition(budget, condition, now),
  } as never;
}

/** The status of a budget that could not be computed: nothing is allowed. */
export function failSafeStatus(budget: KubeObject, message: string, now: number): KubeObject {
  const { observedGeneration } = budget.status ?? {};
  const condition = {
    type: conditionType,
    status: 'False',
    reason: 'SyncFailed',
    message,
    ...(observedGeneration ? { observedGeneration } : {}),
  };
  const counts = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  return { ...counts, ...budget.status, disruptionsAllowed: 0, conditions: withStatusCondition(budget, condition, now) } as never;
}

function withStatusCondition(budget: KubeObject, condition: Condition, now: number): Condition[] {
  const conditions: readonly Condition[] = budget.status?.conditions ?? [];
  const known = conditionOf(budget, condition.type);
  const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : formatTime(now);
  const written = { ...condition, lastTransitionTime };
  return known ? conditions.map((current) => (current === known ? written : current)) : [...conditions, written];
}
