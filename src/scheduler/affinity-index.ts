import type { Labels } from '../../api/meta/label-selector.ts';
import type { Pod } from '../../openapi/types.ts';
import { type AffinityTerm, termMatches } from './affinity-term.ts';
import { NodeCounts } from './node-counts.ts';
import type { PodInfo } from './node-info.ts';

export type TermRole = 'required' | 'requiredAnti' | 'preferred' | 'preferredAnti';

/** All pods that have the same term in the same role with the same weight, counted by where they are. */
export interface TermGroup {
  readonly role: TermRole;
  readonly term: AffinityTerm;
  readonly weight: number;
  readonly counts: NodeCounts;
}

/** The affinity terms of the pods on nodes, by the namespaces that they look at: a cycle sees only those that may concern its pod. */
export class AffinityIndex {
  private readonly groups = new Map<string, TermGroup>();
  private readonly byNamespace = new Map<string, Set<TermGroup>>();
  /** Groups that select namespaces by labels. */
  private readonly selecting = new Set<TermGroup>();
  private readonly labelsOf: (node: string) => Labels | undefined;

  constructor(labelsOf: AffinityIndex['labelsOf']) {
    this.labelsOf = labelsOf;
  }

  podChanged({ affinity }: PodInfo, node: string, by: 1 | -1): void {
    for (const term of affinity.required) this.count('required', term, 0, node, by);
    for (const term of affinity.requiredAnti) this.count('requiredAnti', term, 0, node, by);
    for (const { term, weight } of affinity.preferred) this.count('preferred', term, weight, node, by);
    for (const { term, weight } of affinity.preferredAnti) this.count('preferredAnti', term, weight, node, by);
  }

  nodeChanged(node: string, old: Labels | undefined, labels: Labels | undefined): void {
    for (const { counts } of this.groups.values()) counts.relabel(node, old, labels);
  }

  /** The groups whose term selects the pod. */
  *concerning(pod: Pod, namespaceLabels: Labels | undefined, roles: ReadonlySet<TermRole>): Iterable<TermGroup> {
    for (const group of this.byNamespace.get(pod.metadata!.namespace!) ?? []) {
      if (roles.has(group.role) && group.term.selector.matches(pod.metadata!.labels)) yield group;
    }
    for (const group of this.selecting) {
      if (group.term.namespaces.has(pod.metadata!.namespace!)) continue; // Was among the first.
      if (roles.has(group.role) && termMatches(group.term, pod, namespaceLabels)) yield group;
    }
  }

  private count(role: TermRole, term: AffinityTerm, weight: number, node: string, by: 1 | -1): void {
    const key = `${role} ${weight} ${term.text}`;
    let group = this.groups.get(key);
    if (!group) {
      group = { role, term, weight, counts: new NodeCounts(this.labelsOf) };
      this.groups.set(key, group);
      for (const namespace of term.namespaces) {
        const groups = this.byNamespace.get(namespace);
        if (groups) groups.add(group);
        else this.byNamespace.set(namespace, new Set([group]));
      }
      if (!term.namespaceSelector.isNothing()) this.selecting.add(group);
    }
    group.counts.add(node, by);
    if (!group.counts.isEmpty) return;
    this.groups.delete(key);
    this.selecting.delete(group);
    for (const namespace of term.namespaces) {
      const groups = this.byNamespace.get(namespace)!;
      groups.delete(group);
      if (groups.size === 0) this.byNamespace.delete(namespace);
    }
  }
}
