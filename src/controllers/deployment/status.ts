import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { withCondition, withoutCondition } from '../../runtime/conditions.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { type Condition, conditionOf } from '../../runtime/pods.ts';
import { replicasOf, sumReplicas, sumStatus } from './replica-sets.ts';
import { maxUnavailable } from './scaling.ts';

export interface RolloutState {
  readonly deployment: KubeObject;
  readonly newSet: KubeObject | undefined;
  readonly oldSets: readonly KubeObject[];
  readonly now: number;
}

type Status = Record<string, any>;

// The largest int32 stands for none.
export function hasProgressDeadline({ spec }: KubeObject): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2147483647;
}

export function deploymentCondition(type: string, status: string, reason: string, message: string, now: number): Condition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** The status that follows from the ReplicaSets, without the conditions of progress. */
export function countedStatus({ deployment, newSet, oldSets, now }: RolloutState): Status {
  const sets = [...oldSets, newSet];
  const available = sumStatus(sets, 'availableReplicas');
  const counted = sets.filter((set) => set !== undefined);
  const terminating = counted.every((set) => set.status?.terminatingReplicas !== undefined);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? deploymentCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : deploymentCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  return omitZeros(
    {
      observedGeneration: deployment.metadata!.generation,
      replicas: sumStatus(sets, 'replicas'),
      updatedReplicas: sumStatus([newSet], 'replicas'),
      readyReplicas: sumStatus(sets, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, sumReplicas(sets) - available),
      terminatingReplicas: terminating ? sumStatus(sets, 'terminatingReplicas') : undefined,
      collisionCount: deployment.status?.collisionCount,
      conditions: withCondition(deployment.status?.conditions, condition),
    },
    ['terminatingReplicas', 'collisionCount'],
  );
}

/** Whether everything that the Deployment asks for is there. */
export function isComplete(deployment: KubeObject, status: Status): boolean {
  const wanted = replicasOf(deployment);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return (
    updatedReplicas === wanted &&
    replicas === wanted &&
    availableReplicas === wanted &&
    observedGeneration >= (deployment.metadata!.generation ?? 0)
  );
}

function hasProgressed(before: Status, after: Status): boolean {
  const count = (status: Status, field: string): number => status[field] ?? 0;
  const old = (status: Status) => count(status, 'replicas') - count(status, 'updatedReplicas');
  return (
    count(after, 'updatedReplicas') > count(before, 'updatedReplicas') ||
    old(after) < old(before) ||
    count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(after, 'availableReplicas') > count(before, 'availableReplicas')
  );
}

/** When the Deployment's present progress runs out; undefined where it cannot. */
function deadlineOf(deployment: KubeObject, progressing: Condition | undefined): number | undefined {
  if (!progressing?.lastUpdateTime) return undefined;
  return parseTime(progressing.lastUpdateTime) + deployment.spec.progressDeadlineSeconds * 1000;
}

/** The status with the conditions of progress and failure, while a rollout goes on or after it. */
export function rolloutStatus(state: RolloutState): Status {
  const { deployment, newSet, now } = state;
  const status = countedStatus(state);
  let conditions: Condition[] = status.conditions;
  const current = conditionOf(deployment, 'Progressing');
  const what = newSet ? `ReplicaSet "${newSet.metadata!.name}"` : `Deployment "${deployment.metadata!.name}"`;
  const condition = (value: string, reason: string, text: string) =>
    deploymentCondition('Progressing', value, reason, `${what} ${text}`, now);
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  // Once a rollout has completed, only a new one changes what is said of its progress.
  const over = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (hasProgressDeadline(deployment) && !over) {
    if (isComplete(deployment, status)) {
      conditions = withCondition(conditions, condition('True', 'NewReplicaSetAvailable', 'has successfully progressed.'));
    } else if (hasProgressed(deployment.status ?? {}, status)) {
      const progress = condition('True', 'ReplicaSetUpdated', 'is progressing.');
      if (current?.status === 'True') progress.lastTransitionTime = current.lastTransitionTime;
      conditions = [...withoutCondition(conditions, 'Progressing'), progress];
    } else if (isTimedOut(deployment, current, now)) {
      conditions = withCondition(conditions, condition('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'));
    }
  }
  const failure = failureOf(state);
  conditions = failure ? withCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

function isTimedOut(deployment: KubeObject, progressing: Condition | undefined, now: number): boolean {
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return (deadlineOf(deployment, progressing) ?? Number.POSITIVE_INFINITY) < now;
}

function failureOf({ newSet, oldSets }: RolloutState): Condition | undefined {
  for (const set of [newSet, ...oldSets]) {
    const condition = set && conditionOf(set, 'ReplicaFailure');
    if (!condition) continue;
    const { type, status, lastTransitionTime, reason, message } = condition;
    return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message };
  }
  return undefined;
}

/** Milliseconds after which a Deployment that does not progress should be looked at again. */
export function stuckCheckIn(deployment: KubeObject, status: Status, now: number): number | undefined {
  if (!hasProgressDeadline(deployment)) return undefined;
  const progressing = conditionOf(deployment, 'Progressing');
  if (!progressing || isComplete(deployment, status) || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  const deadline = deadlineOf(deployment, progressing);
  return deadline === undefined ? undefined : Math.max(1000, deadline - now + 1000);
}
