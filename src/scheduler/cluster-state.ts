import type { Node, Pod } from '../../openapi/types.ts';
import { NodeInfo, type PodInfo, podInfoOf } from './node-info.ts';

/** How many of a namespace's pods match a selector, by node: kept up to date from the moment it is first asked for. */
export interface PodCounter {
  readonly byNode: ReadonlyMap<string, number>;
}

interface Counter extends PodCounter {
  readonly byNode: Map<string, number>;
  readonly namespace: string;
  readonly matches: (labels: Readonly<Record<string, string>>) => boolean;
}

const maxCounters = 256;

/**
 * The cluster as the scheduler believes it to be: what the informers reported, and on top the pods that it placed itself and whose
 * binding has not been seen yet. It changes only between two cycles' synchronous parts, so a cycle needs no copy of it.
 */
export class ClusterState {
  private readonly infos = new Map<string, NodeInfo>();
  /** In an order that is stable from one cycle to the next. */
  private order: NodeInfo[] = [];
  private readonly placed = new Map<string, string>();
  private readonly assumed = new Set<string>();
  /** Pods of nodes that are not known yet. */
  private readonly homeless = new Map<string, Map<string, PodInfo>>();
  private readonly counters = new Map<string, Counter>();
  private readonly nodesWithImage = new Map<string, number>();

  get nodes(): readonly NodeInfo[] {
    return this.order;
  }

  node(name: string): NodeInfo | undefined {
    return this.infos.get(name);
  }

  isAssumed(uid: string): boolean {
    return this.assumed.has(uid);
  }

  /** How many nodes hold an image of this name. */
  nodesHolding(image: string): number {
    return this.nodesWithImage.get(image) ?? 0;
  }

  setNode(node: Node): void {
    const name = node.metadata!.name!;
    const info = this.infos.get(name);
    if (info) {
      this.countImages(info.node, -1);
      info.setNode(node);
    } else {
      const added = new NodeInfo(node);
      this.infos.set(name, added);
      this.order.push(added);
      for (const pod of this.homeless.get(name)?.values() ?? []) added.add(pod);
      this.homeless.delete(name);
    }
    this.countImages(node, 1);
  }

  removeNode(name: string): void {
    const info = this.infos.get(name);
    if (!info) return;
    this.countImages(info.node, -1);
    this.infos.delete(name);
    this.order = this.order.filter((other) => other !== info);
    if (info.pods.size > 0) this.homeless.set(name, new Map(info.pods));
  }

  /** A pod that is bound to a node, as the API server has it. */
  setPod(pod: Pod): void {
    this.assumed.delete(pod.metadata!.uid!);
    this.place(pod, pod.spec!.nodeName!);
  }

  /** A pod that will be bound: it takes its room on the node from now on. */
  assume(pod: Pod, nodeName: string): void {
    this.assumed.add(pod.metadata!.uid!);
    this.place(pod, nodeName);
  }

  /** The binding of an assumed pod failed. */
  forget(uid: string): void {
    if (this.assumed.has(uid)) this.removePod(uid);
  }

  removePod(uid: string): void {
    this.assumed.delete(uid);
    const nodeName = this.placed.get(uid);
    if (nodeName === undefined) return;
    this.placed.delete(uid);
    const node = this.infos.get(nodeName);
    const strangers = this.homeless.get(nodeName);
    const info = node ? node.remove(uid) : strangers?.get(uid);
    strangers?.delete(uid);
    if (strangers?.size === 0) this.homeless.delete(nodeName);
    if (info) this.countPod(info, nodeName, -1);
  }

  /** @param key names the selector within the namespace: equal keys must mean equal selectors */
  counter(namespace: string, key: string, matches: Counter['matches']): PodCounter {
    const name = `${namespace}\n${key}`;
    let counter = this.counters.get(name);
    if (counter) {
      this.counters.delete(name); // The most recently used stand last.
    } else {
      counter = { byNode: new Map(), namespace, matches };
      for (const info of this.order) for (const pod of info.pods.values()) count(counter, pod, info.name, 1);
      if (this.counters.size >= maxCounters) this.counters.delete(this.counters.keys().next().value!);
    }
    this.counters.set(name, counter);
    return counter;
  }

  private place(pod: Pod, nodeName: string): void {
    const uid = pod.metadata!.uid!;
    const assumed = this.assumed.has(uid);
    this.removePod(uid);
    if (assumed) this.assumed.add(uid);
    const info = podInfoOf(pod);
    this.placed.set(uid, nodeName);
    const node = this.infos.get(nodeName);
    if (node) node.add(info);
    else {
      let strangers = this.homeless.get(nodeName);
      if (!strangers) this.homeless.set(nodeName, (strangers = new Map()));
      strangers.set(uid, info);
    }
    this.countPod(info, nodeName, 1);
  }

  private countPod(info: PodInfo, nodeName: string, by: 1 | -1): void {
    for (const counter of this.counters.values()) count(counter, info, nodeName, by);
  }

  private countImages(node: Node, by: 1 | -1): void {
    for (const image of node.status?.images ?? []) {
      for (const name of image.names ?? []) this.nodesWithImage.set(name, (this.nodesWithImage.get(name) ?? 0) + by);
    }
  }
}

// Pods that are being deleted do not count, as their places will be free.
function count(counter: Counter, { pod }: PodInfo, nodeName: string, by: 1 | -1): void {
  if (pod.metadata!.namespace !== counter.namespace || pod.metadata!.deletionTimestamp) return;
  if (!counter.matches(pod.metadata!.labels ?? {})) return;
  counter.byNode.set(nodeName, (counter.byNode.get(nodeName) ?? 0) + by);
}
