import type { KubeObject } from '../../api/meta/object.ts';
import { keyOf } from '../runtime/keys.ts';
import type { Lister } from './handle.ts';

/**
 * Objects as the informer has them, and in the place of some what they will be once a write of ours has been seen. What was assumed
 * counts until the informer has another version of the object than the one that it was made from.
 */
export class AssumeCache<T extends KubeObject> {
  private readonly lister: Lister<T>;
  private readonly assumed = new Map<string, { readonly object: T; readonly basedOn: string | undefined }>();

  constructor(lister: Lister<T>) {
    this.lister = lister;
  }

  get(namespace: string, name: string): T | undefined {
    const known = this.lister.get(namespace, name);
    return known && this.current(known);
  }

  /** The newer one of what the informer reported and what was assumed. */
  current(known: T): T {
    if (this.assumed.size === 0) return known;
    const key = keyOf(known);
    const assumption = this.assumed.get(key);
    if (!assumption) return known;
    if (known.metadata!.resourceVersion === assumption.basedOn) return assumption.object;
    this.assumed.delete(key);
    return known;
  }

  /** @param object a changed copy of what `get` gave */
  assume(object: T): void {
    const known = this.lister.get(object.metadata!.namespace ?? '', object.metadata!.name!);
    this.assumed.set(keyOf(object), { object, basedOn: known?.metadata?.resourceVersion });
  }

  restore(object: T): void {
    this.assumed.delete(keyOf(object));
  }
}
