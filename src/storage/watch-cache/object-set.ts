import { compareKeys, SortedMap } from '../../machinery/sorted-map.ts';
import { prefixEnd } from '../storage.ts';
import { covers } from './cache-watcher.ts';
import type { CachedEntry } from './cached-entry.ts';
import type { CacheList, CacheListOptions, CacheScope } from './types.ts';

const maxListed = 16;

/** The present objects in key order, with their secondary indexes. */
export class ObjectSet<A> {
  private readonly objects = new SortedMap<CachedEntry<A>>();
  /** What was listed since the last change: who lists the same again gets the same array, and with it the bytes made of it. */
  private readonly listed = new Map<string, WeakRef<readonly CachedEntry<A>[]>>();
  private total = 0;
  private readonly indexes = new Map<string, Map<string, Map<string, CachedEntry<A>>>>();

  get size(): number {
    return this.objects.size;
  }

  /** The JSON of all objects together, give or take the digits of their versions. */
  get bytes(): number {
    return this.total;
  }

  get(key: string): CachedEntry<A> | undefined {
    return this.objects.get(key);
  }

  put(entry: CachedEntry<A>): void {
    if (this.listed.size > 0) this.listed.clear();
    const before = this.objects.set(entry.key, entry);
    this.total += entry.length - (before?.length ?? 0);
    for (const [index, values] of entry.indexed) {
      const byValue = this.index(index);
      for (const value of values) {
        const there = byValue.get(value);
        if (there) there.set(entry.key, entry);
        else byValue.set(value, new Map([[entry.key, entry]]));
      }
    }
    if (before) this.unindex(before, entry);
  }

  delete(key: string): void {
    if (this.listed.size > 0) this.listed.clear();
    const before = this.objects.delete(key);
    this.total -= before?.length ?? 0;
    if (before) this.unindex(before, undefined);
  }

  /** How many objects of a scope there are. */
  countOf(scope: CacheScope): number {
    return this.objects.count(...boundsOf(scope));
  }

  list({ scope, after, filter, limit = 0, indexValue }: CacheListOptions<A>, revision: number): CacheList<A> {
    const [start, end] = boundsOf(scope);
    const from = after !== undefined && after >= start ? `${after}\0` : start;
    const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
    const items = filter || indexValue ? this.chosen(from, end, most, { scope, filter, indexValue }) : this.page(from, end, most);
    const remaining = items.length < most ? 0 : this.objects.count(`${items.at(-1)!.key}\0`, end);
    return { items, revision, remaining };
  }

  /** The same as of an earlier state. @param before what stood then under the keys that have changed since */
  listBefore(
    { scope, after, filter, limit = 0 }: Omit<CacheListOptions<A>, 'indexValue'>,
    revision: number,
    before: ReadonlyMap<string, CachedEntry<A> | undefined>,
  ): CacheList<A> {
    const [start, end] = boundsOf(scope);
    const from = after !== undefined && after >= start ? `${after}\0` : start;
    const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
    const gone = [...before.values()].filter((entry) => entry !== undefined && !this.objects.has(entry.key)) as CachedEntry<A>[];
    gone.sort((a, b) => compareKeys(a.key, b.key));
    const items: CachedEntry<A>[] = [];
    const take = (entry: CachedEntry<A> | undefined) => {
      if (entry && (!filter || filter(entry.attributes, entry))) items.push(entry);
      return items.length < most;
    };
    const isWithin = ({ key }: CachedEntry<A>) => compareKeys(from, key) <= 0 && compareKeys(key, end) < 0;
    const missing = gone.filter(isWithin);
    let next = 0;
    let full = false;
    const takeUpTo = (key: string | undefined) => {
      while (!full && next < missing.length && (key === undefined || compareKeys(missing[next]!.key, key) < 0))
        full = !take(missing[next++]);
    };
    this.objects.scan(from, end, (entry) => {
      takeUpTo(entry.key);
      if (!full) full = !take(before.has(entry.key) ? before.get(entry.key) : entry);
      return !full;
    });
    takeUpTo(undefined);
    return { items, revision, remaining: full ? this.countBefore(`${items.at(-1)!.key}\0`, end, before) : 0 };
  }

  /** How many there were in a range. */
  private countBefore(from: string, end: string, before: ReadonlyMap<string, CachedEntry<A> | undefined>): number {
    let count = this.objects.count(from, end);
    for (const [key, entry] of before) {
      if (compareKeys(from, key) > 0 || compareKeys(key, end) >= 0) continue;
      count += (entry ? 1 : 0) - (this.objects.has(key) ? 1 : 0);
    }
    return count;
  }

  private chosen(
    from: string,
    end: string,
    most: number,
    { scope, filter, indexValue }: Pick<CacheListOptions<A>, 'scope' | 'filter' | 'indexValue'>,
  ): CachedEntry<A>[] {
    const items: CachedEntry<A>[] = [];
    const take = (entry: CachedEntry<A>) => {
      if (!filter || filter(entry.attributes, entry)) items.push(entry);
      return items.length < most;
    };
    if (indexValue) {
      for (const entry of this.indexed(indexValue.index, indexValue.value, scope)) if (entry.key >= from && !take(entry)) break;
    } else this.objects.scan(from, end, take);
    return items;
  }

  /** All objects of a scope, in key order. */
  all(scope: CacheScope): readonly CachedEntry<A>[] {
    return this.page(...boundsOf(scope), Number.POSITIVE_INFINITY);
  }

  private page(from: string, end: string, most: number): readonly CachedEntry<A>[] {
    const name = `${from}\n${end}\n${most}`;
    const known = this.listed.get(name)?.deref();
    if (known) return known;
    const items: CachedEntry<A>[] = [];
    this.objects.scan(from, end, (entry) => items.push(entry) < most);
    if (this.listed.size >= maxListed) this.listed.clear();
    this.listed.set(name, new WeakRef(items));
    return items;
  }

  /** The objects of a scope with this value in an index, in key order. */
  indexed(index: string, value: string, scope: CacheScope): CachedEntry<A>[] {
    const found = [...(this.indexes.get(index)?.get(value)?.values() ?? [])].filter((entry) => covers(scope, entry.key));
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private index(name: string): Map<string, Map<string, CachedEntry<A>>> {
    let index = this.indexes.get(name);
    if (!index) this.indexes.set(name, (index = new Map()));
    return index;
  }

  private unindex(before: CachedEntry<A>, now: CachedEntry<A> | undefined): void {
    for (const [name, values] of before.indexed) {
      const kept = now?.indexed.get(name);
      const index = this.index(name);
      for (const value of values) {
        if (kept?.includes(value)) continue;
        const there = index.get(value);
        if (there?.delete(before.key) && there.size === 0) index.delete(value);
      }
    }
  }
}

function boundsOf(scope: CacheScope): [start: string, end: string] {
  return 'key' in scope ? [scope.key, `${scope.key}\0`] : [scope.prefix, prefixEnd(scope.prefix)];
}
