import type { Labels } from '../../api/meta/label-selector.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import { sameJson } from '../machinery/json-equal.ts';
import { AffinityIndex } from './affinity-index.ts';
import { sameResources } from './events.ts';
import type { NodeCounts } from './node-counts.ts';
import { NodeInfo, type PodInfo, podInfoOf } from './node-info.ts';
import { NodeOrder } from './node-order.ts';
import { type CountedPods, PodCounters } from './pod-counters.ts';

/**
 * The cluster as the scheduler believes it to be: what the informers reported, and on top the pods that it placed itself and whose
 * binding has not been seen yet. It changes only between two cycles' synchronous parts, so a cycle needs no copy of it.
 */
export class ClusterState {
  private readonly infos = new Map<string, NodeInfo>();
  private readonly order = new NodeOrder();
  /** Of nodes that are gone: slots and known nodes are as many. */
  private readonly freeSlots: number[] = [];
  /** The pods of each namespace, with their nodes. */
  private readonly placed = new Map<string, { info: PodInfo; node: string }>();
  private readonly byNamespace = new Map<string, Map<string, { info: PodInfo; node: string }>>();
  private readonly assumed = new Set<string>();
  /** Pods of nodes that are not known yet. */
  private readonly homeless = new Map<string, Map<string, PodInfo>>();
  private readonly counters: PodCounters;
  private readonly nodesWithImage = new Map<string, number>();
  private readonly claimUsers = new Map<string, number>();
  readonly affinity: AffinityIndex;

  constructor() {
    const labelsOf = (node: string): Labels | undefined => this.infos.get(node)?.node.metadata?.labels;
    this.counters = new PodCounters(labelsOf, (namespaces) => this.podsOf(namespaces));
    this.affinity = new AffinityIndex(labelsOf);
  }

  /** In an order that is stable from one cycle to the next, and takes zones in turn. */
  get nodes(): readonly NodeInfo[] {
    return this.order.nodes;
  }

  node(name: string): NodeInfo | undefined {
    return this.infos.get(name);
  }

  isAssumed(uid: string): boolean {
    return this.assumed.has(uid);
  }

  /** A pod that has a node here, as it was last seen or assumed. */
  pod(uid: string): Pod | undefined {
    return this.placed.get(uid)?.info.pod;
  }

  /** How many nodes hold an image of this name. */
  nodesHolding(image: string): number {
    return this.nodesWithImage.get(image) ?? 0;
  }

  /** Whether a pod with a node uses the claim `namespace/name`. */
  isClaimUsed(key: string): boolean {
    return this.claimUsers.has(key);
  }

  /** How many pods with a node are such, by node and domain. */
  count(counted: CountedPods): NodeCounts {
    return this.counters.get(counted);
  }

  setNode(node: Node): void {
    const name = node.metadata!.name!;
    const labels = node.metadata!.labels;
    const info = this.infos.get(name);
    if (info) {
      const old = info.node;
      if (!sameJson(old.status?.images, node.status?.images)) {
        this.countImages(old, -1);
        this.countImages(node, 1);
      }
      info.setNode(node);
      this.order.changed(info, old);
      if (!sameJson(old.metadata!.labels, labels)) this.relabel(name, old.metadata!.labels, labels);
      return;
    }
    const added = new NodeInfo(node, this.freeSlots.pop() ?? this.infos.size);
    this.infos.set(name, added);
    this.order.add(added);
    for (const pod of this.homeless.get(name)?.values() ?? []) added.add(pod);
    this.homeless.delete(name);
    this.countImages(node, 1);
    this.relabel(name, undefined, labels);
  }

  removeNode(name: string): void {
    const info = this.infos.get(name);
    if (!info) return;
    this.countImages(info.node, -1);
    this.infos.delete(name);
    this.freeSlots.push(info.slot);
    this.order.remove(info);
    this.relabel(name, info.node.metadata!.labels, undefined);
    if (info.pods.size > 0) this.homeless.set(name, new Map(info.pods));
  }

  /** A pod that is bound to a node, as the API server has it. */
  setPod(pod: Pod): void {
    this.assumed.delete(pod.metadata!.uid!);
    this.place(pod, pod.spec!.nodeName!);
  }

  /** A pod that will be bound: it takes its room on the node from now on. */
  assume(pod: Pod, nodeName: string): void {
    this.place(pod, nodeName);
    this.assumed.add(pod.metadata!.uid!);
  }

  /** The binding of an assumed pod failed. */
  forget(uid: string): void {
    if (this.assumed.has(uid)) this.removePod(uid);
  }

  removePod(uid: string): void {
    this.assumed.delete(uid);
    const place = this.placed.get(uid);
    if (!place) return;
    const { info, node: nodeName } = place;
    const namespace = info.pod.metadata!.namespace!;
    this.placed.delete(uid);
    const neighbours = this.byNamespace.get(namespace)!;
    neighbours.delete(uid);
    if (neighbours.size === 0) this.byNamespace.delete(namespace);
    this.infos.get(nodeName)?.remove(uid);
    const strangers = this.homeless.get(nodeName);
    strangers?.delete(uid);
    if (strangers?.size === 0) this.homeless.delete(nodeName);
    this.countPod(info, nodeName, -1);
  }

  private *podsOf(namespaces: ReadonlySet<string> | undefined): Iterable<readonly [PodInfo, string]> {
    for (const namespace of namespaces ?? this.byNamespace.keys()) {
      for (const { info, node } of this.byNamespace.get(namespace)?.values() ?? []) yield [info, node];
    }
  }

  private place(pod: Pod, nodeName: string): void {
    const uid = pod.metadata!.uid!;
    const present = this.placed.get(uid);
    if (present && present.node === nodeName && countsTheSame(pod, present.info.pod)) {
      present.info = { ...present.info, pod };
      this.infos.get(nodeName)?.replace(present.info);
      this.homeless.get(nodeName)?.set(uid, present.info);
      return;
    }
    this.removePod(uid);
    const info = podInfoOf(pod);
    const namespace = pod.metadata!.namespace!;
    const place = { info, node: nodeName };
    this.placed.set(uid, place);
    const neighbours = this.byNamespace.get(namespace);
    if (neighbours) neighbours.set(uid, place);
    else this.byNamespace.set(namespace, new Map([[uid, place]]));
    const node = this.infos.get(nodeName);
    if (node) node.add(info);
    else {
      const strangers = this.homeless.get(nodeName);
      if (strangers) strangers.set(uid, info);
      else this.homeless.set(nodeName, new Map([[uid, info]]));
    }
    this.countPod(info, nodeName, 1);
  }

  private countPod(info: PodInfo, nodeName: string, by: 1 | -1): void {
    this.counters.podChanged(info, nodeName, by);
    this.affinity.podChanged(info, nodeName, by);
    for (const key of info.claims) {
      const users = (this.claimUsers.get(key) ?? 0) + by;
      if (users === 0) this.claimUsers.delete(key);
      else this.claimUsers.set(key, users);
    }
  }

  private relabel(name: string, old: Labels | undefined, labels: Labels | undefined): void {
    this.counters.nodeChanged(name, old, labels);
    this.affinity.nodeChanged(name, old, labels);
  }

  private countImages(node: Node, by: 1 | -1): void {
    for (const image of node.status?.images ?? []) {
      for (const name of image.names ?? []) this.nodesWithImage.set(name, (this.nodesWithImage.get(name) ?? 0) + by);
    }
  }
}

/** Whether an update of a pod leaves everything as it is that is counted of it: most do, as they are about its status. */
function countsTheSame(pod: Pod, old: Pod): boolean {
  if (Boolean(pod.metadata!.deletionTimestamp) !== Boolean(old.metadata!.deletionTimestamp)) return false;
  return sameJson(pod.metadata!.labels, old.metadata!.labels) && sameResources(pod, old);
}
