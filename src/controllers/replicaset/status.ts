import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import { withCondition, withoutCondition } from '../../runtime/conditions.ts';
import { messageOf } from '../../runtime/errors.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { type Condition, conditionOf, isPodAvailable, isPodReady } from '../../runtime/pods.ts';

export interface ReplicaStatusInput {
  /** ReplicaSet or ReplicationController. */
  readonly owner: KubeObject;
  readonly active: readonly KubeObject[];
  /** Absent where the kind does not count them. */
  readonly terminating?: number;
  /** What creating or deleting pods failed with. */
  readonly failure?: unknown;
  readonly now: number;
}

/** The status that follows from the pods. */
export function replicaStatus({ owner, active, terminating, failure, now }: ReplicaStatusInput): Record<string, unknown> {
  const labels = Object.entries<string>(owner.spec.template?.metadata?.labels ?? {});
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  for (const pod of active) {
    if (labels.every(([name, value]) => pod.metadata!.labels?.[name] === value)) fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    readyReplicas++;
    if (isPodAvailable(pod, minReadySeconds, now)) availableReplicas++;
  }
  let conditions: Condition[] = owner.status?.conditions ?? [];
  const failed = conditionOf(owner, 'ReplicaFailure');
  if (failure !== undefined && !failed) {
    const missing = active.length < (owner.spec.replicas ?? 1);
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
      replicas: active.length,
      fullyLabeledReplicas,
      readyReplicas,
      availableReplicas,
      terminatingReplicas: terminating,
      observedGeneration: owner.metadata!.generation,
      conditions,
    },
    ['replicas', 'terminatingReplicas'],
  );
}
