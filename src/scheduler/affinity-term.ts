import { LabelSelector, type LabelSelectorObject, type Labels, selectorFromObject } from '../../api/meta/label-selector.ts';
import type { Pod, PodAffinityTerm } from '../../openapi/types.ts';

/** One term of a pod's affinity or anti-affinity, ready to use. */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelSelector;
  readonly selector: LabelSelector;
  readonly topologyKey: string;
  /** Equal for terms that mean the same. */
  readonly text: string;
}

export interface WeightedAffinityTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}

/** The terms of a pod's affinity, which nearly all pods have none of. */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedAffinityTerm[];
  readonly preferredAnti: readonly WeightedAffinityTerm[];
}

const none: AffinityTerms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };

export function affinityTermsOf(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return none;
  const parse = (term: PodAffinityTerm) => termOf(term, pod.metadata!.namespace!);
  const weighted = (terms: readonly { weight: number; podAffinityTerm: PodAffinityTerm }[] | undefined) =>
    (terms ?? []).map(({ weight, podAffinityTerm }) => ({ weight, term: parse(podAffinityTerm) }));
  return {
    required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(parse),
    requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(parse),
    preferred: weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

function termOf(term: PodAffinityTerm, namespace: string): AffinityTerm {
  const names = term.namespaces?.length ? [...term.namespaces].sort() : term.namespaceSelector ? [] : [namespace];
  const selector = selectorFromObject(term.labelSelector as LabelSelectorObject | undefined);
  const namespaceSelector = selectorFromObject(term.namespaceSelector as LabelSelectorObject | undefined);
  return {
    namespaces: new Set(names),
    namespaceSelector,
    selector,
    topologyKey: term.topologyKey,
    text: JSON.stringify([names, selectorText(namespaceSelector), selectorText(selector), term.topologyKey]),
  };
}

/** A selector as a text of its own: also those without requirements, which select nothing or everything. */
export function selectorText(selector: LabelSelector): string {
  return selector.isNothing() ? '<nothing>' : selector.toString();
}

/** @param namespaceLabels those of the pod's namespace */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: Labels | undefined): boolean {
  if (!term.namespaces.has(pod.metadata!.namespace!) && !term.namespaceSelector.matches(namespaceLabels)) return false;
  return term.selector.matches(pod.metadata!.labels);
}

/** The term with its namespaces named instead of selected. */
export function withNamespaces(term: AffinityTerm, names: readonly string[]): AffinityTerm {
  const namespaces = new Set([...term.namespaces, ...names]);
  const text = JSON.stringify([[...namespaces].sort(), '<nothing>', selectorText(term.selector), term.topologyKey]);
  return { ...term, namespaces, namespaceSelector: LabelSelector.nothing, text };
}
