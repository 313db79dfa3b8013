import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { byCreation } from '../../runtime/objects.ts';
import { revisionOf } from './annotations.ts';

export const hashLabel = 'pod-template-hash';

export const replicasOf = (object: KubeObject): number => object.spec.replicas ?? 1;

function withoutHash(template: any): unknown {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Whether two pod templates are the same but for the hash label. */
export function sameTemplate(a: unknown, b: unknown): boolean {
  return semanticEqual(withoutHash(a), withoutHash(b));
}

/** The template of a ReplicaSet as a Deployment has it. */
export function templateWithoutHash(set: KubeObject): unknown {
  return withoutHash(set.spec.template);
}

/** The set whose template the Deployment has now: the oldest, if there are several. */
export function findNewSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  return [...sets].sort(byCreation).find((set) => sameTemplate(set.spec.template, deployment.spec.template));
}

export function activeOf(sets: readonly (KubeObject | undefined)[]): KubeObject[] {
  return sets.filter((set): set is KubeObject => set !== undefined && replicasOf(set) > 0);
}

export function sumReplicas(sets: readonly (KubeObject | undefined)[]): number {
  return sets.reduce((sum, set) => sum + (set ? replicasOf(set) : 0), 0);
}

/** The sum of a count in the statuses of the sets. */
export function sumStatus(sets: readonly (KubeObject | undefined)[], field: string): number {
  return sets.reduce((sum, set) => sum + (set?.status?.[field] ?? 0), 0);
}

export function maximumRevision(sets: readonly KubeObject[]): bigint {
  return sets.map(revisionOf).reduce((most, revision) => (revision > most ? revision : most), 0n);
}

/** The second highest revision; 0 if there is none. */
export function lastRevision(sets: readonly KubeObject[]): bigint {
  let most = 0n;
  let second = 0n;
  for (const set of sets) {
    const revision = revisionOf(set);
    if (revision >= most) [most, second] = [revision, most];
    else if (revision > second) second = revision;
  }
  return second;
}

/** The only active set, or the newest if none is; undefined if several are. */
export function activeOrLatest(newSet: KubeObject | undefined, oldSets: readonly KubeObject[]): KubeObject | undefined {
  const active = activeOf([...oldSets, newSet]);
  if (active.length > 1) return undefined;
  return active[0] ?? newSet ?? [...oldSets].sort(byCreation).at(-1);
}

/** Largest first; of the same size, the newer or the older first. */
export function bySize(newerFirst: boolean): (a: KubeObject, b: KubeObject) => number {
  return (a, b) => replicasOf(b) - replicasOf(a) || (newerFirst ? byCreation(b, a) : byCreation(a, b));
}
