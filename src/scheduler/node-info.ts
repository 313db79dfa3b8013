import type { Node, Pod } from '../../openapi/types.ts';
import { type HostPort, hostPortsOf, portsConflict } from '../runtime/host-ports.ts';
import { type AffinityTerms, affinityTermsOf } from './affinity-term.ts';
import { type Amounts, amountsOf, podAmounts, type ReadonlyAmounts, type ScoredRequests } from './resources.ts';

/** A pod on a node, with what the plugins ask of it computed once. */
export interface PodInfo {
  readonly pod: Pod;
  readonly requests: ReadonlyAmounts;
  readonly scored: ScoredRequests;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: AffinityTerms;
  /** The claims that it uses, as `namespace/name`. */
  readonly claims: readonly string[];
}

export function podInfoOf(pod: Pod): PodInfo {
  const hostPorts = hostPortsOf(pod);
  const claims = claimKeysOf(pod);
  const { taken, scoredTaken } = podAmounts(pod);
  return {
    pod,
    requests: taken,
    scored: scoredTaken,
    hostPorts: hostPorts.length > 0 ? hostPorts : none,
    affinity: affinityTermsOf(pod),
    claims: claims.length > 0 ? claims : none,
  };
}

/** Of nearly all pods. */
const none: readonly never[] = [];
/** The claims that a pod's volumes name, as `namespace/name`. */
function claimKeysOf(pod: Pod): string[] {
  const keys: string[] = [];
  for (const { persistentVolumeClaim: claim } of pod.spec?.volumes ?? [])
    if (claim) keys.push(`${pod.metadata!.namespace}/${claim.claimName}`);
  return keys;
}

/** A node as the scheduler sees it: what it offers, and what the pods on it (assumed ones too) take of that. */
export class NodeInfo {
  readonly name: string;
  node: Node;
  allocatable!: Amounts;
  maxPods!: number;
  /** The size of each image on the node, by each of its names. */
  images!: ReadonlyMap<string, number>;
  readonly pods = new Map<string, PodInfo>();
  readonly requested: Amounts = new Map();
  /** The two resources that every pod is compared by, as `allocatable` and `requested` have them. */
  allocatableCpu = 0;
  allocatableMemory = 0;
  requestedCpu = 0;
  requestedMemory = 0;
  scoredCpu = 0;
  scoredMemory = 0;
  private hostPortUsers = 0;
  /** Where what is known of the node lies among what is known of others; -1 for one that is tried out. */
  readonly slot: number;
  /** Grows with every change that may change a plugin's answer. */
  version = 0;

  constructor(node: Node, slot = -1) {
    this.name = node.metadata!.name!;
    this.node = node;
    this.slot = slot;
    this.setNode(node);
  }

  setNode(node: Node): void {
    this.version++;
    this.node = node;
    this.allocatable = amountsOf(node.status?.allocatable);
    this.allocatableCpu = this.allocatable.get('cpu') ?? 0;
    this.allocatableMemory = this.allocatable.get('memory') ?? 0;
    this.maxPods = this.allocatable.get('pods') ?? 0;
    this.images = new Map(
      (node.status?.images ?? []).flatMap(({ names, sizeBytes }) => (names ?? []).map((name) => [name, Number(sizeBytes ?? 0)] as const)),
    );
  }

  allocatableOf(resource: string): number {
    if (resource === 'cpu') return this.allocatableCpu;
    return resource === 'memory' ? this.allocatableMemory : (this.allocatable.get(resource) ?? 0);
  }

  requestedOf(resource: string): number {
    if (resource === 'cpu') return this.requestedCpu;
    return resource === 'memory' ? this.requestedMemory : (this.requested.get(resource) ?? 0);
  }

  /** A copy on which pods can be tried out. */
  clone(): NodeInfo {
    const copy: NodeInfo = Object.create(NodeInfo.prototype);
    return Object.assign(copy, this, { pods: new Map(this.pods), requested: new Map(this.requested), slot: -1 });
  }

  add(info: PodInfo): void {
    this.pods.set(info.pod.metadata!.uid!, info);
    this.count(info, 1);
  }

  remove(uid: string): PodInfo | undefined {
    const info = this.pods.get(uid);
    if (!info) return undefined;
    this.pods.delete(uid);
    this.count(info, -1);
    return info;
  }

  /** Takes another object in place of a pod that counts the same. */
  replace(info: PodInfo): void {
    this.pods.set(info.pod.metadata!.uid!, info);
  }

  hasPortConflict(wanted: readonly HostPort[]): boolean {
    if (this.hostPortUsers === 0 || wanted.length === 0) return false;
    for (const { hostPorts } of this.pods.values()) {
      if (hostPorts.some((used) => wanted.some((port) => portsConflict(used, port)))) return true;
    }
    return false;
  }

  private count(info: PodInfo, sign: 1 | -1): void {
    this.version++;
    for (const [name, amount] of info.requests) this.requested.set(name, (this.requested.get(name) ?? 0) + sign * amount);
    this.requestedCpu = this.requested.get('cpu') ?? 0;
    this.requestedMemory = this.requested.get('memory') ?? 0;
    this.scoredCpu += sign * info.scored.cpu;
    this.scoredMemory += sign * info.scored.memory;
    if (info.hostPorts.length > 0) this.hostPortUsers += sign;
  }
}
