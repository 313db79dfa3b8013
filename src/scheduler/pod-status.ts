import { pod as pods } from '../../api/core/v1/pod.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Pod, PodCondition } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import { unlessNotFound } from '../runtime/errors.ts';
import { conditionOrder } from '../runtime/pods.ts';

/**
 * A strategic merge patch of a pod's status that sets a condition, and where it is given the nominated node; undefined where all of it is so already.
 * @param nominatedNode '' takes it back
 */
export function conditionPatch(pod: Pod, wanted: PodCondition | undefined, now: number, nominatedNode?: string): object | undefined {
  const status: Record<string, unknown> = {};
  const condition = wanted && changedCondition(pod, wanted, now);
  if (condition) Object.assign(status, conditionOrder(pod as KubeObject, condition.type), { conditions: [condition] });
  if (nominatedNode !== undefined && nominatedNode !== (pod.status?.nominatedNodeName ?? ''))
    status.nominatedNodeName = nominatedNode || null;
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid: pod.metadata!.uid }, status };
}

function changedCondition(pod: Pod, wanted: PodCondition, now: number): PodCondition | undefined {
  const present = pod.status?.conditions?.find(({ type }) => type === wanted.type);
  const same =
    present?.status === wanted.status &&
    (present.reason ?? '') === (wanted.reason ?? '') &&
    (present.message ?? '') === (wanted.message ?? '');
  if (same) return undefined;
  return {
    ...wanted,
    observedGeneration: pod.metadata!.generation,
    lastProbeTime: null as any,
    lastTransitionTime: present?.status === wanted.status ? present.lastTransitionTime : formatTime(now),
  };
}

/** The pod has no node in view any longer. */
export async function clearNomination(client: Client, pod: Pod): Promise<void> {
  const patch = conditionPatch(pod, undefined, 0, '');
  if (!patch) return;
  const { namespace, name } = pod.metadata!;
  const options = { subresource: 'status' };
  await unlessNotFound(client.resource(pods).patch(namespace!, name!, 'application/strategic-merge-patch+json', patch, options));
}
