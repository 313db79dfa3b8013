import type { KubeObject } from '../../api/meta/object.ts';

/**
 * An object as it is stored, with its revision: encoded once, parsed at most once, shared by every reader. The stored value is the
 * JSON of the object without its resourceVersion, which is only known after the write; `object-codec.ts` puts it in.
 */
export interface StoredObject {
  /** The storage key. */
  readonly key: string;
  readonly revision: number;
  /** The whole object as JSON, metadata.resourceVersion included. Never changed. */
  readonly json: Buffer;
  /** The same, parsed when first asked for. Shared: never change it (deep-frozen in tests), copy it. */
  readonly object: KubeObject;
}
