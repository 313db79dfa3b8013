import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { failWithDisruption } from '../../runtime/pod-disruption.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { nodes as nodeResource, pods as podResource } from '../resources.ts';
import { type Taint, toleratedFor } from './tolerations.ts';

const byNode = 'node';

/** Deletes pods from nodes with NoExecute taints that they do not tolerate, at once or when their time is over. */
export function startTaintEvictionController(context: ControllerContext): RunningController {
  const { clock } = context;
  const client = context.clientFor('node-controller');
  const api = client.resource(podResource);
  const pods = context.informers.for(podResource);
  const nodes = context.informers.for(nodeResource);
  const recorder = recorderFor(context, client, 'taint-eviction-controller');
  pods.addIndex(byNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  const controller = createController({ name: 'tainteviction', workers: 8, reconcile, informers: [pods, nodes] }, context);
  const due = new Delays(clock, (key) => controller.enqueue(key));
  /** Since when a pod is to be evicted, by its key. */
  const since = new Map<string, { uid: string; start: number }>();

  const taintsOf = (name: string | undefined): Taint[] =>
    ((name ? nodes.getByKey(name)?.spec?.taints : undefined) ?? []).filter((taint: Taint) => taint.effect === 'NoExecute');

  const consider = (pod: KubeObject) => {
    const key = keyOf(pod);
    if (since.has(key) || taintsOf(pod.spec.nodeName).length > 0) controller.enqueue(key);
  };
  pods.addHandler({
    added: consider,
    updated(pod, old) {
      if (pod.spec.nodeName !== old.spec.nodeName || pod.spec.tolerations?.length !== old.spec.tolerations?.length) consider(pod);
    },
    deleted: (pod) => forget(keyOf(pod)),
  });
  const considerNode = (node: KubeObject) => {
    for (const pod of pods.byIndex(byNode, node.metadata!.name!)) controller.enqueue(keyOf(pod));
  };
  nodes.addHandler({
    added(node) {
      if (taintsOf(node.metadata!.name).length > 0) considerNode(node);
    },
    updated(node, old) {
      const taints = (of: KubeObject) => JSON.stringify((of.spec?.taints ?? []).filter((taint: Taint) => taint.effect === 'NoExecute'));
      if (node.spec?.taints !== old.spec?.taints && taints(node) !== taints(old)) considerNode(node);
    },
  });

  function forget(key: string): void {
    since.delete(key);
    due.cancel(key);
  }

  async function reconcile(key: string): Promise<void> {
    const pod = pods.getByKey(key);
    if (!pod || pod.metadata!.deletionTimestamp) return forget(key);
    const tolerated = toleratedFor(taintsOf(pod.spec.nodeName), pod.spec.tolerations ?? []);
    const target = { object: pod, resource: podResource };
    const uid = pod.metadata!.uid!;
    if (tolerated === undefined) {
      if (since.get(key)?.uid === uid) recorder.event(target, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return forget(key);
    }
    let planned = since.get(key);
    if (planned?.uid !== uid) since.set(key, (planned = { uid, start: clock.monotonic() }));
    const left = planned.start + tolerated - clock.monotonic();
    if (left > 0) return due.set(key, left);
    recorder.event(target, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const { namespace, name } = pod.metadata!;
    await failWithDisruption(api, pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', clock.now());
    await unlessNotFound(api.delete(namespace!, name!));
    forget(key);
  }

  return run('tainteviction', [controller], () => due.clear());
}
