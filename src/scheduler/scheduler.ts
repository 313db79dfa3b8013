import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { messageOf, unlessNotFound } from '../runtime/errors.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Informers } from '../runtime/informers.ts';
import { SeriesEvents } from '../runtime/series-events.ts';
import { BindingCycle } from './binding.ts';
import { ClusterState } from './cluster-state.ts';
import type { SchedulerConfiguration } from './config/configuration.ts';
import { type CycleResult, noNodesMessage, SchedulingCycle } from './cycle.ts';
import type { CycleState } from './cycle-state.ts';
import { deviceSelectorCompiler } from './devices/cel.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { type EventResource, nodeEvents, podEvents } from './events.ts';
import { Extender } from './extenders.ts';
import { priorityOf } from './filtering.ts';
import type { Handle } from './handle.ts';
import { makeRoom, type Room } from './make-room.ts';
import type { NodeInfo } from './node-info.ts';
import { Nominator } from './nominator.ts';
import { once } from './once.ts';
import { conditionPatch } from './pod-status.ts';
import { PodsInBinding } from './pods-in-binding.ts';
import { type Profile, pluginsOf } from './profile.ts';
import { profilesOf } from './profiles.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { eventsOfPods } from './recorder.ts';
import { watchedResources } from './watched-resources.ts';

/** After so many milliseconds of cycles, other work of the process gets its turn. */
const turn = 10;

interface RunningProfile extends Profile {
  readonly cycle: SchedulingCycle;
  readonly binding: BindingCycle;
  readonly handle: Handle;
}

/** Why an attempt failed, in the words of the pod's condition. */
export interface Failure {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  readonly refusedBy?: ReadonlySet<string>;
  readonly pendingFor?: ReadonlySet<string>;
  /** '' takes an earlier nomination back; absent: as it was. */
  readonly nominatedNode?: string;
}

/**
 * Places pods: one cycle after the other finds a node for the next pod of the queue, and bindings run beside the following cycles on
 * the assumption that they succeed.
 */
export class Scheduler implements AsyncDisposable {
  private readonly client: Client;
  private readonly context: RuntimeContext;
  private readonly cluster = new ClusterState();
  private readonly nominator = new Nominator();
  private readonly inBinding: PodsInBinding;
  private readonly queue: SchedulingQueue;
  private readonly profiles = new Map<string, RunningProfile>();
  private readonly work = new Set<Promise<void>>();
  private readonly removers: (() => void)[] = [];
  private readonly pods: Informer<Pod>;
  private readonly extenders: readonly Extender[];
  private running = false;
  private stopped = false;

  constructor(client: Client, informers: Informers, context: RuntimeContext, host: string, configuration: SchedulerConfiguration) {
    this.client = client;
    this.context = context;
    this.inBinding = new PodsInBinding(context.clock, () => this.wake());
    this.pods = informers.for<Pod>(pods);
    this.extenders = configuration.extenders.map((extender) => new Extender(extender, context));
    const devices = once(() => new DeviceManager(informers, deviceSelectorCompiler(), context.random));
    const profiles = profilesOf(configuration, (schedulerName, filtering) => ({
      client,
      context,
      listers: informers,
      cluster: this.cluster,
      nominator: this.nominator,
      binding: this.inBinding,
      devices,
      events: eventsOfPods(new SeriesEvents(client, context, schedulerName, host)),
      extenders: this.extenders,
      filtering,
      latest: (pod) => this.latest(pod),
      activate: (pod) => this.queue.activate(pod.metadata!.uid!),
    }));
    for (const { profile, handle } of profiles) {
      this.profiles.set(profile.schedulerName, {
        ...profile,
        handle,
        cycle: new SchedulingCycle(profile, handle.filtering(), this.cluster, context.random),
        binding: new BindingCycle(profile.points, handle, this.extenders),
      });
    }
    const queueProfiles = profiles.map(({ profile }) => ({
      schedulerName: profile.schedulerName,
      plugins: pluginsOf(profile),
      gates: profile.points.preEnqueue,
    }));
    this.queue = new SchedulingQueue(context.clock, queueProfiles, () => this.wake(), configuration.queue);
    const watched = new Set(
      queueProfiles.flatMap(({ plugins }) => plugins.flatMap(({ events = [] }) => events.map(({ resource }) => resource))),
    );
    this.follow(informers, watched);
  }

  /** What waits for a node, and why. */
  pending(): readonly QueuedPod[] {
    return this.queue.pending();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopped = true;
    for (const remove of this.removers) remove();
    this.queue.close();
    this.inBinding.close();
    await Promise.allSettled(this.work);
  }

  private latest(pod: Pod): Pod | undefined {
    const { namespace, name, uid } = pod.metadata!;
    const present = this.pods.get(namespace!, name!);
    return present?.metadata?.uid === uid ? present : undefined;
  }

  private follow(informers: Informers, watched: ReadonlySet<EventResource>): void {
    const nodeInformer = informers.for<Node>(nodes);
    this.removers.push(
      nodeInformer.addHandler({
        added: (node) => {
          this.cluster.setNode(node);
          this.queue.happened({ resource: 'Node', action: 'add', object: node });
        },
        updated: (node, old) => {
          this.cluster.setNode(node);
          if (this.queue.isWatching) for (const event of nodeEvents(node, old)) this.queue.happened(event);
        },
        deleted: (node) => {
          this.queue.happened({ resource: 'Node', action: 'delete', old: node });
          this.cluster.removeNode(node.metadata!.name!);
        },
      }),
      this.pods.addHandler({
        added: (pod) => this.podChanged(pod, undefined),
        updated: (pod, old) => this.podChanged(pod, old),
        deleted: (pod) => this.podGone(pod),
      }),
    );
    for (const [resource, reference] of watchedResources) {
      if (!watched.has(resource)) continue;
      this.removers.push(
        informers.for(reference).addHandler({
          added: (object) => this.queue.happened({ resource, action: 'add', object }),
          updated: (object, old) => this.queue.happened({ resource, action: 'update', object, old }),
          deleted: (old) => this.queue.happened({ resource, action: 'delete', old }),
        }),
      );
    }
    void informers.synced().then(
      () => {
        this.running = true;
        this.wake();
      },
      () => undefined, // Stopped before it began.
    );
  }

  private podChanged(pod: Pod, old: Pod | undefined): void {
    const uid = pod.metadata!.uid!;
    if (ended(pod)) {
      if (!old || !ended(old)) this.podGone(old ?? pod);
      return;
    }
    if (pod.spec!.nodeName) return this.assignedPodChanged(pod, old?.spec?.nodeName ? old : undefined);
    if (!this.profiles.has(pod.spec!.schedulerName ?? '')) return;
    if (!old) {
      this.nominator.set(pod);
      this.queue.add(uid, pod);
      return;
    }
    if (this.cluster.isAssumed(uid)) {
      if (pod.metadata!.deletionTimestamp && !old.metadata!.deletionTimestamp) this.assumedPodGone(pod);
      return;
    }
    this.nominator.update(pod, old);
    this.queue.update(uid, pod, podEvents(pod, old));
    const nominated = old.status?.nominatedNodeName;
    if (nominated && nominated !== pod.status?.nominatedNodeName) this.roomIsFree(old);
  }

  private assignedPodChanged(pod: Pod, old: Pod | undefined): void {
    const uid = pod.metadata!.uid!;
    this.nominator.delete(uid);
    this.cluster.setPod(pod);
    if (!old) {
      this.queue.remove(uid);
      this.queue.happened({ resource: 'AssignedPod', action: 'add', object: pod });
    } else if (this.queue.isWatching) for (const event of podEvents(pod, old)) this.queue.happened(event);
  }

  private podGone(pod: Pod): void {
    const uid = pod.metadata!.uid!;
    this.queue.remove(uid);
    this.nominator.delete(uid);
    if (pod.spec!.nodeName) {
      this.cluster.removePod(uid);
      this.queue.happened({ resource: 'AssignedPod', action: 'delete', old: pod });
    } else if (this.cluster.isAssumed(uid)) this.assumedPodGone(pod);
    else if (pod.status?.nominatedNodeName) this.roomIsFree(pod);
  }

  /** A pod is deleted on its way to a node. */
  private assumedPodGone(pod: Pod): void {
    const uid = pod.metadata!.uid!;
    const assumed = this.cluster.pod(uid) ?? pod;
    if (!this.inBinding.reject(uid, { code: 'unschedulable', plugin: '', reasons: ['removed'] })) this.cluster.forget(uid);
    this.queue.happened({ resource: 'AssignedPod', action: 'delete', old: assumed });
  }

  /** A nominated pod counted as one on its node for all that are no more important. */
  private roomIsFree(old: Pod): void {
    this.queue.happened({ resource: 'AssignedPod', action: 'delete', old }, (pod) => priorityOf(pod) <= priorityOf(old));
  }

  private wakePending = false;
  /** Extenders are asked about a pod. */
  private asking = false;

  private wake(): void {
    if (!this.running || this.wakePending || this.asking || this.stopped) return;
    this.wakePending = true;
    setImmediate(() => {
      this.wakePending = false;
      this.takeTurn();
    });
  }

  private takeTurn(): void {
    const { clock } = this.context;
    if (this.inBinding.isCrowded) return;
    const end = clock.monotonic() + turn;
    while (!this.stopped) {
      if (clock.monotonic() > end) return this.wake();
      const queued = this.queue.take();
      if (!queued) return;
      const asking = this.schedule(queued);
      if (!asking) continue;
      // One pod at a time, also while others have to be asked.
      this.asking = true;
      return this.track(
        asking.finally(() => {
          this.asking = false;
          this.wake();
        }),
      );
    }
  }

  /** @returns a promise where extenders have a say */
  private schedule(queued: QueuedPod): Promise<void> | undefined {
    const { pod } = queued;
    const profile = this.profiles.get(pod.spec!.schedulerName!)!;
    const { namespace, name, uid } = pod.metadata!;
    if (pod.metadata!.deletionTimestamp) {
      profile.handle.events.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', `skip schedule deleting pod: ${namespace}/${name}`);
      this.queue.done(queued);
      return undefined;
    }
    if (this.cluster.isAssumed(uid!)) {
      this.queue.done(queued);
      return undefined;
    }
    if (this.cluster.nodes.length === 0) {
      this.fail(queued, profile, { reason: 'Unschedulable', message: noNodesMessage, nominatedNode: '' });
      return undefined;
    }
    const extenders = this.extenders.filter((extender) => extender.concerns(pod));
    if (extenders.length > 0) return this.scheduleWith(extenders, queued, profile);
    try {
      return this.conclude(queued, profile, profile.cycle.run(pod));
    } catch (error) {
      this.fail(queued, profile, { reason: 'SchedulerError', message: messageOf(error), nominatedNode: '' });
      return undefined;
    }
  }

  private async scheduleWith(extenders: readonly Extender[], queued: QueuedPod, profile: RunningProfile): Promise<void> {
    try {
      const result = await profile.cycle.runWith(extenders, queued.pod);
      if (this.stopped) return;
      if (this.latest(queued.pod)) await this.conclude(queued, profile, result);
      else this.queue.done(queued);
    } catch (error) {
      if (!this.stopped) this.fail(queued, profile, { reason: 'SchedulerError', message: messageOf(error), nominatedNode: '' });
    }
  }

  /** @returns a promise where extenders have a say about who has to go */
  private conclude(queued: QueuedPod, profile: RunningProfile, result: CycleResult): Promise<void> | undefined {
    if (result.node) {
      this.track(this.bind(queued, profile, result.node, result.state));
      return undefined;
    }
    const { refusedBy, pendingFor } = result.diagnosis;
    const refuse = (room: Room) => this.fail(queued, profile, { reason: 'Unschedulable', refusedBy, pendingFor, ...room });
    const room = makeRoom(profile.points.postFilter, result.state, queued.pod, result.diagnosis);
    if (room instanceof Promise) return room.then((made) => (this.stopped ? undefined : refuse(made)));
    refuse(room);
    return undefined;
  }

  private track(work: Promise<void>): void {
    this.work.add(work);
    void work.finally(() => this.work.delete(work));
  }

  private async bind(queued: QueuedPod, profile: RunningProfile, node: NodeInfo, state: CycleState): Promise<void> {
    const { pod } = queued;
    const uid = pod.metadata!.uid!;
    this.cluster.assume(pod, node.name);
    this.nominator.delete(uid);
    const failure = await profile.binding.run(state, pod, node.name, () => this.queue.done(queued));
    if (!failure) {
      this.queue.done(queued);
      return;
    }
    this.cluster.forget(uid);
    if (this.stopped) return;
    // The pod itself is not to be tried again for the room that it leaves, unless it failed through no fault of its own.
    const old = { ...pod, spec: { ...pod.spec!, nodeName: node.name } };
    const freed = { resource: 'AssignedPod', action: 'delete', old } as const;
    if (failure.reason === 'Unschedulable') {
      this.fail(queued, profile, failure);
      this.queue.happened(freed, (other) => other.metadata!.uid !== uid);
    } else {
      this.queue.happened(freed);
      this.fail(queued, profile, failure);
    }
  }

  private fail(queued: QueuedPod, { handle }: RunningProfile, failure: Failure): void {
    const { reason, message, nominatedNode, refusedBy = new Set(), pendingFor = new Set() } = failure;
    const pod = this.latest(queued.pod);
    if (!pod || pod.spec!.nodeName) {
      this.queue.done(queued);
      if (!pod) return;
    } else {
      this.queue.refused(queued, pod, refusedBy, pendingFor);
      this.nominator.set(pod, nominatedNode);
    }
    handle.events.record(pod, 'Warning', 'FailedScheduling', 'Scheduling', message);
    const condition = { type: 'PodScheduled', status: 'False', reason, message } as const;
    const patch = conditionPatch(pod, condition, this.context.clock.now(), nominatedNode);
    if (patch) this.track(this.report(pod, patch));
  }

  private async report(pod: Pod, patch: object): Promise<void> {
    const { namespace, name } = pod.metadata!;
    const api = this.client.resource(pods);
    try {
      await unlessNotFound(api.patch(namespace!, name!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' }));
    } catch (error) {
      if (!this.stopped) this.context.logger.debug({ pod: name, error }, 'the PodScheduled condition was not written');
    }
  }
}

function ended(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
