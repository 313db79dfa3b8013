import type { KubeObject } from '../../../api/meta/object.ts';
import { isPodAvailable, isPodReady } from '../../runtime/pods.ts';
import { replicasOf, revisionOf } from './identity.ts';

/** StatefulSetStatus, while a step is computed. */
export interface SetStatus {
  observedGeneration?: number;
  replicas: number;
  readyReplicas: number;
  currentReplicas: number;
  updatedReplicas: number;
  currentRevision: string;
  updateRevision: string;
  collisionCount: number;
  availableReplicas: number;
}

export const isCreated = (pod: KubeObject): boolean => pod.status?.phase !== undefined;
export const isGoing = (pod: KubeObject): boolean => pod.metadata!.deletionTimestamp !== undefined;
export const isRunningAndReady = (pod: KubeObject): boolean => pod.status?.phase === 'Running' && isPodReady(pod);

/** The status with its counts taken from the pods. Pods that are not yet in the API do not count. */
export function countPods(status: SetStatus, pods: readonly KubeObject[], minReadySeconds: number, now: number): SetStatus {
  const count = { replicas: 0, readyReplicas: 0, currentReplicas: 0, updatedReplicas: 0, availableReplicas: 0 };
  for (const pod of pods) {
    if (!isCreated(pod)) continue;
    count.replicas++;
    if (isRunningAndReady(pod)) {
      count.readyReplicas++;
      if (isPodAvailable(pod, minReadySeconds, now)) count.availableReplicas++;
    }
    if (isGoing(pod)) continue;
    if (revisionOf(pod) === status.currentRevision) count.currentReplicas++;
    if (revisionOf(pod) === status.updateRevision) count.updatedReplicas++;
  }
  return { ...status, ...count };
}

/** The status once every replica is of the update revision: that is the current one then. */
export function completed(set: KubeObject, status: SetStatus): SetStatus {
  const wanted = replicasOf(set);
  const done = status.updatedReplicas === wanted && status.readyReplicas === wanted && status.replicas === wanted;
  if (set.spec.updateStrategy?.type !== 'RollingUpdate' || !done) return status;
  return { ...status, currentReplicas: status.updatedReplicas, currentRevision: status.updateRevision };
}

const told = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'currentRevision',
  'updateRevision',
] as const;

/** Whether a status says something that the set's does not say yet. */
export function isNews(set: KubeObject, status: SetStatus): boolean {
  const before = set.status ?? {};
  if ((status.observedGeneration ?? 0) > (before.observedGeneration ?? 0)) return true;
  return told.some((field) => status[field] !== (before[field] ?? (typeof status[field] === 'number' ? 0 : '')));
}
