import type { KubeObject } from '../../api/meta/object.ts';
import type { Informer } from './informer.ts';
import { keyOf } from './keys.ts';

/**
 * An informer's objects as they are after our own writes, which the informer tells of a little later: for controllers whose next decision depends on what
 * they have just written.
 */
export class Newest {
  readonly informer: Informer;
  private readonly written = new Map<string, KubeObject>();

  constructor(informer: Informer) {
    this.informer = informer;
    const drop = (object: KubeObject) => this.forgetUpTo(object);
    informer.addHandler({ added: drop, updated: drop, deleted: (object) => void this.written.delete(keyOf(object)) });
  }

  getByKey(key: string): KubeObject | undefined {
    return this.written.get(key) ?? this.informer.getByKey(key);
  }

  newest(object: KubeObject): KubeObject {
    return this.written.get(keyOf(object)) ?? object;
  }

  /** Notes the answer to our own update, and returns it. What the informer does not know is gone meanwhile. */
  remember(object: KubeObject): KubeObject {
    const known = this.informer.getByKey(keyOf(object));
    if (known && isNewer(object, known)) this.written.set(keyOf(object), object);
    return object;
  }

  private forgetUpTo(seen: KubeObject): void {
    const own = this.written.get(keyOf(seen));
    if (own && !isNewer(own, seen)) this.written.delete(keyOf(seen));
  }
}

// Versions of one resource are numbers that grow (KEP-5504).
function isNewer(a: KubeObject, b: KubeObject): boolean {
  return BigInt(a.metadata!.resourceVersion ?? 0) > BigInt(b.metadata!.resourceVersion ?? 0);
}
