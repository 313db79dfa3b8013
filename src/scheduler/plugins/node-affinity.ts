import type { PreferredSchedulingTerm } from '../../../openapi/types.ts';
import { matchesNodeAffinity, matchesTerm } from '../../runtime/node-selection.ts';
import { normalizeByHighest, type Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const name = 'NodeAffinity';

/** nodeSelector and node affinity: the required terms filter, the preferred ones score. */
export const nodeAffinity: Plugin = {
  name,
  preFilter(_state, pod, cluster) {
    const { nodeSelector, affinity } = pod.spec!;
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!nodeSelector && !required) return { skip: true };
    const named = namedNodes(required?.nodeSelectorTerms ?? []);
    if (named?.size === 0) return { refusal: unresolvable(name, 'pod affinity terms conflict') };
    return named ? { nodes: new Set([...named].filter((node) => cluster.node(node))) } : undefined;
  },
  filter(_state, pod, { node }) {
    return matchesNodeAffinity(pod, node) ? undefined : unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
  },
  preScore: (_state, pod) => (preferences(pod).length === 0 ? 'skip' : undefined),
  score(_state, pod, { node }) {
    let total = 0;
    for (const { weight, preference } of preferences(pod)) if (matchesTerm(preference, node)) total += weight;
    return total;
  },
  normalize: (_state, _pod, scores) => normalizeByHighest(scores, false),
  mayHelp: (event, pod) =>
    event.resource === 'pod' || (event.resource === 'node' && event.action !== 'delete' && matchesNodeAffinity(pod, event.object)),
};

function preferences(pod: { spec?: { affinity?: any } }): readonly PreferredSchedulingTerm[] {
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
