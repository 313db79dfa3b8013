import type { KubeObject } from '../../meta/object.ts';

const kept = [
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
] as const;

/** Puts back the metadata that a subresource may not change: all but the managed fields and what identifies the object. */
export function keepMetadata(object: KubeObject, old: KubeObject): void {
  const meta = (object.metadata ??= {}) as Record<string, unknown>;
  const before = (old.metadata ?? {}) as Record<string, unknown>;
  for (const name of kept) {
    if (before[name] === undefined) delete meta[name];
    else meta[name] = before[name];
  }
}
