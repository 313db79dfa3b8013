import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import { unlessNotFound } from './errors.ts';
import { conditionOf, conditionOrder, isPodFinished } from './pods.ts';

/** Notes on a pod why it is about to be deleted. @param fail whether a pod that still runs is marked as failed too */
export async function failWithDisruption(
  pods: ResourceClient,
  pod: KubeObject,
  reason: string,
  message: string,
  now: number,
  fail = false,
): Promise<void> {
  const { namespace, name, uid } = pod.metadata!;
  const failing = fail && !isPodFinished(pod);
  if (conditionOf(pod, 'DisruptionTarget')?.status === 'True' && !failing) return;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: pod.metadata!.generation,
    reason,
    message,
    lastTransitionTime: formatTime(now),
  };
  const status = { ...conditionOrder(pod, condition.type), conditions: [condition], ...(failing ? failed(pod) : {}) };
  const body = { metadata: { uid }, status };
  await unlessNotFound(pods.patch(namespace!, name!, 'application/strategic-merge-patch+json', body, { subresource: 'status' }));
}

/** Whoever ends a pod has seen its spec as it is. */
const failed = ({ metadata }: KubeObject) => ({ phase: 'Failed', observedGeneration: metadata!.generation });

/** Marks a pod that still runs (as far as is known) as failed, before it is deleted by force. */
export async function markFailed(pods: ResourceClient, pod: KubeObject): Promise<void> {
  if (isPodFinished(pod)) return;
  const { namespace, name, uid } = pod.metadata!;
  const body = { metadata: { uid }, status: failed(pod) };
  await unlessNotFound(pods.patch(namespace!, name!, 'application/strategic-merge-patch+json', body, { subresource: 'status' }));
}
