import type { Pod } from '../../openapi/types.ts';
import type { Random } from '../machinery/random.ts';
import type { ClusterState } from './cluster-state.ts';
import type { CycleState, Plugin, Refusal, WeightedPlugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';

/** What a cycle found: a node, or why there is none. */
export type CycleResult =
  | { readonly node: NodeInfo; readonly state: CycleState }
  | { readonly node: undefined; readonly state: CycleState; readonly refusals: ReadonlyMap<string, Refusal>; readonly message: string };

/** Below so many nodes all are looked at. */
const leastNodesToFind = 100;

/** Runs the filters and scores of a profile for one pod over the cluster as it stands. Synchronous. */
export class SchedulingCycle {
  private readonly plugins: readonly WeightedPlugin[];
  private readonly cluster: ClusterState;
  private readonly random: Random;
  /** Where the next search begins, so that large clusters are used evenly. */
  private nextStart = 0;

  constructor(plugins: readonly WeightedPlugin[], cluster: ClusterState, random: Random) {
    this.plugins = plugins;
    this.cluster = cluster;
    this.random = random;
  }

  run(pod: Pod): CycleResult {
    const state: CycleState = { data: new Map() };
    const refusals = new Map<string, Refusal>();
    if (this.cluster.nodes.length === 0) return { node: undefined, state, refusals, message: 'no nodes available to schedule pods' };
    const feasible = this.findFeasible(state, pod, refusals);
    if (feasible.length === 0) return { node: undefined, state, refusals, message: fitMessage(this.cluster.nodes.length, refusals) };
    const node = feasible.length === 1 ? feasible[0]! : this.best(state, pod, feasible);
    return { node, state };
  }

  private findFeasible(state: CycleState, pod: Pod, refusals: Map<string, Refusal>): NodeInfo[] {
    const filters: Plugin[] = [];
    let candidates: readonly NodeInfo[] = this.cluster.nodes;
    for (const { plugin } of this.plugins) {
      const result = plugin.preFilter?.(state, pod, this.cluster);
      if (result?.refusal) {
        for (const node of this.cluster.nodes) refusals.set(node.name, result.refusal);
        return [];
      }
      if (result?.nodes) {
        const { nodes } = result;
        const outside: Refusal = {
          code: 'unresolvable',
          plugin: plugin.name,
          reasons: [`node(s) didn't satisfy plugin(s) [${plugin.name}]`],
        };
        for (const node of candidates) if (!nodes.has(node.name)) refusals.set(node.name, outside);
        candidates = [...nodes].flatMap((name) => this.cluster.node(name) ?? []).filter((node) => !refusals.has(node.name));
      }
      if (plugin.filter && !result?.skip) filters.push(plugin);
    }
    const wanted = nodesToFind(candidates.length);
    const feasible: NodeInfo[] = [];
    const start = candidates.length > 0 ? this.nextStart % candidates.length : 0;
    let seen = 0;
    for (; seen < candidates.length && feasible.length < wanted; seen++) {
      const node = candidates[(start + seen) % candidates.length]!;
      const refusal = firstRefusal(filters, state, pod, node);
      if (refusal) refusals.set(node.name, refusal);
      else feasible.push(node);
    }
    this.nextStart = start + seen;
    return feasible;
  }

  private best(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): NodeInfo {
    const totals = this.scores(state, pod, nodes);
    let highest = -1;
    let equals = 0;
    let chosen = nodes[0]!;
    for (const [i, total] of totals.entries()) {
      if (total > highest) {
        highest = total;
        equals = 1;
        chosen = nodes[i]!;
      } else if (total === highest && this.random.next() < 1 / ++equals) chosen = nodes[i]!; // Each of the equals is as likely.
    }
    return chosen;
  }

  /** The weighted sums of all scores, node by node. */
  scores(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): number[] {
    const totals = new Array<number>(nodes.length).fill(0);
    for (const { plugin, weight } of this.plugins) {
      if (!plugin.score || plugin.preScore?.(state, pod, nodes, this.cluster) === 'skip') continue;
      const scores = nodes.map((node) => plugin.score!(state, pod, node));
      plugin.normalize?.(state, pod, scores, nodes);
      for (let i = 0; i < totals.length; i++) totals[i]! += scores[i]! * weight;
    }
    return totals;
  }
}

function firstRefusal(filters: readonly Plugin[], state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined {
  for (const plugin of filters) {
    const refusal = plugin.filter!(state, pod, node);
    if (refusal) return refusal;
  }
  return undefined;
}

/** How many feasible nodes are enough: a share that shrinks as the cluster grows, never fewer than a hundred. */
function nodesToFind(all: number): number {
  if (all < leastNodesToFind) return all;
  const percentage = Math.max(5, 50 - Math.trunc(all / 125));
  return Math.max(leastNodesToFind, Math.trunc((all * percentage) / 100));
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
export function fitMessage(nodeCount: number, refusals: ReadonlyMap<string, Refusal>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of refusals.values()) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = Array.from(counts, ([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available${reasons.length > 0 ? `: ${reasons.join(', ')}` : ':'}.`;
}
