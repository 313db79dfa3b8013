import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Node, Pod, PodCondition } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Informers } from '../runtime/informers.ts';
import { ClusterState } from './cluster-state.ts';
import { SchedulingCycle } from './cycle.ts';
import { defaultSelectorFrom } from './default-selector.ts';
import type { ClusterEvent, CycleState, Plugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { defaultProfile, type Profile } from './profile.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { SchedulerEvents } from './recorder.ts';

/** After so many milliseconds of cycles, other work of the process gets its turn. */
const turn = 10;

interface RunningProfile extends Profile {
  readonly cycle: SchedulingCycle;
  readonly byName: ReadonlyMap<string, Plugin>;
}

/**
 * Places pods: one cycle after the other finds a node for the next pod of the queue, and bindings run beside the following cycles on
 * the assumption that they succeed.
 */
export class Scheduler implements AsyncDisposable {
  private readonly client: Client;
  private readonly context: RuntimeContext;
  private readonly cluster = new ClusterState();
  private readonly queue: SchedulingQueue;
  private readonly profiles = new Map<string, RunningProfile>();
  private readonly events: SchedulerEvents;
  private readonly bindings = new Set<Promise<void>>();
  private readonly removers: (() => void)[] = [];
  private running = false;
  private stopped = false;

  constructor(client: Client, informers: Informers, context: RuntimeContext, host: string) {
    this.client = client;
    this.context = context;
    this.events = new SchedulerEvents(client, context, host);
    const profile = defaultProfile(client, defaultSelectorFrom(informers));
    this.profiles.set(profile.schedulerName, {
      ...profile,
      cycle: new SchedulingCycle(profile.plugins, this.cluster, context.random),
      byName: new Map(profile.plugins.map(({ plugin }) => [plugin.name, plugin])),
    });
    const gates = profile.plugins.map(({ plugin }) => plugin).filter((plugin) => plugin.preEnqueue);
    this.queue = new SchedulingQueue(context.clock, gates, () => this.wake());
    this.follow(informers.for<Node>(nodes), informers.for<Pod>(pods));
  }

  /** What waits for a node, and why. */
  pending(): readonly QueuedPod[] {
    return this.queue.pending();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopped = true;
    for (const remove of this.removers) remove();
    this.queue.close();
    await Promise.allSettled(this.bindings);
  }

  private follow(nodeInformer: Informer<Node>, podInformer: Informer<Pod>): void {
    this.removers.push(
      nodeInformer.addHandler({
        added: (node) => {
          this.cluster.setNode(node);
          this.queue.happened({ resource: 'node', action: 'add', object: node });
        },
        updated: (node, old) => {
          this.cluster.setNode(node);
          if (matters(node, old)) this.queue.happened({ resource: 'node', action: 'update', object: node, old });
        },
        deleted: (node) => {
          this.cluster.removeNode(node.metadata!.name!);
          this.queue.happened({ resource: 'node', action: 'delete', object: node });
        },
      }),
      podInformer.addHandler({
        added: (pod) => this.podChanged(pod, undefined),
        updated: (pod, old) => this.podChanged(pod, old),
        deleted: (pod) => this.podGone(pod),
      }),
    );
    void Promise.all([nodeInformer.synced(), podInformer.synced()]).then(
      () => {
        this.running = true;
        this.wake();
      },
      () => undefined, // Stopped before it began.
    );
  }

  private podChanged(pod: Pod, old: Pod | undefined): void {
    const key = pod.metadata!.uid!;
    if (ended(pod)) {
      if (!old || !ended(old)) this.podGone(pod);
      return;
    }
    if (pod.spec!.nodeName) {
      this.queue.remove(key);
      this.cluster.setPod(pod);
      const action: ClusterEvent['action'] = old?.spec?.nodeName ? 'update' : 'add';
      if (
        action === 'add' ||
        pod.metadata!.generation !== old!.metadata!.generation ||
        pod.metadata!.deletionTimestamp !== old!.metadata!.deletionTimestamp
      ) {
        this.queue.happened({ resource: 'assignedPod', action, object: pod, old });
      }
      return;
    }
    if (!this.profiles.has(pod.spec!.schedulerName ?? '') || pod.metadata!.deletionTimestamp) {
      this.queue.remove(key);
      return;
    }
    if (this.cluster.isAssumed(key)) return;
    if (old && !old.metadata!.deletionTimestamp) this.queue.update(key, pod);
    else this.queue.add(key, pod);
  }

  private podGone(pod: Pod): void {
    this.queue.remove(pod.metadata!.uid!);
    this.cluster.removePod(pod.metadata!.uid!);
    if (pod.spec!.nodeName) this.queue.happened({ resource: 'assignedPod', action: 'delete', object: pod });
  }

  private wakePending = false;

  private wake(): void {
    if (!this.running || this.wakePending || this.stopped) return;
    this.wakePending = true;
    setImmediate(() => {
      this.wakePending = false;
      this.work();
    });
  }

  private work(): void {
    const { clock } = this.context;
    const end = clock.monotonic() + turn;
    while (!this.stopped) {
      if (clock.monotonic() > end) return this.wake();
      const queued = this.queue.take();
      if (!queued) return;
      this.schedule(queued);
    }
  }

  private schedule(queued: QueuedPod): void {
    const profile = this.profiles.get(queued.pod.spec!.schedulerName!)!;
    const result = profile.cycle.run(queued.pod);
    if (result.node) {
      this.track(this.bind(queued, profile, result.node, result.state));
      return;
    }
    const plugins = new Set([...result.refusals.values()].map((refusal) => refusal.plugin));
    this.track(
      this.refuse(
        queued,
        profile,
        result.message,
        result.refusals,
        result.state,
        [...plugins].flatMap((name) => profile.byName.get(name) ?? []),
      ),
    );
  }

  private track(work: Promise<void>): void {
    this.bindings.add(work);
    void work.finally(() => this.bindings.delete(work));
  }

  private async bind(queued: QueuedPod, profile: RunningProfile, node: NodeInfo, state: CycleState): Promise<void> {
    const { pod } = queued;
    this.cluster.assume(pod, node.name);
    try {
      for (const { plugin } of profile.plugins) {
        const refusal = plugin.reserve?.(state, pod, node);
        if (refusal) throw new Error(refusal.reasons.join(', '));
      }
      for (const { plugin } of profile.plugins) if (plugin.preBind) await plugin.preBind(state, pod, node);
      const binder = profile.plugins.find(({ plugin }) => plugin.bind)!.plugin;
      await binder.bind!(pod, node.name);
      this.queue.done(queued);
      this.events.record(
        pod,
        'Normal',
        'Scheduled',
        'Binding',
        `Successfully assigned ${pod.metadata!.namespace}/${pod.metadata!.name} to ${node.name}`,
      );
    } catch (error) {
      for (const { plugin } of profile.plugins) plugin.unreserve?.(state, pod, node);
      this.cluster.forget(pod.metadata!.uid!);
      if (this.stopped) return;
      this.context.logger.debug({ pod: pod.metadata!.name, error }, 'binding failed');
      this.queue.refused(queued, []);
      this.queue.happened({ resource: 'assignedPod', action: 'delete', object: pod });
    }
  }

  private async refuse(
    queued: QueuedPod,
    profile: RunningProfile,
    fit: string,
    refusals: Parameters<NonNullable<Plugin['postFilter']>>[3],
    state: CycleState,
    plugins: readonly Plugin[],
  ): Promise<void> {
    const { pod } = queued;
    let message = fit;
    let nominatedNode: string | undefined;
    if (refusals.size > 0) {
      const notes: string[] = [];
      for (const { plugin } of profile.plugins) {
        const result = await plugin.postFilter?.(state, pod, this.cluster, refusals);
        if (!result) continue;
        if (result.message) notes.push(result.message);
        nominatedNode ??= result.nominatedNode;
      }
      if (notes.length > 0) message += ` ${notes.join(', ')}`;
    }
    this.queue.refused(queued, plugins);
    this.events.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', message);
    await this.report(pod, message, nominatedNode).catch((error) => {
      if (!this.stopped) this.context.logger.debug({ pod: pod.metadata!.name, error }, 'the PodScheduled condition was not written');
    });
  }

  private async report(pod: Pod, message: string, nominatedNode: string | undefined): Promise<void> {
    const present = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    const same = present?.status === 'False' && present.reason === 'Unschedulable' && present.message === message;
    if (same && (nominatedNode ?? pod.status?.nominatedNodeName) === pod.status?.nominatedNodeName) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      observedGeneration: pod.metadata!.generation,
      lastProbeTime: null as any,
      lastTransitionTime: present?.status === 'False' ? present.lastTransitionTime : formatTime(this.context.clock.now()),
    };
    const patch = {
      metadata: { uid: pod.metadata!.uid },
      status: { conditions: [condition], ...(nominatedNode ? { nominatedNodeName: nominatedNode } : {}) },
    };
    await this.client
      .resource(pods)
      .patch(pod.metadata!.namespace!, pod.metadata!.name!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' });
  }
}

function ended(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Whether a node changed in a way that a filter could see: its heartbeat is no such change. */
function matters(node: Node, old: Node): boolean {
  const visible = ({ metadata, spec, status }: Node) =>
    JSON.stringify([metadata?.labels, spec, status?.allocatable, status?.conditions?.map(({ type, status }) => [type, status])]);
  return visible(node) !== visible(old);
}
