import type { Pod } from '../../openapi/types.ts';
import { type PodInfo, podInfoOf } from './node-info.ts';

/** Pods that wait for room on a node which is being made for them: others of no higher priority may not take it. */
export class Nominator {
  private readonly byNode = new Map<string, Map<string, PodInfo>>();
  private readonly nodes = new Map<string, string>();

  /** @param node where the pod is nominated now; '' for nowhere, absent: where its status says */
  set(pod: Pod, node = pod.status?.nominatedNodeName ?? ''): void {
    this.delete(pod.metadata!.uid!);
    if (node === '' || pod.spec!.nodeName) return;
    const uid = pod.metadata!.uid!;
    this.nodes.set(uid, node);
    const pods = this.byNode.get(node);
    if (pods) pods.set(uid, podInfoOf(pod));
    else this.byNode.set(node, new Map([[uid, podInfoOf(pod)]]));
  }

  /** The pod changed. A nomination that has not been written yet stays. */
  update(pod: Pod, old: Pod): void {
    const unwritten = !old.status?.nominatedNodeName && !pod.status?.nominatedNodeName ? this.nodes.get(pod.metadata!.uid!) : undefined;
    this.set(pod, unwritten);
  }

  delete(uid: string): void {
    const node = this.nodes.get(uid);
    if (node === undefined) return;
    this.nodes.delete(uid);
    const pods = this.byNode.get(node)!;
    pods.delete(uid);
    if (pods.size === 0) this.byNode.delete(node);
  }

  get isEmpty(): boolean {
    return this.nodes.size === 0;
  }

  on(node: string): Iterable<PodInfo> {
    return this.byNode.get(node)?.values() ?? [];
  }

  has(node: string): boolean {
    return this.byNode.has(node);
  }
}
