import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import { withCondition, withoutCondition } from '../../runtime/conditions.ts';
import { messageOf } from '../../runtime/errors.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { type Condition, conditionOf, isPodAvailable, isPodReady } from '../../runtime/pods.ts';
import { hasLabels, labelsOf } from './tally.ts';

/** Of the pods that are neither finished nor being deleted, but for the last. */
export interface ReplicaCounts {
  readonly active: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
  /** Absent where the kind does not count them. */
  readonly terminating?: number | undefined;
}

/** Counts pods one by one. @param active an owner's pods that are neither finished nor being deleted */
export function countReplicas(owner: KubeObject, active: readonly KubeObject[], now: number): Omit<ReplicaCounts, 'terminating'> {
  const labels = labelsOf(owner);
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  let [fullyLabeled, ready, available] = [0, 0, 0];
  for (const pod of active) {
    if (hasLabels(pod, labels)) fullyLabeled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, minReadySeconds, now)) available++;
  }
  return { active: active.length, fullyLabeled, ready, available };
}

export interface ReplicaStatusInput {
  /** ReplicaSet or ReplicationController. */
  readonly owner: KubeObject;
  readonly counts: ReplicaCounts;
  /** What creating or deleting pods failed with. */
  readonly failure?: unknown;
  readonly now: number;
}

/** The status that follows from the pods. */
export function replicaStatus({ owner, counts, failure, now }: ReplicaStatusInput): Record<string, unknown> {
  let conditions: Condition[] = owner.status?.conditions ?? [];
  const failed = conditionOf(owner, 'ReplicaFailure');
  if (failure !== undefined && !failed) {
    const missing = counts.active < (owner.spec.replicas ?? 1);
    conditions = withCondition(conditions, {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: formatTime(now),
      reason: missing ? 'FailedCreate' : 'FailedDelete',
      message: messageOf(failure),
    });
  } else if (failure === undefined && failed) conditions = withoutCondition(conditions, 'ReplicaFailure');
  return omitZeros(
    {
      replicas: counts.active,
      fullyLabeledReplicas: counts.fullyLabeled,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
      terminatingReplicas: counts.terminating,
      observedGeneration: owner.metadata!.generation,
      conditions,
    },
    ['replicas', 'terminatingReplicas'],
  );
}
