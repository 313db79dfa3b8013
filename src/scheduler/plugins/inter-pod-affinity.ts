import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import type { Labels } from '../../../api/meta/label-selector.ts';
import type { Namespace, Pod } from '../../../openapi/types.ts';
import type { TermRole } from '../affinity-index.ts';
import { type AffinityTerm, affinityTermsOf, termMatches, withNamespaces } from '../affinity-term.ts';
import { maxNodeScore, type Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import type { NodeInfo, PodInfo } from '../node-info.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'InterPodAffinity';
const scoreKey = `${name}/score`;

export interface InterPodAffinityArguments {
  /** What the required affinity of pods on nodes adds to the score of a pod that it selects. */
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

export const defaultInterPodAffinityArguments: InterPodAffinityArguments = {
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
};

type Domains = ReadonlyMap<string, number>;

/** How many pods are in each domain: the index's own counts, shared, and what a trial adds to them. */
class DomainCounts {
  private readonly counts: Domains;
  private readonly added: Map<string, number>;

  constructor(counts: Domains, added = new Map<string, number>()) {
    this.counts = counts;
    this.added = added;
  }

  get(domain: string): number {
    return (this.counts.get(domain) ?? 0) + (this.added.get(domain) ?? 0);
  }

  add(domain: string, by: number): void {
    this.added.set(domain, (this.added.get(domain) ?? 0) + by);
  }

  isEmpty(): boolean {
    if (this.added.size === 0) return this.counts.size === 0;
    return [...this.counts.keys(), ...this.added.keys()].every((domain) => this.get(domain) === 0);
  }

  clone(): DomainCounts {
    return new DomainCounts(this.counts, new Map(this.added));
  }
}

interface CountedTerm {
  readonly term: AffinityTerm;
  readonly counts: DomainCounts;
}

/** What the filter needs. Copied for trials of preemption, which add and remove pods. */
class FilterData {
  readonly namespaceLabels: Labels | undefined;
  /** Anti-affinity of pods on nodes that selects the pod, by topology key. */
  readonly existing: Map<string, DomainCounts[]>;
  readonly required: readonly CountedTerm[];
  readonly requiredAnti: readonly CountedTerm[];

  constructor(
    namespaceLabels: Labels | undefined,
    existing: Map<string, DomainCounts[]>,
    required: readonly CountedTerm[],
    requiredAnti: readonly CountedTerm[],
  ) {
    this.namespaceLabels = namespaceLabels;
    this.existing = existing;
    this.required = required;
    this.requiredAnti = requiredAnti;
  }

  clone(): FilterData {
    const copy = ({ term, counts }: CountedTerm): CountedTerm => ({ term, counts: counts.clone() });
    const existing = new Map([...this.existing].map(([key, counts]) => [key, counts.map((each) => each.clone())]));
    return new FilterData(this.namespaceLabels, existing, this.required.map(copy), this.requiredAnti.map(copy));
  }

  count(pod: Pod, { pod: other, affinity }: PodInfo, { node }: NodeInfo, by: 1 | -1): void {
    const labels = node.metadata!.labels ?? {};
    for (const term of affinity.requiredAnti) {
      const domain = labels[term.topologyKey];
      if (domain === undefined || !termMatches(term, pod, this.namespaceLabels)) continue;
      const counts = this.existing.get(term.topologyKey);
      if (counts) counts[0]!.add(domain, by);
      else this.existing.set(term.topologyKey, [new DomainCounts(new Map(), new Map([[domain, by]]))]);
    }
    if (this.required.length > 0 && this.required.every(({ term }) => termMatches(term, other, undefined))) {
      for (const { term, counts } of this.required) addIn(counts, labels[term.topologyKey], by);
    }
    for (const { term, counts } of this.requiredAnti) {
      if (termMatches(term, other, undefined)) addIn(counts, labels[term.topologyKey], by);
    }
  }
}

function addIn(counts: DomainCounts, domain: string | undefined, by: number): void {
  if (domain !== undefined) counts.add(domain, by);
}

interface ScoreData {
  readonly parts: readonly { topologyKey: string; counts: Domains; weight: number }[];
}

const antiAffinity: ReadonlySet<TermRole> = new Set(['requiredAnti']);

/** Puts pods beside or apart from others, by the domains of a topology key. */
export function interPodAffinity(
  { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: InterPodAffinityArguments,
  { cluster, listers }: Pick<Handle, 'cluster' | 'listers'>,
): Plugin {
  const namespaceLister = listers.for<Namespace>(namespaces);
  const labelsOfNamespace = (pod: Pod) => namespaceLister.get('', pod.metadata!.namespace!)?.metadata?.labels;
  const roles = new Set<TermRole>(hardPodAffinityWeight > 0 ? ['preferred', 'preferredAnti', 'required'] : ['preferred', 'preferredAnti']);

  /** The namespaces that a term selects become names; one that selects all stays. */
  function named(term: AffinityTerm): AffinityTerm {
    if (term.namespaceSelector.isEverything() || term.namespaceSelector.isNothing()) return term;
    const names: string[] = [];
    for (const { metadata } of namespaceLister.list()) if (term.namespaceSelector.matches(metadata!.labels)) names.push(metadata!.name!);
    return withNamespaces(term, names);
  }

  /** The pods that all of the terms select. */
  function counts(terms: readonly AffinityTerm[]) {
    const bounded = terms.find((term) => !term.namespaceSelector.isEverything());
    return cluster.count({
      key: `affinity ${terms.map(({ text }) => text).join(' ')}`,
      ...(bounded ? { namespaces: bounded.namespaces } : {}),
      matches: (pod) => terms.every((term) => termMatches(term, pod, undefined)),
    });
  }

  return {
    name,
    events: [
      { resource: 'Pod', actions: ['add', 'updatePodLabel', 'delete'], hint: podMayHelp },
      { resource: 'Node', actions: ['add', 'updateNodeLabel'], hint: nodeMayHelp },
    ],
    preFilter(state, pod) {
      const affinity = affinityTermsOf(pod);
      const namespaceLabels = labelsOfNamespace(pod);
      const existing = new Map<string, DomainCounts[]>();
      for (const { term, counts: found } of cluster.affinity.concerning(pod, namespaceLabels, antiAffinity)) {
        const domains = found.byDomain(term.topologyKey);
        if (domains.size === 0) continue;
        const all = existing.get(term.topologyKey);
        if (all) all.push(new DomainCounts(domains));
        else existing.set(term.topologyKey, [new DomainCounts(domains)]);
      }
      if (existing.size === 0 && affinity.required.length === 0 && affinity.requiredAnti.length === 0) return { skip: true };
      const required = affinity.required.map(named);
      const all = required.length > 0 ? counts(required) : undefined;
      state.data.set(
        name,
        new FilterData(
          namespaceLabels,
          existing,
          required.map((term) => ({ term, counts: new DomainCounts(all!.byDomain(term.topologyKey)) })),
          affinity.requiredAnti.map(named).map((term) => ({ term, counts: new DomainCounts(counts([term]).byDomain(term.topologyKey)) })),
        ),
      );
      return undefined;
    },
    addPod: (state, pod, added, node) => (state.data.get(name) as FilterData).count(pod, added, node, 1),
    removePod: (state, pod, removed, node) => (state.data.get(name) as FilterData).count(pod, removed, node, -1),
    filter(state, pod, { node }) {
      const data = state.data.get(name) as FilterData;
      const labels = node.metadata!.labels ?? {};
      if (!satisfiesAffinity(data, pod, labels)) return unresolvable(name, "node(s) didn't match pod affinity rules");
      for (const { term, counts: found } of data.requiredAnti) {
        const domain = labels[term.topologyKey];
        if (domain !== undefined && found.get(domain) > 0) return unschedulable(name, "node(s) didn't match pod anti-affinity rules");
      }
      for (const [topologyKey, all] of data.existing) {
        const domain = labels[topologyKey];
        if (domain === undefined) continue;
        if (all.reduce((sum, each) => sum + each.get(domain), 0) > 0)
          return unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    },
    preScore(state, pod) {
      const { preferred, preferredAnti } = affinityTermsOf(pod);
      if (ignorePreferredTermsOfExistingPods && preferred.length === 0 && preferredAnti.length === 0) return 'skip';
      const parts: ScoreData['parts'][number][] = [];
      const add = (topologyKey: string, domains: Domains, weight: number) => {
        if (domains.size > 0 && weight !== 0) parts.push({ topologyKey, counts: domains, weight });
      };
      for (const [terms, sign] of [
        [preferred, 1],
        [preferredAnti, -1],
      ] as const) {
        for (const { term, weight } of terms) add(term.topologyKey, counts([named(term)]).byDomain(term.topologyKey), sign * weight);
      }
      for (const { role, term, weight, counts: found } of cluster.affinity.concerning(pod, labelsOfNamespace(pod), roles)) {
        const own = role === 'required' ? hardPodAffinityWeight : role === 'preferred' ? weight : -weight;
        add(term.topologyKey, found.byDomain(term.topologyKey), own);
      }
      if (parts.length === 0) return 'skip';
      state.data.set(scoreKey, { parts } satisfies ScoreData);
      return undefined;
    },
    score(state, _pod, { node }) {
      const labels = node.metadata!.labels ?? {};
      let total = 0;
      for (const { topologyKey, counts: domains, weight } of (state.data.get(scoreKey) as ScoreData).parts) {
        const domain = labels[topologyKey];
        if (domain !== undefined) total += (domains.get(domain) ?? 0) * weight;
      }
      return total;
    },
    normalize(_state, _pod, scores) {
      const least = Math.min(...scores);
      const range = Math.max(...scores) - least;
      for (let i = 0; i < scores.length; i++) scores[i] = range > 0 ? Math.trunc(maxNodeScore * ((scores[i]! - least) / range)) : 0;
    },
  };
}

/** The first of a group of pods that want to be together has none to join: it may go anywhere, if it is one of those that it wants. */
function satisfiesAffinity({ required }: FilterData, pod: Pod, labels: Labels): boolean {
  if (required.length === 0) return true;
  if (required.some(({ term }) => labels[term.topologyKey] === undefined)) return false;
  if (required.every(({ term, counts }) => counts.get(labels[term.topologyKey]!) > 0)) return true;
  return required.every(({ term, counts }) => counts.isEmpty() && termMatches(term, pod, undefined));
}

function selectedByAll(terms: readonly AffinityTerm[], pod: Pod): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, pod, undefined));
}

function podMayHelp(waiting: Pod, { object, old }: { object?: Pod; old?: Pod }): boolean {
  if (object && old && object.metadata!.uid === waiting.metadata!.uid) return true;
  for (const pod of [object, old]) if (pod && !pod.spec!.nodeName && !pod.status?.nominatedNodeName) return false;
  const { required, requiredAnti } = affinityTermsOf(waiting);
  if (object && old) {
    if (!selectedByAll(required, old) && selectedByAll(required, object)) return true;
    return selectedByAll(requiredAnti, old) && !selectedByAll(requiredAnti, object);
  }
  if (object) return selectedByAll(required, object);
  return selectedByAll(requiredAnti, old!) || selectedByAll(affinityTermsOf(old!).requiredAnti, waiting);
}

function nodeMayHelp(waiting: Pod, { object, old }: { object?: any; old?: any }): boolean {
  const { required, requiredAnti } = affinityTermsOf(waiting);
  const value = (node: any, { topologyKey }: AffinityTerm): string | undefined => node.metadata.labels?.[topologyKey];
  for (const term of required) {
    const now = value(object, term);
    if (now !== undefined && (!old || value(old, term) !== now)) return true;
  }
  for (const term of requiredAnti) {
    if (!old) return true;
    const before = value(old, term);
    if (before !== undefined && value(object, term) !== before) return true;
  }
  return false;
}
