import type { KubeObject } from '../../../api/meta/object.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maximumAnnotation = 'deployment.kubernetes.io/max-replicas';
export const rollbackAnnotation = 'deprecated.deployment.rollback.to';
const historyAtMost = 2000;

// These are written by us, or mean the object that they stand on: they are not copied between Deployment and ReplicaSet.
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maximumAnnotation,
  rollbackAnnotation,
]);

type Annotations = Record<string, string>;

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** Revisions are 64 bits wide. */
function revisionIn(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

/** The revision of a ReplicaSet or Deployment; 0 without one. */
export function revisionOf(object: KubeObject): bigint {
  return revisionIn(object.metadata!.annotations?.[revisionAnnotation]) ?? 0n;
}

export function desiredReplicasOf(set: KubeObject): number | undefined {
  return integerOf(set.metadata!.annotations?.[desiredAnnotation]);
}

export function maximumReplicasOf(set: KubeObject): number | undefined {
  return integerOf(set.metadata!.annotations?.[maximumAnnotation]);
}

/** The annotations with what the Deployment asked for and allowed when the set was last scaled. */
export function withReplicas(annotations: Annotations | undefined, desired: number, maximum: number): Annotations {
  return { ...annotations, [desiredAnnotation]: String(desired), [maximumAnnotation]: String(maximum) };
}

export function hasReplicas(annotations: Annotations | undefined, desired: number, maximum: number): boolean {
  return annotations?.[desiredAnnotation] === String(desired) && annotations[maximumAnnotation] === String(maximum);
}

function copied(annotations: Annotations | undefined): Annotations {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => !notCopied.has(name)));
}

/** A ReplicaSet's annotations once it is the Deployment's newest: the Deployment's own, its revision and, if it comes back, its earlier ones. */
export function annotationsOfNewSet(deployment: KubeObject, current: Annotations | undefined, revision: bigint): Annotations {
  const annotations: Annotations = { ...current, ...copied(deployment.metadata!.annotations) };
  const before = current?.[revisionAnnotation];
  const beforeNumber = before === undefined ? 0n : revisionIn(before);
  if (beforeNumber === undefined || beforeNumber >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (before !== undefined) annotations[historyAnnotation] = withHistory(annotations[historyAnnotation], before);
  return annotations;
}

function withHistory(history: string | undefined, revision: string): string {
  if (!history) return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  while (length > historyAtMost && revisions.length > 0) length -= revisions.shift()!.length + 1;
  return length <= historyAtMost ? [...revisions, revision].join(',') : history;
}

/** A Deployment's annotations after it was rolled back to a ReplicaSet. */
export function annotationsOfRollback(deployment: KubeObject, set: KubeObject): Annotations {
  const own = Object.entries(deployment.metadata!.annotations ?? {}).filter(([name]) => notCopied.has(name));
  return { ...Object.fromEntries(own), ...copied(set.metadata!.annotations) };
}

/** The revision that the rollback annotation asks for (0: the last one); undefined if there is none. */
export function rollbackTarget(deployment: KubeObject): bigint | undefined {
  return revisionIn(deployment.metadata!.annotations?.[rollbackAnnotation]);
}
