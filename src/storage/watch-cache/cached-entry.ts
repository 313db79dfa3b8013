import type { KubeObject } from '../../../api/meta/object.ts';
import { type Spliced, SplicedObject, sourceOf, spliceRevision } from '../object-codec.ts';
import type { CachedObject } from './types.ts';

/** What a cache takes from each version of an object. */
export interface Extraction<A> {
  readonly attributes?: (object: KubeObject) => A;
  readonly indexes?: Readonly<Record<string, (object: KubeObject) => readonly string[]>>;
}

const unindexed: ReadonlyMap<string, readonly string[]> = new Map();

export class CachedEntry<A> extends SplicedObject implements CachedObject<A> {
  readonly attributes: A;
  /** For each index the values under which the object is found. */
  readonly indexed: ReadonlyMap<string, readonly string[]>;

  constructor(
    key: string,
    revision: number,
    from: Spliced | SplicedObject,
    taken: { attributes: A; indexed: ReadonlyMap<string, readonly string[]> },
  ) {
    super(key, revision, from);
    this.attributes = taken.attributes;
    this.indexed = taken.indexed;
  }

  /** The same object as of another revision, as a watch shows what is gone. */
  at(revision: number): CachedEntry<A> {
    const entry = new CachedEntry(this.key, revision, this, this);
    entry.shareParsed(this);
    return entry;
  }
}

export function cachedEntry<A>(key: string, value: Uint8Array, revision: number, extraction: Extraction<A>): CachedEntry<A> {
  const spliced = spliceRevision(key, value, revision);
  const { attributes, indexes } = extraction;
  if (!attributes && !indexes) return new CachedEntry(key, revision, spliced, { attributes: undefined as A, indexed: unindexed });
  const object = sourceOf(value, revision) ?? spliced.parse(spliced.json.toString('utf8'));
  let indexed = unindexed;
  if (indexes) indexed = new Map(Object.entries(indexes).map(([name, valuesOf]) => [name, distinct(valuesOf(object))]));
  const entry = new CachedEntry<A>(key, revision, spliced, { attributes: attributes?.(object) as A, indexed });
  entry.hold(object);
  return entry;
}

function distinct(values: readonly string[]): readonly string[] {
  return values.length > 1 ? [...new Set(values)] : values;
}
