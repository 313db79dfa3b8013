import type { Node, NodeAffinity, Pod, PreferredSchedulingTerm } from '../../../openapi/types.ts';
import { matchesNodeAffinity, matchesTerm } from '../../runtime/node-selection.ts';
import { normalizeByHighest, type Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const name = 'NodeAffinity';

export interface NodeAffinityArguments {
  /** What counts as if every pod of the profile said it. */
  readonly addedAffinity?: NodeAffinity;
}

/** nodeSelector and node affinity: the required terms filter, the preferred ones score. */
export function nodeAffinity({ addedAffinity }: NodeAffinityArguments = {}): Plugin {
  const enforced = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const addedPreferences = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const isEnforced = (node: Node) => !enforced || enforced.nodeSelectorTerms.some((term) => matchesTerm(term, node));
  return {
    name,
    events: [
      {
        resource: 'Node',
        actions: ['add', 'updateNodeLabel'],
        hint: (pod, { object, old }) => isEnforced(object) && matchesNodeAffinity(pod, object) && !(old && matchesNodeAffinity(pod, old)),
      },
    ],
    sign({ spec }) {
      const { nodeSelector, affinity } = spec!;
      return nodeSelector || affinity?.nodeAffinity ? JSON.stringify([nodeSelector, affinity?.nodeAffinity]) : '';
    },
    preFilter(_state, pod) {
      const { nodeSelector, affinity } = pod.spec!;
      const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!nodeSelector && !required && !enforced) return { skip: true };
      const named = namedNodes(required?.nodeSelectorTerms ?? []);
      if (named?.size === 0) return { refusal: unresolvable(name, 'pod affinity terms conflict') };
      return named ? { nodes: named } : undefined;
    },
    filter(_state, pod, { node }) {
      if (!isEnforced(node)) return unresolvable(name, "node(s) didn't match scheduler-enforced node affinity");
      return matchesNodeAffinity(pod, node) ? undefined : unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
    },
    preScore: (_state, pod) => (preferences(pod).length + addedPreferences.length === 0 ? 'skip' : undefined),
    score(_state, pod, { node }) {
      let total = 0;
      for (const terms of [addedPreferences, preferences(pod)]) {
        for (const { weight, preference } of terms) if (weight !== 0 && matchesTerm(preference, node)) total += weight;
      }
      return total;
    },
    normalize: (_state, _pod, scores) => normalizeByHighest(scores, false),
  };
}

function preferences(pod: Pod): readonly PreferredSchedulingTerm[] {
  return pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** The nodes that the terms name (as DaemonSet pods do); undefined if one of the terms names none. */
function namedNodes(terms: readonly { matchFields?: { key: string; operator: string; values?: string[] }[] }[]): Set<string> | undefined {
  if (terms.length === 0) return undefined;
  const all = new Set<string>();
  for (const term of terms) {
    let names: string[] | undefined;
    for (const { key, operator, values = [] } of term.matchFields ?? []) {
      if (key === 'metadata.name' && operator === 'In') names = names ? names.filter((node) => values.includes(node)) : values;
    }
    if (!names) return undefined;
    for (const node of names) all.add(node);
  }
  return all;
}
