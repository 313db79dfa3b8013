import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { addFinalizer, isKeptBy, lacksFinalizer, removeFinalizer } from '../../runtime/finalizers.ts';
import { keyOf } from '../../runtime/keys.ts';
import { isControlledBy } from '../../runtime/owners.ts';
import { claimKeysOfPod, claimNameOf } from '../../runtime/pod-volumes.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { persistentVolumeClaims as claimResource, pods as podResource } from '../resources.ts';

const finalizer = 'kubernetes.io/pvc-protection';
const byClaim = 'claim';

/** Keeps claims that are being deleted until no pod uses them. */
export function startPvcProtectionController(context: ControllerContext): RunningController {
  const client = context.clientFor('pvc-protection-controller');
  const api = client.resource(claimResource);
  const podsApi = client.resource(podResource);
  const claims = context.informers.for(claimResource);
  const pods = context.informers.for(podResource);
  pods.addIndex(byClaim, claimKeysOfPod);
  // Keys are namespaces: the pods of each are read from storage once for all of its claims that may go.
  const controller = createController({ name: 'pvc-protection', workers: 5, reconcile, informers: [claims, pods] }, context);
  const waiting = new Map<string, Set<string>>();

  const enqueue = (key: string, namespace: string) => {
    if (!waiting.has(namespace)) waiting.set(namespace, new Set());
    waiting.get(namespace)!.add(key);
    controller.enqueue(namespace);
  };
  const noteClaim = (claim: KubeObject) => {
    if (isKeptBy(claim, finalizer) || lacksFinalizer(claim, finalizer)) enqueue(keyOf(claim), claim.metadata!.namespace!);
  };
  // A pod that was deleted, or is done, gives up its claims.
  const notePod = (pod: KubeObject) => {
    for (const key of claimKeysOfPod(pod)) {
      const claim = claims.getByKey(key);
      if (claim && isKeptBy(claim, finalizer)) noteClaim(claim);
    }
  };
  claims.addHandler({ added: noteClaim, updated: noteClaim });
  pods.addHandler({
    updated(pod, old) {
      if (isPodFinished(pod) || pod.metadata!.uid !== old.metadata!.uid) notePod(pod);
    },
    deleted: notePod,
  });

  async function reconcile(namespace: string): Promise<void> {
    const keys = waiting.get(namespace) ?? new Set();
    waiting.delete(namespace);
    let live: readonly KubeObject[] | undefined;
    const failures: unknown[] = [];
    for (const key of keys) {
      const claim = claims.getByKey(key);
      if (!claim) continue;
      try {
        if (lacksFinalizer(claim, finalizer)) await addFinalizer(api, claim, finalizer);
        if (!isKeptBy(claim, finalizer) || [...pods.byIndex(byClaim, key)].some((pod) => uses(pod, claim))) continue;
        live ??= (await podsApi.list(namespace)).items;
        if (!live.some((pod) => uses(pod, claim))) await removeFinalizer(api, claim, finalizer);
      } catch (error) {
        failures.push(error);
        enqueueLater(key, namespace);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  function enqueueLater(key: string, namespace: string): void {
    if (!waiting.has(namespace)) waiting.set(namespace, new Set());
    waiting.get(namespace)!.add(key);
  }

  return run('pvc-protection', [controller]);
}

// A pod that is not scheduled yet will not start with a claim that goes.
function uses(pod: KubeObject, claim: KubeObject): boolean {
  if (!pod.spec.nodeName) return false;
  return (pod.spec.volumes ?? []).some((volume: { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: object }) => {
    if (claimNameOf(pod, volume) !== claim.metadata!.name) return false;
    return volume.persistentVolumeClaim !== undefined || (!isPodFinished(pod) && isControlledBy(claim, pod));
  });
}
