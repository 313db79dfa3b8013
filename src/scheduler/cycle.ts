import type { Pod } from '../../openapi/types.ts';
import type { Random } from '../machinery/random.ts';
import { messageOf } from '../runtime/errors.ts';
import type { ClusterState } from './cluster-state.ts';
import { CycleState } from './cycle-state.ts';
import type { Extender } from './extenders.ts';
import type { Filtering } from './filtering.ts';
import { maxNodeScore, type Refusal } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { availableText, NodeStatuses } from './node-statuses.ts';
import type { Profile } from './profile.ts';

/** Why no node fits. */
export interface Diagnosis {
  readonly nodeCount: number;
  readonly statuses: NodeStatuses;
  /** Said once for all nodes, where a plugin refused the pod before it saw any. */
  readonly preFilterMessage?: string;
  /** The plugins that refused the pod, and those of them that wait for something. */
  readonly refusedBy: ReadonlySet<string>;
  readonly pendingFor: ReadonlySet<string>;
}

/** What a cycle found: a node, or why there is none. */
export type CycleResult =
  | { readonly node: NodeInfo; readonly state: CycleState }
  | { readonly node: undefined; readonly state: CycleState; readonly diagnosis: Diagnosis };

export const noNodesMessage = 'no nodes available to schedule pods';

/** Below so many nodes all are looked at, and at least so many feasible ones are found where there are. */
const leastNodesToFind = 100;
const leastPercentage = 5;

/** Runs the filters and scores of a profile for one pod over the cluster as it stands. Synchronous. */
export class SchedulingCycle {
  private readonly profile: Profile;
  private readonly filtering: Filtering;
  private readonly cluster: ClusterState;
  private readonly random: Random;
  /** Where the next search begins, so that large clusters are used evenly. */
  private nextStart = 0;
  /** Where the scores of one cycle after another are added up; hundreds of numbers for each of a dozen plugins would else be thrown away with each pod. */
  private readonly room: { readonly ofPlugin: number[]; readonly totals: number[] } = { ofPlugin: [], totals: [] };

  constructor(profile: Profile, filtering: Filtering, cluster: ClusterState, random: Random) {
    this.profile = profile;
    this.filtering = filtering;
    this.cluster = cluster;
    this.random = random;
  }

  /** @throws Error of a plugin that cannot tell */
  run(pod: Pod): CycleResult {
    const state = new CycleState();
    const { feasible, diagnosis } = this.findFeasible(state, pod);
    if (feasible.length === 0) return { node: undefined, state, diagnosis: diagnosis() };
    const node = feasible.length === 1 ? feasible[0]! : this.best(state, pod, feasible);
    return { node, state };
  }

  /**
   * As `run`, with extenders that have a say. They answer over the network, so that the cluster may change meanwhile: a node that no longer fits by
   * then is not taken, and the search begins anew.
   * @throws Error of a plugin that cannot tell, or of an extender that must be asked and does not answer
   */
  async runWith(extenders: readonly Extender[], pod: Pod): Promise<CycleResult> {
    for (;;) {
      const state = new CycleState();
      const { feasible, diagnosis } = this.findFeasible(state, pod);
      const found = diagnosis();
      const left = await filterByExtenders(extenders, pod, feasible, found.statuses);
      const refusedBy = left.length < feasible.length ? new Set([...found.refusedBy, ...this.pluginNames()]) : found.refusedBy;
      if (left.length === 0) return { node: undefined, state, diagnosis: { ...found, refusedBy } };
      const node = left.length === 1 ? left[0]! : this.best(state, pod, left, await extenderScores(extenders, pod, left));
      const present = this.cluster.node(node.name);
      const fresh = new CycleState();
      if (present && !this.preFilter(fresh, pod).refusal && !this.filtering.checkWithNominated(fresh, pod, present)) {
        this.preScore(fresh, pod, [present]);
        return { node: present, state: fresh };
      }
    }
  }

  /** What an extender refuses may fit after anything that concerns a plugin: it does not say what it waits for. */
  private pluginNames(): string[] {
    return this.profile.points.filter.map(({ name }) => name);
  }

  /** The nodes that can take the pod: enough of them, or `all`. */
  findFeasible(state: CycleState, pod: Pod, all = false): { feasible: NodeInfo[]; diagnosis: () => Diagnosis } {
    const { nodes } = this.cluster;
    const statuses = new NodeStatuses();
    const before = this.preFilter(state, pod);
    const diagnosis = (): Diagnosis => {
      const refusedBy = new Set(before.plugins);
      const pendingFor = new Set<string>();
      for (const { plugin, code } of [statuses.absent, ...statuses.explicit.values()]) {
        if (plugin !== '') (code === 'pending' ? pendingFor : refusedBy).add(plugin);
      }
      const message = before.refusal?.reasons.join(', ');
      return { nodeCount: nodes.length, statuses, refusedBy, pendingFor, ...(message ? { preFilterMessage: message } : {}) };
    };
    if (before.refusal) {
      statuses.absent = before.refusal;
      return { feasible: [], diagnosis };
    }
    const nominated = this.cluster.node(pod.status?.nominatedNodeName ?? '');
    if (nominated && !all) {
      const refusal = this.filtering.checkWithNominated(state, pod, nominated);
      if (!refusal) return { feasible: [nominated], diagnosis };
      statuses.explicit.set(nominated.name, refusal);
    }
    let candidates: readonly NodeInfo[] = nodes;
    if (before.nodes) {
      candidates = [...before.nodes].flatMap((name) => this.cluster.node(name) ?? []);
      const reason = `node(s) didn't satisfy plugin(s) [${[...before.plugins].sort().join(' ')}]`;
      statuses.absent = { code: 'unresolvable', plugin: '', reasons: [reason] };
    }
    const wanted = all ? candidates.length : this.nodesToFind(candidates.length);
    // Of its size from the start: what grows is copied again and again.
    const feasible = new Array<NodeInfo>(Math.min(wanted, candidates.length));
    let found = 0;
    const start = candidates.length > 0 ? this.nextStart % candidates.length : 0;
    for (let seen = 0; seen < candidates.length && found < wanted; seen++) {
      const node = candidates[(start + seen) % candidates.length]!;
      const refusal = this.filtering.checkWithNominated(state, pod, node);
      if (refusal) statuses.explicit.set(node.name, refusal);
      else feasible[found++] = node;
    }
    feasible.length = found;
    if (!all) this.nextStart = (this.nextStart + feasible.length + statuses.explicit.size) % nodes.length;
    return { feasible, diagnosis };
  }

  /** The weighted scores of each plugin, node by node; plugins that skipped are left out. */
  scores(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): { plugin: string; scores: number[] }[] {
    const all: { plugin: string; scores: number[] }[] = [];
    this.eachScores(state, pod, nodes, (plugin, scores) => all.push({ plugin, scores: [...scores] }));
    return all;
  }

  /** @param take is given the scores as `scores` has them, in an array that the next plugin's come into */
  private eachScores(
    state: CycleState,
    pod: Pod,
    nodes: readonly NodeInfo[],
    take: (plugin: string, scores: readonly number[]) => void,
  ): void {
    const skipped = this.preScore(state, pod, nodes);
    const shape = state.shape ?? this.filtering.shapeOf(state, pod);
    const { ofPlugin: scores } = this.room;
    scores.length = nodes.length;
    for (const [place, { plugin, weight }] of this.profile.points.score.entries()) {
      if (skipped.has(plugin.name)) continue;
      const known = shape.scores[place];
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i]!;
        let score = known?.get(node);
        if (score === undefined) {
          score = plugin.score!(state, pod, node);
          known?.set(node, score);
        }
        scores[i] = score;
      }
      plugin.normalize?.(state, pod, scores, nodes);
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i]!;
        if (score > maxNodeScore || score < 0)
          throw new Error(
            `applying score defaultWeights on Score plugins: plugin "${plugin.name}" returns an invalid score ${score}, it should in the range of [0, ${maxNodeScore}] after normalizing`,
          );
        scores[i] = score * weight;
      }
      take(plugin.name, scores);
    }
  }

  private preScore(state: CycleState, pod: Pod, nodes: readonly NodeInfo[]): Set<string> {
    const skipped = new Set<string>();
    for (const plugin of this.profile.points.preScore) {
      try {
        if (plugin.preScore!(state, pod, nodes) === 'skip') skipped.add(plugin.name);
      } catch (error) {
        throw new Error(`running PreScore plugin "${plugin.name}": ${messageOf(error)}`);
      }
    }
    return skipped;
  }

  /** @param further scores by node, besides the plugins' */
  private best(state: CycleState, pod: Pod, nodes: readonly NodeInfo[], further?: ReadonlyMap<string, number>): NodeInfo {
    const { totals } = this.room;
    totals.length = nodes.length;
    for (let i = 0; i < nodes.length; i++) totals[i] = further?.get(nodes[i]!.name) ?? 0;
    this.eachScores(state, pod, nodes, (_, scores) => {
      for (let i = 0; i < scores.length; i++) totals[i]! += scores[i]!;
    });
    let highest = -1;
    let equals = 0;
    let chosen = nodes[0]!;
    for (let i = 0; i < nodes.length; i++) {
      const total = totals[i]!;
      if (total > highest) {
        highest = total;
        equals = 1;
        chosen = nodes[i]!;
      } else if (total === highest && this.random.next() < 1 / ++equals) chosen = nodes[i]!; // Each of the equals is as likely.
    }
    return chosen;
  }

  private preFilter(state: CycleState, pod: Pod): { refusal?: Refusal; nodes?: ReadonlySet<string>; plugins: Set<string> } {
    const plugins = new Set<string>();
    let nodes: ReadonlySet<string> | undefined;
    let refusal: Refusal | undefined;
    for (const plugin of this.profile.points.preFilter) {
      let result: ReturnType<NonNullable<typeof plugin.preFilter>>;
      try {
        result = plugin.preFilter!(state, pod);
      } catch (error) {
        throw new Error(`running PreFilter plugin "${plugin.name}": ${messageOf(error)}`);
      }
      if (result?.skip) state.skipFilter.add(plugin.name);
      if (result?.refusal) {
        if (result.refusal.code === 'unresolvable') return { refusal: result.refusal, plugins: new Set() };
        refusal = result.refusal; // Preemption may help, and needs what the other plugins prepare.
      }
      if (!result?.nodes) continue;
      plugins.add(plugin.name);
      const { nodes: named } = result;
      nodes = nodes ? new Set([...nodes].filter((name) => named.has(name))) : named;
      if (nodes.size === 0) {
        const names = [...plugins].sort();
        const reason =
          names.length === 1
            ? `node(s) didn't satisfy plugin ${names[0]}`
            : `node(s) didn't satisfy plugin(s) [${names.join(' ')}] simultaneously`;
        return { refusal: { code: 'unresolvable', plugin: '', reasons: [reason] }, plugins };
      }
    }
    return { ...(refusal ? { refusal } : {}), ...(nodes ? { nodes } : {}), plugins };
  }

  /** How many feasible nodes are enough: where the profile does not say, a share that shrinks as the cluster grows. */
  private nodesToFind(all: number): number {
    if (this.profile.points.score.length === 0) return 1;
    if (all < leastNodesToFind) return all;
    const percentage = this.profile.percentageOfNodesToScore || Math.max(leastPercentage, 50 - Math.trunc(all / 125));
    return Math.max(leastNodesToFind, Math.trunc((all * percentage) / 100));
  }
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` and what came of making room. */
export function fitMessage({ nodeCount, statuses, preFilterMessage }: Diagnosis, postFilterMessage: string): string {
  const fit = preFilterMessage === undefined ? statuses.message(nodeCount) : `${availableText(nodeCount)} ${preFilterMessage}.`;
  return postFilterMessage === '' ? fit : `${fit} ${postFilterMessage}`;
}

/** What each extender in turn leaves of the nodes; why it refuses the others goes into the statuses. */
async function filterByExtenders(
  extenders: readonly Extender[],
  pod: Pod,
  feasible: readonly NodeInfo[],
  statuses: NodeStatuses,
): Promise<readonly NodeInfo[]> {
  let left = feasible;
  for (const extender of extenders) {
    if (left.length === 0) break;
    if (extender.configuration.filterVerb === '') continue;
    try {
      const verdict = await extender.filter(
        pod,
        left.map(({ node }) => node),
      );
      for (const [code, reasons] of [
        ['unschedulable', verdict.failed],
        ['unresolvable', verdict.unresolvable],
      ] as const) {
        for (const [name, reason] of Object.entries(reasons)) statuses.explicit.set(name, { code, plugin: '', reasons: [reason] });
      }
      left = left.filter(({ name }) => verdict.nodes.includes(name));
    } catch (error) {
      if (!extender.configuration.ignorable) throw error;
    }
  }
  return left;
}

/** The sums of the extenders' scores; one that does not answer has none. */
async function extenderScores(extenders: readonly Extender[], pod: Pod, nodes: readonly NodeInfo[]): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  const asked = extenders.filter(({ configuration }) => configuration.prioritizeVerb !== '');
  const shown = nodes.map(({ node }) => node);
  const answers = await Promise.allSettled(asked.map((extender) => extender.prioritize(pod, shown)));
  for (const answer of answers) {
    if (answer.status === 'rejected') continue;
    for (const [name, score] of answer.value) sums.set(name, (sums.get(name) ?? 0) + score);
  }
  return sums;
}
