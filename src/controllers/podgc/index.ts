import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { byCreation } from '../../runtime/objects.ts';
import { failWithDisruption, markFailed } from '../../runtime/pod-disruption.ts';
import { conditionOf, isPodFinished } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { nodes as nodeResource, pods as podResource } from '../resources.ts';

// A node's object may be made anew: its pods are kept for so long without it.
const quarantine = 40_000;
// Upstream looks for pods that nobody ends so often; whoever is about to remove one has had time enough for it.
const period = 20_000;
const terminated = 'terminated pods';
const byNode = 'node';
const outOfService = 'node.kubernetes.io/out-of-service';

/** Deletes pods that nobody else will: those of nodes that are gone, those that were never bound, and finished ones beyond the threshold. */
export function startPodGarbageCollector(context: ControllerContext): RunningController {
  const client = context.clientFor('pod-garbage-collector');
  const api = client.resource(podResource);
  const nodesApi = client.resource(nodeResource);
  const pods = context.informers.for(podResource);
  const nodes = context.informers.for(nodeResource);
  const { terminatedPodGCThreshold: threshold } = context.settings;
  const finished = new Set<string>();
  pods.addIndex(byNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  const controller = createController({ name: 'podgc', workers: 2, reconcile, informers: [pods, nodes] }, context);
  const quarantined = new Delays(context.clock, (node) => controller.enqueue(`node/${node}`));

  const leaving = new Delays(context.clock, (pod) => controller.enqueue(`pod/${pod}`));

  const observe = (pod: KubeObject) => {
    const key = keyOf(pod);
    const { nodeName } = pod.spec;
    if (isPodFinished(pod)) {
      finished.add(key);
      if (threshold > 0 && finished.size > threshold) controller.enqueue(terminated);
    } else finished.delete(key);
    if (pod.metadata!.deletionTimestamp && isStuck(pod)) leaving.addEarliest(key, period);
    if (nodeName && nodes.hasSynced() && !nodes.getByKey(nodeName)) quarantined.addEarliest(nodeName, quarantine);
  };
  const forget = (pod: KubeObject) => {
    finished.delete(keyOf(pod));
    leaving.cancel(keyOf(pod));
  };
  pods.addHandler({ added: observe, updated: observe, deleted: forget });
  nodes.addHandler({
    added(node) {
      quarantined.cancel(node.metadata!.name!);
      observeNode(node);
    },
    updated: observeNode,
    deleted: (node) => watchGoneNode(node.metadata!.name!),
  });

  function observeNode(node: KubeObject): void {
    if (isOutOfService(node)) for (const pod of pods.byIndex(byNode, node.metadata!.name!)) observe(pod);
  }

  /** Nobody will end the pod: it was never bound, or its node will not come back. */
  function isStuck({ spec }: KubeObject): boolean {
    if (!spec.nodeName) return true;
    const node = nodes.getByKey(spec.nodeName);
    return node !== undefined && isOutOfService(node);
  }

  function watchGoneNode(name: string): void {
    for (const _ of pods.byIndex(byNode, name)) return quarantined.addEarliest(name, quarantine);
  }

  // Pods may be seen before the nodes are: those of nodes that are not there are found once both are known.
  void Promise.all([pods.synced(), nodes.synced()]).then(
    () => {
      for (const pod of pods.list()) observe(pod);
    },
    () => {},
  );

  async function reconcile(key: string): Promise<void> {
    if (key === terminated) return removeTerminated();
    if (key.startsWith('node/')) return removeOrphans(key.slice('node/'.length));
    const pod = pods.getByKey(key.slice('pod/'.length));
    if (!pod?.metadata?.deletionTimestamp || !isStuck(pod)) return;
    await markFailed(api, pod);
    await remove(pod);
  }

  async function remove(pod: KubeObject): Promise<void> {
    const { namespace, name, uid } = pod.metadata!;
    await unlessNotFound(api.delete(namespace!, name!, { gracePeriodSeconds: 0, preconditions: { uid: uid! } }));
  }

  async function removeTerminated(): Promise<void> {
    const all = [...finished].flatMap((key) => pods.getByKey(key) ?? []).sort(evictedFirst);
    await Promise.all(all.slice(0, Math.max(0, all.length - threshold)).map(remove));
  }

  async function removeOrphans(name: string): Promise<void> {
    if (nodes.getByKey(name) || (await unlessNotFound(nodesApi.get('', name)))) return;
    for (const pod of pods.byIndex(byNode, name)) {
      await failWithDisruption(api, pod, 'DeletionByPodGC', 'PodGC: node no longer exists', context.clock.now(), true);
      await remove(pod);
    }
  }

  const stop = () => {
    quarantined.clear();
    leaving.clear();
  };
  return run('podgc', [controller], stop);
}

function isOutOfService(node: KubeObject): boolean {
  const marked = (node.spec?.taints ?? []).some(({ key }: { key: string }) => key === outOfService);
  return marked && conditionOf(node, 'Ready')?.status !== 'True';
}

function evictedFirst(a: KubeObject, b: KubeObject): number {
  const isEvicted = ({ status }: KubeObject) => Number(status?.phase === 'Failed' && status.reason === 'Evicted');
  return isEvicted(b) - isEvicted(a) || byCreation(a, b);
}
