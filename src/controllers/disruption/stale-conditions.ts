import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import type { Informer } from '../../runtime/informer.ts';
import { keyOf } from '../../runtime/keys.ts';
import { conditionOf, isPodFinished } from '../../runtime/pods.ts';
import type { ControllerContext } from '../context.ts';
import { pods as podResource } from '../resources.ts';

/** Who announced a disruption and has not deleted the pod after so long will not do it any more. */
const timeout = 120_000;

/** Takes back conditions that announce a disruption which did not come (KEP-3329). */
export function staleConditions(context: ControllerContext, client: Client, pods: Informer): Controller {
  const { clock } = context;
  const api = client.resource(podResource);
  const controller = createController({ name: 'stale-disruption', workers: 1, reconcile, informers: [pods] }, context);
  const look = (pod: KubeObject) => {
    if (isAnnounced(pod)) controller.enqueue(keyOf(pod));
  };
  pods.addHandler({ added: look, updated: look });

  async function reconcile(key: string): Promise<number | undefined> {
    const pod = pods.getByKey(key);
    if (!pod || !isAnnounced(pod)) return undefined;
    const { lastTransitionTime, type } = conditionOf(pod, 'DisruptionTarget')!;
    const wait = lastTransitionTime ? parseTime(lastTransitionTime) + timeout - clock.now() : 0;
    if (wait > 0) return wait;
    const { namespace, name, uid, generation } = pod.metadata!;
    const condition = {
      type,
      status: 'False',
      observedGeneration: generation,
      lastTransitionTime: formatTime(clock.now()),
      reason: null,
      message: null,
    };
    const body = { metadata: { uid }, status: { conditions: [condition] } };
    await unlessNotFound(api.patch(namespace!, name!, 'application/strategic-merge-patch+json', body, { subresource: 'status' }));
    return undefined;
  }

  return controller;
}

// A kubelet that ends a pod may take its time.
function isAnnounced(pod: KubeObject): boolean {
  if (pod.metadata!.deletionTimestamp || isPodFinished(pod)) return false;
  const condition = conditionOf(pod, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason !== 'TerminationByKubelet';
}
