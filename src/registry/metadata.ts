import { semanticEqual } from '../../api/meta/equal.ts';
import type { ObjectMeta, OwnerReference } from '../../api/meta/object.ts';
import { badRequest } from './errors.ts';

const systemFields = ['creationTimestamp', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'];

/** Takes away what only the server sets, from an object that is to be created. */
export function wipeSystemFields(metadata: ObjectMeta): void {
  for (const name of systemFields) if (name in metadata) delete (metadata as Record<string, unknown>)[name];
}

/**
 * Puts the object into the request's namespace ('' for none).
 * @throws ApiError 400 if it names another
 */
export function ensureNamespace(metadata: ObjectMeta, namespace: string): void {
  const own = metadata.namespace ?? '';
  if (own === namespace) return;
  if (namespace === '') {
    delete metadata.namespace;
    return;
  }
  if (own !== '') throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = namespace;
}

/** Drops owner references that stand there twice, with a warning. */
export function dedupeOwnerReferences(metadata: ObjectMeta, afterMutatingAdmission: boolean, warn: (text: string) => void): void {
  const references = metadata.ownerReferences;
  if (!references || references.length < 2) return;
  const kept: OwnerReference[] = [];
  const duplicates: string[] = [];
  for (const reference of references) {
    if (kept.some((other) => semanticEqual(other, reference))) duplicates.push(reference.uid);
    else kept.push(reference);
  }
  if (duplicates.length === 0) return;
  metadata.ownerReferences = kept;
  const when = afterMutatingAdmission ? ' after mutating admission happens' : '';
  warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(', ')}`,
  );
}
