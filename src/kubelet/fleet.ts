import { event as events } from '../../api/core/v1/event.ts';
import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import { inParallel } from '../machinery/parallel.ts';
import { BackgroundWork } from '../runtime/background.ts';
import { type Controller, createController } from '../runtime/controller.ts';
import { isAlreadyExists } from '../runtime/errors.ts';
import { EventMemory } from '../runtime/event-memory.ts';
import { createEventRecorder, type EventRecorder, waitingOfOne } from '../runtime/events.ts';
import type { Informer } from '../runtime/informer.ts';
import { createInformers, type Informers } from '../runtime/informers.ts';
import { keyOf } from '../runtime/keys.ts';
import { type FleetContext, type FleetOptions, isAdopted, kubeletAnnotation } from './context.ts';
import type { ServedNode } from './endpoints/kubelet-server.ts';
import { NodeMeter, type NodeUsage } from './endpoints/usage.ts';
import { defaultImages } from './images/catalogue.ts';
import { FileTree } from './images/files.ts';
import { Images } from './images/images.ts';
import { AddressPool, nodeNetworks } from './network/addresses.ts';
import { NodeAgent } from './node-agent.ts';
import { NodeRoom, type Rejection } from './node-room.ts';
import type { PodHost } from './pod-host.ts';
import { readinessDiffers } from './pod-status.ts';
import { PodWorker } from './pod-worker.ts';
import { defaultStages } from './stages/default.ts';
import type { Stage } from './stages/stage.ts';
import { FleetStreams } from './streams/fleet-streams.ts';
import type { LastingFiles } from './volumes/pod-volumes.ts';

const byNode = 'spec.nodeName';
/** So many nodes are registered, and report, at the same time. */
const nodeWorkers = 32;
/** So many kubelets write events at the same time, whatever their number: few enough that pods that start come first, enough to share commits. */
const eventWriters = 16;
/** So many events of all kubelets together may wait to be written: those of some thousand pods that start at once. */
const waitingEvents = 10_000;

/** The files of a persistent volume, by its name. */
type FleetVolumes = LastingFiles['volume'];

/** So many events all kubelets together remember, to count up those that recur: a few of each pod that starts at about the same time. */
const rememberedEvents = 65_536;

/** What the kubelets' recorders share. */
interface EventWriting {
  readonly background: BackgroundWork;
  readonly memory: EventMemory;
}

/** One node of the fleet: its kubelet and the addresses of its pods. */
class Kubelet implements PodHost {
  readonly name: string;
  readonly agent: NodeAgent;
  private readonly context: FleetContext;
  private readonly writing: EventWriting;
  private recorder: EventRecorder | undefined;
  /** Of each family of the node's ranges. */
  private pools: readonly AddressPool[] = [];
  private readonly given = new Map<string, readonly string[]>();
  private readonly room = new NodeRoom();
  /** The keys of pods that wait for room to grow. */
  private readonly growing = new Set<string>();
  private readonly look: (key: string) => void;
  /** The node's object as the informer has it. */
  private readonly node: () => Node | undefined;
  readonly images: Images;
  private readonly volumes: FleetVolumes;
  private ownFiles: FileTree | undefined;
  private readonly meter: NodeMeter;
  private readonly fleetUsage: () => readonly NodeUsage[];
  readonly clusterDns: readonly string[];

  constructor(
    name: string,
    addresses: readonly string[],
    context: FleetContext,
    writing: EventWriting,
    images: Images,
    volumes: FleetVolumes,
    node: () => Node | undefined,
    look: (key: string) => void,
    fleetUsage: () => readonly NodeUsage[],
    clusterDns: readonly string[],
  ) {
    this.name = name;
    this.look = look;
    this.context = context;
    this.images = images;
    this.volumes = volumes;
    this.node = node;
    this.writing = writing;
    this.agent = new NodeAgent(name, addresses, context);
    this.meter = new NodeMeter(context.clock.now());
    this.fleetUsage = fleetUsage;
    this.clusterDns = clusterDns;
  }

  usageOfAll(): readonly NodeUsage[] {
    return this.fleetUsage();
  }

  /** What the workers of its pods use of the node. */
  usage(node: Node, workers: Iterable<PodWorker>): NodeUsage {
    return this.meter.read(node, workers, this.context.clock.now());
  }

  get addresses(): readonly string[] {
    return this.agent.addresses;
  }

  get isAdopted(): boolean {
    const node = this.node();
    return node !== undefined && isAdopted(node);
  }

  get client(): Client {
    return this.context.clientFor(this.name);
  }

  get files(): LastingFiles {
    if (!this.ownFiles) {
      this.ownFiles = new FileTree();
      this.ownFiles.write('/etc/hosts', `127.0.0.1\tlocalhost\n${this.addresses[0]}\t${this.name}\n`);
    }
    return { node: this.ownFiles, volume: this.volumes };
  }

  get allocatable(): Readonly<Record<string, string>> {
    const status = this.node()?.status;
    return status?.allocatable ?? status?.capacity ?? {};
  }

  get events(): EventRecorder {
    const { name, context, writing } = this;
    const client = context.clientFor(name);
    this.recorder ??= createEventRecorder({ client, events, component: 'kubelet', context, host: name, ...writing });
    return this.recorder;
  }

  /** @param present the node's pods, whose addresses are in use */
  setRanges(cidrs: readonly string[], present: Iterable<Pod>): void {
    if (this.pools.length > 0 || cidrs.length === 0) return;
    this.pools = cidrs.map((cidr) => new AddressPool(cidr));
    for (const pod of present) this.keep(pod);
  }

  podAddresses(pod: Pod): readonly string[] {
    const uid = pod.metadata!.uid!;
    const told = addressesOf(pod);
    const known = told.length > 0 ? told : this.given.get(uid);
    if (known) return known;
    const addresses = this.pools.flatMap((pool) => pool.give() ?? []);
    // Its containers start when there is one of each family.
    if (addresses.length < this.pools.length) {
      this.takeBack(addresses);
      return [];
    }
    if (addresses.length > 0) this.given.set(uid, addresses);
    return addresses;
  }

  async admit(pod: Pod): Promise<Rejection | undefined> {
    const known = this.node();
    const rejection = known && this.room.admit(pod, known);
    // The scheduler may know the node's labels before we do.
    if (rejection?.reason !== 'NodeAffinity') return rejection;
    return this.room.admit(pod, await this.client.resource<Node>(nodes).get('', this.name));
  }

  resize(pod: Pod): Rejection | undefined {
    const node = this.node();
    const rejection = node && this.room.resize(pod, node);
    if (rejection) this.growing.add(keyOf(pod));
    else this.madeRoom();
    return rejection;
  }

  adopt(pod: Pod): void {
    this.room.adopt(pod);
  }

  release(pod: Pod): void {
    this.room.release(pod);
    this.madeRoom();
    this.takeBack(this.given.get(pod.metadata!.uid!) ?? []);
    this.given.delete(pod.metadata!.uid!);
  }

  private takeBack(addresses: readonly string[]): void {
    for (const address of addresses) for (const pool of this.pools) pool.free(address);
  }

  private madeRoom(): void {
    for (const key of this.growing) this.look(key);
    this.growing.clear();
  }

  private keep(pod: Pod): void {
    const addresses = addressesOf(pod);
    if (addresses.length === 0 || pod.spec!.hostNetwork) return;
    for (const address of addresses) for (const pool of this.pools) pool.take(address);
    this.given.set(pod.metadata!.uid!, addresses);
  }
}

/**
 * The kubelets of all simulated nodes of a process: those it was asked to register, and those that users made with the annotation
 * `kwok.x-k8s.io/node: fake`. Two queues serve them all, so that a thousand nodes need no timer each.
 */
export class Fleet implements AsyncDisposable {
  private readonly context: FleetContext;
  private readonly own: ReadonlySet<string>;
  private readonly informers: Informers;
  private readonly nodeInformer: Informer<Node>;
  private readonly podInformer: Informer<Pod>;
  private readonly kubelets = new Map<string, Kubelet>();
  /** Of each family that nodes have addresses of. */
  private readonly nodeAddresses: readonly AddressPool[];
  private readonly eventWriting: EventWriting;
  private readonly images: Images;
  private readonly stages: readonly Stage[];
  private readonly clusterDns: readonly string[];
  private readonly volumes = new Map<string, FileTree>();
  private readonly volumeFiles: FleetVolumes = (name) => {
    let tree = this.volumes.get(name);
    if (!tree) this.volumes.set(name, (tree = new FileTree(0o777)));
    return tree;
  };
  /** By the pod's uid. */
  private readonly workers = new Map<string, PodWorker>();
  private readonly nodeController: Controller;
  private readonly podController: Controller;
  private readonly running: AsyncDisposable[] = [];
  /** What the kubelets answer on their ports. */
  readonly streams = new FleetStreams(
    (name) => this.servedNode(name),
    (node, namespace, name) => {
      const pod = this.podInformer.get(namespace, name);
      const worker = pod?.spec?.nodeName === node ? this.workers.get(pod.metadata!.uid!) : undefined;
      return worker && { worker, poke: () => this.podController.enqueue(keyOf(worker.pod)) };
    },
    () => this.context.clock.now(),
  );

  constructor(context: FleetContext, options: FleetOptions) {
    this.context = context;
    this.own = new Set(options.nodes);
    this.nodeAddresses = (options.families ?? [4]).map((family) => new AddressPool(nodeNetworks[family]));
    for (const pool of this.nodeAddresses) pool.give();
    this.informers = createInformers(context.client, context);
    this.nodeInformer = this.informers.for<Node>(nodes);
    this.podInformer = this.informers.for<Pod>(pods);
    this.podInformer.addIndex(byNode, (pod) => (pod.spec!.nodeName ? [pod.spec!.nodeName] : []));
    const { logger, signal } = context;
    const room = { ofOneSource: waitingOfOne, ofAll: waitingEvents };
    this.eventWriting = {
      background: new BackgroundWork({ name: 'events of kubelets', logger, signal, width: eventWriters, room }),
      memory: new EventMemory(rememberedEvents),
    };
    this.images = new Images([...(options.images ?? []), ...defaultImages]);
    this.stages = options.stages ?? defaultStages;
    this.clusterDns = options.clusterDns ?? [];
    this.nodeController = createController(
      { name: 'kubelet-nodes', workers: nodeWorkers, informers: [this.nodeInformer], reconcile: (key) => this.reconcileNode(key) },
      context,
    );
    this.podController = createController(
      { name: 'kubelet-pods', workers: 64, informers: [this.nodeInformer, this.podInformer], reconcile: (key) => this.reconcilePod(key) },
      context,
    );
  }

  /** Resolves when the own nodes are registered. */
  async start(): Promise<void> {
    this.informers.start();
    await this.nodeInformer.synced();
    for (const node of this.nodeInformer.list()) this.learnAddress(node);
    // A server takes only so many requests at a time: it would turn away the rest of a large fleet.
    await inParallel([...this.own], nodeWorkers, (name) => this.register(name));
    this.nodeInformer.addHandler({
      added: (node) => this.nodeChanged(node),
      updated: (node, old) => {
        this.nodeChanged(node);
        if (isReady(node) && !isReady(old)) this.nodeReturned(node.metadata!.name!);
      },
      deleted: (node) => this.kubelets.delete(node.metadata!.name!),
    });
    this.podInformer.addHandler({
      added: (pod) => this.podChanged(pod),
      updated: (pod) => this.podChanged(pod),
      deleted: (pod) => {
        this.workers.get(pod.metadata!.uid!)?.forget();
        this.workers.delete(pod.metadata!.uid!);
      },
    });
    this.running.push(this.nodeController.start(), this.podController.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.running.map((running) => running[Symbol.asyncDispose]()));
    await this.informers[Symbol.asyncDispose]();
  }

  private async register(name: string): Promise<void> {
    if (this.nodeInformer.get('', name)) return;
    const kubelet = this.kubeletOf(name);
    await kubelet.agent.register().catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }

  private nodeChanged(node: Node): void {
    if (!this.isOurs(node)) return;
    const name = node.metadata!.name!;
    this.learnAddress(node);
    const kubelet = this.kubeletOf(name, node);
    kubelet.setRanges(node.spec?.podCIDRs ?? [], this.podInformer.byIndex(byNode, name));
    this.nodeController.enqueue(name);
    if (!isStopped(node))
      for (const pod of this.podInformer.byIndex(byNode, name)) if (needsLook(pod)) this.podController.enqueue(keyOf(pod));
  }

  /** While a node was not heard of, its pods were declared not ready. */
  private nodeReturned(name: string): void {
    for (const pod of this.podInformer.byIndex(byNode, name)) {
      if (!readinessDiffers(pod)) continue;
      this.workers.get(pod.metadata!.uid!)?.changed();
      this.podController.enqueue(keyOf(pod));
    }
  }

  private podChanged(pod: Pod): void {
    if (pod.spec!.nodeName && this.kubelets.has(pod.spec!.nodeName)) this.podController.enqueue(keyOf(pod));
  }

  private async reconcileNode(name: string): Promise<number | undefined> {
    const node = this.nodeInformer.get('', name);
    if (!node || !this.isOurs(node) || isStopped(node)) return undefined;
    return this.kubeletOf(name, node).agent.beat(node);
  }

  private async reconcilePod(key: string): Promise<number | undefined> {
    const pod = this.podInformer.getByKey(key);
    const name = pod?.spec?.nodeName;
    const node = name ? this.nodeInformer.get('', name) : undefined;
    if (!pod || !node || !this.isOurs(node) || isStopped(node)) return undefined;
    return this.workerOf(pod, this.kubeletOf(name!, node)).step(pod);
  }

  private workerOf(pod: Pod, kubelet: Kubelet): PodWorker {
    const uid = pod.metadata!.uid!;
    let worker = this.workers.get(uid);
    if (!worker) this.workers.set(uid, (worker = new PodWorker(pod, this.context, this.stages, kubelet)));
    return worker;
  }

  private isOurs(node: Node): boolean {
    return this.own.has(node.metadata!.name!) || isAdopted(node);
  }

  private kubeletOf(name: string, node?: Node): Kubelet {
    let kubelet = this.kubelets.get(name);
    if (!kubelet) {
      const known = node ? internalAddresses(node) : [];
      const addresses = known.length > 0 ? known : this.nodeAddresses.flatMap((pool) => pool.give() ?? []);
      if (addresses.length === 0) throw new Error(`no address is left for node ${name}`);
      const latest = () => this.nodeInformer.get('', name);
      const look = (key: string) => this.podController.enqueue(key);
      const usage = () => [...this.kubelets.keys()].flatMap((of) => this.servedNode(of)?.usage() ?? []);
      kubelet = new Kubelet(
        name,
        addresses,
        this.context,
        this.eventWriting,
        this.images,
        this.volumeFiles,
        latest,
        look,
        usage,
        this.clusterDns,
      );
      this.kubelets.set(name, kubelet);
    }
    return kubelet;
  }

  /** A node whose kubelet runs here. */
  private servedNode(name: string): ServedNode | undefined {
    const node = this.nodeInformer.get('', name);
    if (!node || !this.isOurs(node) || isStopped(node)) return undefined;
    const kubelet = this.kubeletOf(name, node);
    const pods = [...this.podInformer.byIndex(byNode, name)];
    const workers = () => pods.flatMap(({ metadata }) => this.workers.get(metadata!.uid!) ?? []);
    return { node, pods, files: kubelet.files.node, usage: () => kubelet.usage(node, workers()) };
  }

  private learnAddress(node: Node): void {
    for (const address of internalAddresses(node)) for (const pool of this.nodeAddresses) pool.take(address);
  }
}

function internalAddresses({ status }: Node): string[] {
  return (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}

function addressesOf({ status }: Pod): string[] {
  return (status?.podIPs ?? []).map(({ ip }) => ip!);
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function isStopped(node: Node): boolean {
  return node.metadata?.annotations?.[kubeletAnnotation] === 'stopped';
}

/** Whether a change of the node may let a pod on it go on. */
function needsLook(pod: Pod): boolean {
  return pod.metadata!.deletionTimestamp !== undefined || (pod.status?.phase ?? 'Pending') === 'Pending';
}
