import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, splitKey } from '../../runtime/keys.ts';
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
  /** When a pod is to be evicted, by its key. */
  const planned = new Map<string, { readonly uid: string; readonly due: number; leaving: boolean }>();
  /** Pods whose eviction was told of, by uid. */
  const marked = new Set<string>();

  const taintsOf = (name: string | undefined): Taint[] =>
    ((name ? nodes.getByKey(name)?.spec?.taints : undefined) ?? []).filter((taint: Taint) => taint.effect === 'NoExecute');

  const toleratedBy = (pod: KubeObject) => toleratedFor(taintsOf(pod.spec.nodeName), pod.spec.tolerations ?? []);

  const consider = (pod: KubeObject) => {
    const key = keyOf(pod);
    if (planned.has(key) || taintsOf(pod.spec.nodeName).length > 0) controller.enqueue(key);
  };
  pods.addHandler({
    added: consider,
    updated(pod, old) {
      if (pod.spec.nodeName !== old.spec.nodeName || pod.spec.tolerations?.length !== old.spec.tolerations?.length) consider(pod);
    },
    deleted(pod) {
      cancel(keyOf(pod));
      marked.delete(pod.metadata!.uid!);
    },
  });
  const considerNode = (node: KubeObject) => {
    for (const pod of pods.byIndex(byNode, node.metadata!.name!)) {
      const key = keyOf(pod);
      // Told before anybody else who has seen the taint, such as the DaemonSet controller, can have deleted it.
      if (!planned.has(key) && toleratedBy(pod) === 'not at all') mark(pod);
      controller.enqueue(key);
    }
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

  /** Takes back what was planned for a pod, and says so. @param key its key */
  function cancel(key: string): void {
    const plan = planned.get(key);
    planned.delete(key);
    due.cancel(key);
    if (plan && !plan.leaving) tell(key, `Cancelling deletion of Pod ${key}`);
  }

  function mark(pod: KubeObject): void {
    const uid = pod.metadata!.uid!;
    if (marked.has(uid)) return;
    marked.add(uid);
    tell(keyOf(pod), `Marking for deletion Pod ${keyOf(pod)}`);
  }

  function tell(key: string, message: string): void {
    const [namespace, name] = splitKey(key);
    recorder.event({ object: { metadata: { namespace, name } }, resource: podResource }, 'Normal', 'TaintManagerEviction', message);
  }

  async function reconcile(key: string): Promise<void> {
    const pod = pods.getByKey(key);
    if (!pod) return;
    // One that is ending already is treated as any other: it is told of, gets its condition, and is deleted once more.
    const { namespace, name, uid } = pod.metadata!;
    if (planned.get(key)?.uid !== uid) planned.delete(key);
    const tolerated = toleratedBy(pod);
    if (typeof tolerated === 'string') cancel(key);
    if (tolerated === 'forever') return;
    if (tolerated !== 'not at all') {
      const now = clock.monotonic();
      // As in kube-controller-manager, a time that was set stands, whatever later taints and tolerations would allow.
      const plan = planned.get(key) ?? { uid: uid!, due: now + tolerated, leaving: false };
      planned.set(key, plan);
      if (plan.due > now) return due.set(key, plan.due - now);
      plan.leaving = true;
    }
    mark(pod);
    await failWithDisruption(api, pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', clock.now());
    await unlessNotFound(api.delete(namespace!, name!));
    planned.delete(key);
  }

  return run('tainteviction', [controller], () => due.clear());
}
