import { parseQuantity } from '../../api/meta/quantity.ts';
import { podRequests } from '../../api/meta/resources.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import { Memo } from '../machinery/memo.ts';
import { type HostPort, hostPortsOf, portsConflict } from '../runtime/host-ports.ts';
import { matchesNodeAffinity, tolerates } from '../runtime/node-selection.ts';

/** Why a node does not take a pod. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** So many different shares are remembered at one time. */
const alikeAtMost = 32;

type Amounts = ReadonlyMap<string, number>;

interface Share {
  readonly amounts: Amounts;
  readonly ports: readonly HostPort[];
}

/**
 * What the pods of a node take of it: the kubelet's own word on what the scheduler has decided, or what somebody has decided without it.
 */
export class NodeRoom {
  private readonly shares = new Map<string, Share>();
  private readonly used = new Map<string, number>();
  private allocatable: { readonly of: object; readonly amounts: Amounts } | undefined;
  private portUsers = 0;
  /** Alike pods, of which a node has many, have one share between them. */
  private readonly alike = new Memo<Share>(alikeAtMost);

  /** Gives a pod its share if the node may and can take it. */
  admit(pod: Pod, node: Node): Rejection | undefined {
    if (this.shares.has(pod.metadata!.uid!)) return undefined;
    const share = this.shareOf(pod);
    const rejection = this.lack(share, node) ?? this.refusal(pod, share, node);
    if (!rejection) this.take(pod, share);
    return rejection;
  }

  /** Gives a pod that has a share the one that it asks for now, if the node can take it. */
  resize(pod: Pod, node: Node): Rejection | undefined {
    const held = this.shares.get(pod.metadata!.uid!);
    if (!held) return undefined;
    this.release(pod);
    const share = this.shareOf(pod);
    const rejection = this.lack(share, node) ?? this.refusal(pod, share, node);
    this.take(pod, rejection ? held : share);
    return rejection;
  }

  /** Gives a pod its share that has it already. */
  adopt(pod: Pod): void {
    if (!this.shares.has(pod.metadata!.uid!)) this.take(pod, this.shareOf(pod));
  }

  release(pod: Pod): void {
    const share = this.shares.get(pod.metadata!.uid!);
    if (!share) return;
    this.shares.delete(pod.metadata!.uid!);
    this.count(share, -1);
  }

  private shareOf(pod: Pod): Share {
    const amounts: [string, number][] = [['pods', 1]];
    for (const [name, quantity] of podRequests(pod.spec as Parameters<typeof podRequests>[0]))
      amounts.push([name, amountOf(name, quantity)]);
    const ports = hostPortsOf(pod);
    if (ports.length > 0) return { amounts: new Map(amounts), ports };
    return this.alike.get(amounts.join(), () => ({ amounts: new Map(amounts), ports }));
  }

  private take(pod: Pod, share: Share): void {
    this.shares.set(pod.metadata!.uid!, share);
    this.count(share, 1);
  }

  private count({ amounts, ports }: Share, sign: 1 | -1): void {
    for (const [name, amount] of amounts) this.used.set(name, (this.used.get(name) ?? 0) + sign * amount);
    if (ports.length > 0) this.portUsers += sign;
  }

  private lack({ amounts }: Share, node: Node): Rejection | undefined {
    const allocatable = this.allocatableOf(node);
    for (const [name, requested] of amounts) {
      // What the node does not know of is somebody else's matter.
      const capacity = allocatable.get(name) ?? (name.includes('/') ? Number.POSITIVE_INFINITY : 0);
      const used = this.used.get(name) ?? 0;
      if (requested === 0 || used + requested <= capacity) continue;
      const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
      return { reason: `OutOf${name}`, message };
    }
    return undefined;
  }

  private refusal(pod: Pod, { ports }: Share, node: Node): Rejection | undefined {
    if (!matchesNodeAffinity(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
    if (ports.length > 0 && this.portUsers > 0) {
      const taken = [...this.shares.values()].some((other) => other.ports.some((used) => ports.some((port) => portsConflict(used, port))));
      if (taken) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
    }
    const tolerations = pod.spec!.tolerations ?? [];
    const untolerated = node.spec?.taints?.some((taint) => taint.effect === 'NoExecute' && !tolerates(tolerations, taint));
    return untolerated ? predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate") : undefined;
  }

  private allocatableOf({ status }: Node): Amounts {
    const of = status?.allocatable ?? {};
    if (this.allocatable?.of !== of) {
      const amounts = Object.entries(of).map(([name, text]) => [name, amountOf(name, parseQuantity(text as string))] as const);
      this.allocatable = { of, amounts: new Map(amounts) };
    }
    return this.allocatable.amounts;
  }
}

function predicate(name: string, words: string): Rejection {
  return { reason: name, message: `Predicate ${name} failed: ${words}` };
}

function amountOf(name: string, quantity: { milliValue(): number; value(): number }): number {
  return name === 'cpu' ? quantity.milliValue() : quantity.value();
}
