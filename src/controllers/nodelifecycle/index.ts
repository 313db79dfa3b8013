import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type Condition, conditionOf, isPodReady } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { leases as leaseResource, nodes as nodeResource, pods as podResource } from '../resources.ts';
import { adjustedTaints, wantedNoExecute } from './taints.ts';
import { ZonePace } from './zones.ts';

const leaseNamespace = 'kube-node-lease';
const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const retryEviction = 5000;
/** So often a node's taints are written before its turn is over, where others write the node at the same time. */
const mostTries = 5;

/** Watches over nodes: those that fall silent become Unknown, and their conditions become taints. */
export function startNodeLifecycleController(context: ControllerContext): RunningController {
  const { clock, settings } = context;
  const client = context.clientFor('node-controller');
  const api = client.resource(nodeResource);
  const podsApi = client.resource(podResource);
  const nodes = context.informers.for(nodeResource);
  const leases = context.informers.for(leaseResource);
  const pods = context.informers.for(podResource);
  const recorder = recorderFor(context, client, 'node-controller');
  pods.addIndex('node', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  const grace = settings.nodeMonitorGracePeriodSeconds * 1000;
  const startupGrace = settings.nodeStartupGracePeriodSeconds * 1000;
  /** When we last heard of a node, and whether its pods are still to be marked, as it has fallen silent. */
  const heard = new Map<string, { at: number; marksPods: boolean }>();
  const pace = new ZonePace(clock);
  const controller = createController({ name: 'nodelifecycle', workers: 8, reconcile, informers: [nodes, leases, pods] }, context);
  const silence = new Delays(clock, (name) => checkSilence(name));

  function hear(name: string): void {
    const known = heard.get(name);
    if (known) known.at = clock.monotonic();
  }

  // A heartbeat costs a number in a map: the timer of a node that was heard since is set again when it fires.
  function checkSilence(name: string): void {
    const node = nodes.getByKey(name);
    const known = heard.get(name);
    if (!node || !known) return;
    const left = known.at + graceOf(node) - clock.monotonic();
    if (left > 0) silence.set(name, left);
    else controller.enqueue(name);
  }

  function graceOf(node: KubeObject): number {
    return conditionOf(node, 'Ready')?.lastHeartbeatTime ? grace : startupGrace;
  }

  leases.addHandler({
    added(lease) {
      if (lease.metadata!.namespace === leaseNamespace) hear(lease.metadata!.name!);
    },
    updated(lease, old) {
      if (lease.metadata!.namespace === leaseNamespace && lease.spec?.renewTime !== old.spec?.renewTime) hear(lease.metadata!.name!);
    },
  });

  nodes.addHandler({
    added(node) {
      const name = node.metadata!.name!;
      heard.set(name, { at: clock.monotonic(), marksPods: false });
      silence.set(name, graceOf(node));
      tell(node, 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
      controller.enqueue(name);
    },
    updated(node, old) {
      const name = node.metadata!.name!;
      const [ready, before] = [conditionOf(node, 'Ready'), conditionOf(old, 'Ready')];
      if (ready?.lastHeartbeatTime !== before?.lastHeartbeatTime && ready?.status !== 'Unknown') {
        hear(name);
        if (!silence.has(name)) silence.set(name, graceOf(node));
      }
      if (needsLook(node, old)) controller.enqueue(keyOf(node));
    },
    deleted(node) {
      const name = node.metadata!.name!;
      heard.delete(name);
      silence.cancel(name);
      tell(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    },
  });

  function tell(node: KubeObject, reason: string, message: string): void {
    const { name, uid } = node.metadata!;
    recorder.event({ object: { metadata: { name: name!, uid: uid! } }, resource: nodeResource }, 'Normal', reason, message);
  }

  async function reconcile(name: string): Promise<number | undefined> {
    let node = nodes.getByKey(name);
    const known = heard.get(name);
    if (!node || !known) return;
    if (clock.monotonic() - known.at >= graceOf(node)) {
      // A kubelet that says itself that its node is not ready looks after its pods.
      const wasReady = conditionOf(node, 'Ready')?.status === 'True';
      node = await markUnknown(node);
      if (!node) return;
      if (wasReady) {
        tell(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
        known.marksPods = true;
      }
    }
    if (known.marksPods && conditionOf(node, 'Ready')?.status !== 'True') await markPodsNotReady(name);
    known.marksPods = false;
    await labelSystem(node);
    return taint(node);
  }

  async function markUnknown(node: KubeObject): Promise<KubeObject | undefined> {
    const now = clock.now();
    const conditions: Condition[] = [...(node.status?.conditions ?? [])];
    let changed = false;
    for (const type of reported) {
      const index = conditions.findIndex((condition) => condition.type === type);
      const current = conditions[index];
      if (current?.status === 'Unknown') continue;
      changed = true;
      const never = !current;
      const condition = {
        type,
        status: 'Unknown',
        reason: never ? 'NodeStatusNeverUpdated' : 'NodeStatusUnknown',
        message: never ? 'Kubelet never posted node status.' : 'Kubelet stopped posting node status.',
        lastHeartbeatTime: current?.lastHeartbeatTime ?? node.metadata!.creationTimestamp,
        lastTransitionTime: formatTime(now),
      };
      if (never) conditions.push(condition);
      else conditions[index] = { ...current, ...condition };
    }
    if (!changed) return node;
    const status = { ...node.status, conditions };
    return unlessNotFound(api.update('', typed(nodeResource, { ...node, status }), { subresource: 'status' }));
  }

  async function markPodsNotReady(name: string): Promise<void> {
    const now = formatTime(clock.now());
    await Promise.all(
      [...pods.byIndex('node', name)].filter(isPodReady).map(async (pod) => {
        const { namespace, name: podName, uid } = pod.metadata!;
        const status = { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now }] };
        const body = { metadata: { uid }, status };
        await unlessNotFound(
          podsApi.patch(namespace!, podName!, 'application/strategic-merge-patch+json', body, { subresource: 'status' }),
        );
        recorder.event({ object: pod, resource: podResource }, 'Warning', 'NodeNotReady', 'Node is not ready');
      }),
    );
  }

  // Old names of two labels are kept equal to the new ones.
  async function labelSystem(node: KubeObject): Promise<void> {
    const labels = node.metadata!.labels ?? {};
    const wrong = ['os', 'arch'].filter((what) => {
      const value = labels[`kubernetes.io/${what}`];
      return value !== undefined && labels[`beta.kubernetes.io/${what}`] !== value;
    });
    if (wrong.length === 0) return;
    const added = Object.fromEntries(wrong.map((what) => [`beta.kubernetes.io/${what}`, labels[`kubernetes.io/${what}`]]));
    await unlessNotFound(api.patch('', node.metadata!.name!, 'application/strategic-merge-patch+json', { metadata: { labels: added } }));
  }

  async function taint(node: KubeObject): Promise<number | undefined> {
    const wanted = wantedNoExecute(node);
    const has = (node.spec?.taints ?? []).some(
      (known: { key: string; effect: string }) => known.effect === 'NoExecute' && known.key === wanted,
    );
    const swap = (node.spec?.taints ?? []).some(
      (known: { key: string; effect: string }) => known.effect === 'NoExecute' && known.key.startsWith('node.kubernetes.io/'),
    );
    let marked = wanted;
    if (wanted && !has && !swap && pace.admit(nodes.list(), [node]).admitted.length === 0) marked = undefined;
    await writeTaints(node, marked);
    return wanted && !marked ? retryEviction : undefined;
  }

  // A kubelet that starts writes its node again and again: a taint is not to wait for that, as the queue would let it.
  async function writeTaints(seen: KubeObject, marked: string | undefined): Promise<void> {
    const { name } = seen.metadata!;
    let node: KubeObject | undefined = seen;
    for (let tries = 1; node; tries++) {
      const taints = adjustedTaints(node, marked, formatTime(clock.now()));
      if (!taints) return;
      const body = { metadata: { resourceVersion: node.metadata!.resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
      try {
        await unlessNotFound(api.patch('', name!, 'application/merge-patch+json', body));
        return;
      } catch (error) {
        if (!isConflict(error) || tries === mostTries) throw error;
        node = await unlessNotFound(api.get('', name!));
      }
    }
  }

  return run('nodelifecycle', [controller], () => silence.clear());
}

function needsLook(node: KubeObject, old: KubeObject): boolean {
  if (node.spec?.unschedulable !== old.spec?.unschedulable || JSON.stringify(node.spec?.taints) !== JSON.stringify(old.spec?.taints))
    return true;
  if (node.metadata!.labels !== old.metadata!.labels && JSON.stringify(node.metadata!.labels) !== JSON.stringify(old.metadata!.labels))
    return true;
  const states = (of: KubeObject) =>
    (of.status?.conditions ?? []).map((condition: Condition) => `${condition.type}=${condition.status}`).join();
  return states(node) !== states(old);
}
