import { type LabelSelectorObject, labelSelectorText, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { Pod, TopologySpreadConstraint } from '../../../openapi/types.ts';
import { matchesNodeAffinity, tolerates } from '../../runtime/node-selection.ts';
import type { ClusterState, PodCounter } from '../cluster-state.ts';
import { type CycleState, maxNodeScore, type Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'PodTopologySpread';
const mismatch = "node(s) didn't match pod topology spread constraints";
const hostname = 'kubernetes.io/hostname';

/** One constraint, with the pods it counts. */
interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
  readonly counter: PodCounter;
  readonly matchesSelf: boolean;
}

interface FilterData {
  readonly constraint: Constraint;
  readonly byDomain: ReadonlyMap<string, number>;
  readonly least: number;
}

interface ScoreData {
  readonly constraints: readonly { constraint: Constraint; byDomain: ReadonlyMap<string, number>; weight: number }[];
  readonly ignored: ReadonlySet<string>;
}

/** The selector of a pod's owner or Services, for pods that say nothing of spreading; undefined if nothing selects it. */
export type DefaultSelector = (pod: Pod) => LabelSelectorObject | undefined;

const defaultConstraints = [
  { maxSkew: 3, topologyKey: hostname },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone' },
];

/**
 * Spreads pods that a selector takes over the domains of a topology key (KEP-895): `DoNotSchedule` constraints filter, `ScheduleAnyway` ones score.
 * Pods without constraints of their own are spread a little over nodes and zones (KEP-1258).
 */
export function podTopologySpread(defaultSelector: DefaultSelector): Plugin {
  return {
    name,
    preFilter(state, pod, cluster) {
      const constraints = constraintsOf(pod, 'DoNotSchedule', cluster);
      if (constraints.length === 0) return { skip: true };
      state.data.set(
        name,
        constraints.map((constraint) => filterData(constraint, constraints, pod, cluster)),
      );
      return undefined;
    },
    filter(state, _pod, info) {
      for (const { constraint, byDomain, least } of state.data.get(name) as FilterData[]) {
        const domain = domainOf(info, constraint.topologyKey);
        if (domain === undefined) return unresolvable(name, `${mismatch} (missing required label)`);
        const skew = (byDomain.get(domain) ?? 0) + (constraint.matchesSelf ? 1 : 0) - least;
        if (skew > constraint.maxSkew) return unschedulable(name, mismatch);
      }
      return undefined;
    },
    preScore(state, pod, nodes, cluster) {
      let constraints = constraintsOf(pod, 'ScheduleAnyway', cluster);
      const byDefault = !pod.spec?.topologySpreadConstraints?.length;
      if (byDefault) {
        const selector = defaultSelector(pod);
        if (selector) constraints = defaultConstraints.map((spread) => constraint({ ...spread, labelSelector: selector }, pod, cluster));
      }
      if (constraints.length === 0) return 'skip';
      state.data.set(`${name}/score`, scoreData(constraints, pod, nodes, cluster, !byDefault));
      return undefined;
    },
    score(state, _pod, info) {
      const { constraints, ignored } = state.data.get(`${name}/score`) as ScoreData;
      if (ignored.has(info.name)) return 0;
      let total = 0;
      for (const { constraint, byDomain, weight } of constraints) {
        const domain = domainOf(info, constraint.topologyKey);
        if (domain === undefined) continue;
        const count = constraint.topologyKey === hostname ? (constraint.counter.byNode.get(info.name) ?? 0) : (byDomain.get(domain) ?? 0);
        total += count * weight + (constraint.maxSkew - 1);
      }
      return Math.round(total);
    },
    normalize: normalizeSpread,
  };
}

function normalizeSpread(state: CycleState, _pod: Pod, scores: number[], nodes: readonly NodeInfo[]): void {
  const { ignored } = state.data.get(`${name}/score`) as ScoreData;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [i, { name: node }] of nodes.entries()) {
    if (ignored.has(node)) continue;
    least = Math.min(least, scores[i]!);
    most = Math.max(most, scores[i]!);
  }
  for (const [i, { name: node }] of nodes.entries()) {
    if (ignored.has(node)) scores[i] = 0;
    else scores[i] = most === 0 ? maxNodeScore : Math.trunc((maxNodeScore * (most + least - scores[i]!)) / most);
  }
}

function domainOf({ node }: NodeInfo, topologyKey: string): string | undefined {
  return node.metadata?.labels?.[topologyKey];
}

function constraintsOf(pod: Pod, whenUnsatisfiable: string, cluster: ClusterState): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter((spread) => spread.whenUnsatisfiable === whenUnsatisfiable)
    .map((spread) => constraint(spread, pod, cluster));
}

type Spread = Pick<TopologySpreadConstraint, 'maxSkew' | 'topologyKey'> & Partial<TopologySpreadConstraint>;

function constraint(spread: Spread, pod: Pod, cluster: ClusterState): Constraint {
  const labels = pod.metadata?.labels ?? {};
  const matchLabels = { ...(spread.labelSelector as LabelSelectorObject | undefined)?.matchLabels };
  // The pod's own values of these labels join the selector (KEP-3243).
  for (const key of spread.matchLabelKeys ?? []) if (labels[key] !== undefined) matchLabels[key] = labels[key];
  const object: LabelSelectorObject | undefined = spread.labelSelector && { ...(spread.labelSelector as LabelSelectorObject), matchLabels };
  const selector = selectorFromObject(object);
  const matches = (other: Readonly<Record<string, string>>) => selector.matches(other);
  return {
    maxSkew: spread.maxSkew,
    topologyKey: spread.topologyKey,
    minDomains: spread.minDomains ?? 1,
    honorAffinity: spread.nodeAffinityPolicy !== 'Ignore',
    honorTaints: spread.nodeTaintsPolicy === 'Honor',
    counter: cluster.counter(pod.metadata!.namespace!, object ? labelSelectorText(object) : '<none>', matches),
    matchesSelf: matches(labels),
  };
}

/** Whether a node's pods and domain count for a constraint of this pod. */
function takesPart(constraint: Constraint, pod: Pod, { node }: NodeInfo): boolean {
  if (constraint.honorAffinity && !matchesNodeAffinity(pod, node)) return false;
  if (!constraint.honorTaints) return true;
  const tolerations = pod.spec?.tolerations ?? [];
  return (node.spec?.taints ?? []).every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(tolerations, taint));
}

function filterData(constraint: Constraint, all: readonly Constraint[], pod: Pod, cluster: ClusterState): FilterData {
  const byDomain = new Map<string, number>();
  for (const info of cluster.nodes) {
    // A node that lacks one of the keys takes part in none of the constraints.
    if (all.some(({ topologyKey }) => domainOf(info, topologyKey) === undefined)) continue;
    if (!takesPart(constraint, pod, info)) continue;
    const domain = domainOf(info, constraint.topologyKey)!;
    byDomain.set(domain, (byDomain.get(domain) ?? 0) + (constraint.counter.byNode.get(info.name) ?? 0));
  }
  const least = byDomain.size < constraint.minDomains || byDomain.size === 0 ? 0 : Math.min(...byDomain.values());
  return { constraint, byDomain, least };
}

function scoreData(
  constraints: readonly Constraint[],
  pod: Pod,
  nodes: readonly NodeInfo[],
  cluster: ClusterState,
  requireAllKeys: boolean,
): ScoreData {
  const ignored = new Set<string>();
  const domains = constraints.map(() => new Map<string, number>());
  for (const info of nodes) {
    if (requireAllKeys && constraints.some(({ topologyKey }) => domainOf(info, topologyKey) === undefined)) {
      ignored.add(info.name);
      continue;
    }
    for (const [i, { topologyKey }] of constraints.entries()) {
      const domain = domainOf(info, topologyKey);
      if (domain !== undefined && topologyKey !== hostname) domains[i]!.set(domain, 0);
    }
  }
  for (const info of cluster.nodes) {
    for (const [i, constraint] of constraints.entries()) {
      if (constraint.topologyKey === hostname) continue;
      const domain = domainOf(info, constraint.topologyKey);
      const counted = domain === undefined ? undefined : domains[i]!.get(domain);
      if (counted === undefined || !takesPart(constraint, pod, info)) continue;
      domains[i]!.set(domain!, counted + (constraint.counter.byNode.get(info.name) ?? 0));
    }
  }
  return {
    ignored,
    constraints: constraints.map((constraint, i) => ({
      constraint,
      byDomain: domains[i]!,
      weight: Math.log((constraint.topologyKey === hostname ? nodes.length - ignored.size : domains[i]!.size) + 2),
    })),
  };
}
