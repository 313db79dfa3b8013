import { LabelSelector, type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { Node, Pod, TopologySpreadConstraint } from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { Memo } from '../../machinery/memo.ts';
import { keepsOff, matchesNodeAffinity } from '../../runtime/node-selection.ts';
import { selectorText } from '../affinity-term.ts';
import type { CycleState } from '../cycle-state.ts';
import { type DefaultSelector, defaultSelectorFrom } from '../default-selector.ts';
import { maxNodeScore, type Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import { KnownOfNodes } from '../known-of-nodes.ts';
import type { NodeCounts } from '../node-counts.ts';
import type { NodeInfo, PodInfo } from '../node-info.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'PodTopologySpread';
const scoreKey = `${name}/score`;
const mismatch = "node(s) didn't match pod topology spread constraints";
const hostname = 'kubernetes.io/hostname';
/** Of so many topology keys, and of so many selectors, it is known what unchanged nodes have. */
const questionsAtMost = 64;

export interface PodTopologySpreadArguments {
  /** For pods that have none; they must not select pods, as they take the selectors of what owns the pod. */
  readonly defaultConstraints: readonly TopologySpreadConstraint[];
  readonly defaultingType: 'System' | 'List';
}

export const defaultSpreadArguments: PodTopologySpreadArguments = { defaultConstraints: [], defaultingType: 'System' };

const systemConstraints: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
];

/** One constraint, with the pods that it counts. */
interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
  readonly selector: LabelSelector;
}

/** How many pods are in each domain that takes part. A copy, so that trials of preemption can change it. */
interface SpreadCounts {
  readonly constraint: Constraint;
  readonly byDomain: Map<string, number>;
  /** The fewest pods that a domain has; undefined where it must be found out. */
  least: number | undefined;
}

class FilterData {
  readonly counts: readonly SpreadCounts[];

  constructor(counts: readonly SpreadCounts[]) {
    this.counts = counts;
  }

  clone(): FilterData {
    return new FilterData(this.counts.map((counts) => ({ ...counts, byDomain: new Map(counts.byDomain) })));
  }

  count(pod: Pod, { pod: other }: PodInfo, info: NodeInfo, by: 1 | -1): void {
    if (other.metadata!.namespace !== pod.metadata!.namespace) return;
    const constraints = this.counts.map(({ constraint }) => constraint);
    if (!hasAllKeys(info.node, constraints)) return;
    for (const counts of this.counts) {
      const { constraint, byDomain } = counts;
      if (!constraint.selector.matches(other.metadata!.labels) || !takesPart(constraint, pod, info.node)) continue;
      const domain = domainOf(info.node, constraint.topologyKey)!;
      byDomain.set(domain, (byDomain.get(domain) ?? 0) + by);
      counts.least = undefined;
    }
  }
}

/** One constraint when nodes are scored. */
interface ScoredSpread {
  readonly constraint: Constraint;
  readonly weight: number;
  /** How many pods are in the node's domain; null where it is in none. */
  countAt(info: NodeInfo): number | null;
}

interface ScoreData {
  readonly parts: readonly ScoredSpread[];
  readonly ignored: ReadonlySet<string>;
}

/**
 * Spreads pods that a selector takes over the domains of a topology key (KEP-895): `DoNotSchedule` constraints filter, `ScheduleAnyway` ones score.
 * Pods without constraints of their own are spread a little over nodes and zones (KEP-1258).
 */
export function podTopologySpread(
  { defaultConstraints, defaultingType }: PodTopologySpreadArguments,
  { cluster, listers }: Pick<Handle, 'cluster' | 'listers'>,
): Plugin {
  const defaults = defaultingType === 'System' ? systemConstraints : defaultConstraints;
  const domains = new Memo<KnownOfNodes<string | null>>(questionsAtMost);
  const podsOnNodes = new Memo<KnownOfNodes<number | null>>(questionsAtMost);
  const defaultSelector: DefaultSelector = defaults.length > 0 ? defaultSelectorFrom(listers) : () => LabelSelector.everything;

  function constraintsOf(pod: Pod, whenUnsatisfiable: string): Constraint[] {
    const own = pod.spec?.topologySpreadConstraints ?? [];
    const such = (own.length > 0 ? own : defaults).filter((spread) => spread.whenUnsatisfiable === whenUnsatisfiable);
    if (such.length === 0) return [];
    if (own.length > 0) return such.map((spread) => constraint(spread, ownSelector(spread, pod)));
    const selector = defaultSelector(pod);
    return selector.isEverything() ? [] : such.map((spread) => constraint(spread, selector));
  }

  function countsOf(pod: Pod, { selector }: Constraint): { key: string; counts: NodeCounts } {
    const namespace = pod.metadata!.namespace!;
    // Pods that are being deleted do not count, as their places will be free; nor does anything for a selector that selects all.
    const nothing = selector.isEverything();
    const key = `spread ${namespace} ${nothing ? '<all>' : selectorText(selector)}`;
    const counts = cluster.count({
      key,
      namespaces: new Set([namespace]),
      matches: ({ metadata }) => !nothing && !metadata!.deletionTimestamp && selector.matches(metadata!.labels),
    });
    return { key, counts };
  }

  function filterCounts(pod: Pod, constraints: readonly Constraint[]): SpreadCounts[] {
    const counts = constraints.map((each) => countsOf(pod, each).counts);
    const all = constraints.map((each): SpreadCounts => ({ constraint: each, byDomain: new Map(), least: undefined }));
    for (const { node, name: nodeName } of cluster.nodes) {
      // A node that lacks one of the keys takes part in none of the constraints.
      if (!hasAllKeys(node, constraints)) continue;
      for (const [i, { constraint: each, byDomain }] of all.entries()) {
        if (!takesPart(each, pod, node)) continue;
        const domain = domainOf(node, each.topologyKey)!;
        byDomain.set(domain, (byDomain.get(domain) ?? 0) + (counts[i]!.byNode.get(nodeName) ?? 0));
      }
    }
    return all;
  }

  function scoreData(pod: Pod, constraints: readonly Constraint[], nodes: readonly NodeInfo[]): ScoreData {
    const requireAllKeys = Boolean(pod.spec?.topologySpreadConstraints?.length) || defaultingType !== 'System';
    const ignored = new Set<string>();
    const counted = requireAllKeys ? nodes.filter(({ node }) => hasAllKeys(node, constraints)) : nodes;
    if (counted.length < nodes.length) {
      const present = new Set(counted);
      for (const info of nodes) if (!present.has(info)) ignored.add(info.name);
    }
    const parts = constraints.map((each): ScoredSpread => {
      const { key, counts } = countsOf(pod, each);
      const weightOf = (domains: number) => Math.log(domains + 2);
      if (each.topologyKey === hostname) {
        const countAt = valueOfNodes(podsOnNodes, key, ({ name: nodeName, node }) =>
          domainOf(node, hostname) === undefined ? null : (counts.byNode.get(nodeName) ?? 0),
        );
        return { constraint: each, weight: weightOf(counted.length), countAt };
      }
      const domainAt = valueOfNodes(domains, each.topologyKey, ({ node }) => domainOf(node, each.topologyKey) ?? null);
      const byDomain = scoreDomains(pod, each, counts, requireAllKeys ? constraints : []);
      const countAt = (info: NodeInfo) => {
        const domain = domainAt(info);
        return domain === null ? null : (byDomain.get(domain) ?? 0);
      };
      return { constraint: each, weight: weightOf(new Set(counted.map((info) => domainAt(info) ?? '')).size), countAt };
    });
    return { ignored, parts };
  }

  /** The pods in each domain: of the nodes that take part, which usually are all. */
  function scoreDomains(pod: Pod, each: Constraint, counts: NodeCounts, keys: readonly Constraint[]): ReadonlyMap<string, number> {
    const choosy = each.honorTaints || (each.honorAffinity && choosesNodes(pod));
    if (!choosy && keys.length <= 1) return counts.byDomain(each.topologyKey);
    const byDomain = new Map<string, number>();
    for (const [nodeName, count] of counts.byNode) {
      const info = cluster.node(nodeName);
      if (!info || !hasAllKeys(info.node, keys) || !takesPart(each, pod, info.node)) continue;
      const domain = domainOf(info.node, each.topologyKey);
      if (domain !== undefined) byDomain.set(domain, (byDomain.get(domain) ?? 0) + count);
    }
    return byDomain;
  }

  return {
    name,
    events: [
      {
        resource: 'Pod',
        actions: ['add', 'updatePodLabel', 'updatePodToleration', 'delete'],
        hint: (pod, { object, old }) => podMayHelp(pod, constraintsOf(pod, 'DoNotSchedule'), object, old),
      },
      {
        resource: 'Node',
        actions: ['add', 'delete', 'updateNodeLabel', 'updateNodeTaint'],
        hint: (pod, { object, old }) => nodeMayHelp(constraintsOf(pod, 'DoNotSchedule'), object, old),
      },
    ],
    preFilter(state, pod) {
      const constraints = constraintsOf(pod, 'DoNotSchedule');
      if (constraints.length === 0) return { skip: true };
      state.data.set(name, new FilterData(filterCounts(pod, constraints)));
      return undefined;
    },
    addPod: (state, pod, added, node) => (state.data.get(name) as FilterData).count(pod, added, node, 1),
    removePod: (state, pod, removed, node) => (state.data.get(name) as FilterData).count(pod, removed, node, -1),
    filter(state, pod, { node }) {
      for (const counts of (state.data.get(name) as FilterData).counts) {
        const { constraint: each, byDomain } = counts;
        const domain = domainOf(node, each.topologyKey);
        if (domain === undefined) return unresolvable(name, `${mismatch} (missing required label)`);
        const self = each.selector.matches(pod.metadata!.labels) ? 1 : 0;
        if ((byDomain.get(domain) ?? 0) + self - (counts.least ??= leastOf(counts)) > each.maxSkew) return unschedulable(name, mismatch);
      }
      return undefined;
    },
    preScore(state, pod, nodes) {
      const constraints = constraintsOf(pod, 'ScheduleAnyway');
      if (constraints.length === 0) return 'skip';
      state.data.set(scoreKey, scoreData(pod, constraints, nodes));
      return undefined;
    },
    score(state, _pod, info) {
      const { parts, ignored } = state.data.get(scoreKey) as ScoreData;
      if (ignored.size > 0 && ignored.has(info.name)) return 0;
      let total = 0;
      for (const part of parts) {
        const count = part.countAt(info);
        if (count !== null) total += count * part.weight + (part.constraint.maxSkew - 1);
      }
      return Math.round(total);
    },
    normalize: normalizeSpread,
  };
}

function normalizeSpread(state: CycleState, _pod: Pod, scores: number[], nodes: readonly NodeInfo[]): void {
  const { ignored } = state.data.get(scoreKey) as ScoreData;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  const isIgnored = (i: number) => ignored.size > 0 && ignored.has(nodes[i]!.name);
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) continue;
    least = Math.min(least, scores[i]!);
    most = Math.max(most, scores[i]!);
  }
  for (let i = 0; i < scores.length; i++) {
    if (isIgnored(i)) scores[i] = 0;
    else scores[i] = most === 0 ? maxNodeScore : Math.trunc((maxNodeScore * (most + least - scores[i]!)) / most);
  }
}

/** Asks about single nodes, each once until it changes. */
function valueOfNodes<V extends object | string | number | null>(
  memo: Memo<KnownOfNodes<V>>,
  key: string,
  ask: (info: NodeInfo) => V,
): (info: NodeInfo) => V {
  const known = memo.get(key, () => new KnownOfNodes());
  return (info) => {
    let value = known.get(info);
    if (value === undefined) known.set(info, (value = ask(info)));
    return value;
  };
}

function domainOf({ metadata }: Node, topologyKey: string): string | undefined {
  return metadata?.labels?.[topologyKey];
}

function hasAllKeys(node: Node, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => domainOf(node, topologyKey) !== undefined);
}

/** Where there are fewer domains than there should be, the missing ones count as empty. */
function leastOf({ constraint, byDomain }: SpreadCounts): number {
  if (byDomain.size < constraint.minDomains) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const count of byDomain.values()) if (count < least) least = count;
  return least;
}

/** The constraint's selector; the pod's own values of `matchLabelKeys` join it (KEP-3243). */
function ownSelector({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: Pod): LabelSelector {
  const selector = selectorFromObject(labelSelector as LabelSelectorObject | undefined);
  const labels = pod.metadata!.labels ?? {};
  const own = matchLabelKeys.filter((key) => labels[key] !== undefined);
  if (selector.isNothing() || own.length === 0) return selector;
  return new LabelSelector([...selector.requirements, ...own.map((key) => ({ key, operator: '=' as const, values: [labels[key]!] }))]);
}

function constraint(spread: TopologySpreadConstraint, selector: LabelSelector): Constraint {
  return {
    maxSkew: spread.maxSkew,
    topologyKey: spread.topologyKey,
    minDomains: spread.minDomains ?? 1,
    honorAffinity: spread.nodeAffinityPolicy !== 'Ignore',
    honorTaints: spread.nodeTaintsPolicy === 'Honor',
    selector,
  };
}

/** Whether a node's pods and domain count for a constraint of this pod. */
function takesPart({ honorAffinity, honorTaints }: Constraint, pod: Pod, node: Node): boolean {
  if (honorAffinity && !matchesNodeAffinity(pod, node)) return false;
  return !honorTaints || !keepsOff(node.spec?.taints, pod.spec?.tolerations ?? []);
}

function choosesNodes({ spec }: Pod): boolean {
  return Boolean(spec?.nodeSelector || spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
}

function podMayHelp(waiting: Pod, constraints: readonly Constraint[], pod: Pod | undefined, old: Pod | undefined): boolean {
  for (const each of [pod, old]) {
    if (!each || each.metadata!.uid === waiting.metadata!.uid) continue;
    if (!each.spec!.nodeName && !each.status?.nominatedNodeName) return false;
    if (each.metadata!.namespace !== waiting.metadata!.namespace) return false;
  }
  const selects = (selector: LabelSelector, each: Pod) => selector.matches(each.metadata!.labels);
  if (pod && old) {
    const tolerations = (each: Pod) => each.spec?.tolerations ?? [];
    const own = pod.metadata!.uid === waiting.metadata!.uid;
    if (own && !sameJson(tolerations(pod), tolerations(old)) && constraints.some(({ honorTaints }) => honorTaints)) return true;
    return constraints.some(({ selector }) => selects(selector, pod) !== selects(selector, old));
  }
  return constraints.some(({ selector }) => selects(selector, (pod ?? old)!));
}

function nodeMayHelp(constraints: readonly Constraint[], node: Node | undefined, old: Node | undefined): boolean {
  if (!node || !old) return hasAllKeys((node ?? old)!, constraints);
  if (hasAllKeys(node, constraints) !== hasAllKeys(old, constraints)) return true;
  if (!hasAllKeys(node, constraints)) return false;
  if (constraints.some(({ topologyKey }) => domainOf(node, topologyKey) !== domainOf(old, topologyKey))) return true;
  return !sameJson(node.spec?.taints ?? [], old.spec?.taints ?? []);
}
