import type { CacheChange } from './cache-change.ts';
import type { CacheWatcher } from './cache-watcher.ts';
import type { CacheEvent } from './types.ts';

/** The watchers that get changes as they come, found by what they watch: a change costs what it concerns, not what there is. */
export class LiveWatchers<A> {
  /** The cache's prefix is the shortest that is watched. */
  private readonly prefixLength: number;
  private readonly byKey = new Map<string, Set<CacheWatcher<A>>>();
  private readonly byPrefix = new Map<string, Set<CacheWatcher<A>>>();
  private readonly byIndex = new Map<string, Map<string, Set<CacheWatcher<A>>>>();

  constructor(prefix: string) {
    this.prefixLength = prefix.length;
  }

  add(watcher: CacheWatcher<A>): void {
    const { map, key } = this.placeOf(watcher);
    const there = map.get(key);
    if (there) there.add(watcher);
    else map.set(key, new Set([watcher]));
  }

  remove(watcher: CacheWatcher<A>): void {
    const { map, key } = this.placeOf(watcher);
    const there = map.get(key);
    if (there?.delete(watcher) && there.size === 0) map.delete(key);
  }

  /** Offers each change to whom it may concern, then hands out what each of them has taken, in one call. */
  dispatch(changes: readonly CacheChange<A>[]): void {
    const taking: CacheWatcher<A>[] = [];
    for (const change of changes) {
      const offer = (watcher: CacheWatcher<A>) => {
        if (watcher.offer(change)) taking.push(watcher);
      };
      this.byKey.get(change.key)?.forEach(offer);
      if (this.byPrefix.size > 0) {
        const { key } = change;
        for (let slash = this.prefixLength - 1; slash !== -1; slash = key.indexOf('/', slash + 1)) {
          this.byPrefix.get(key.slice(0, slash + 1))?.forEach(offer);
        }
      }
      for (const [index, byValue] of this.byIndex) {
        if (byValue.size === 0) continue;
        const now = change.current?.indexed.get(index) ?? [];
        for (const value of now) byValue.get(value)?.forEach(offer);
        for (const value of change.previous?.indexed.get(index) ?? []) if (!now.includes(value)) byValue.get(value)?.forEach(offer);
      }
    }
    let last: readonly CacheEvent<A>[] = [];
    for (const watcher of taking) last = watcher.flush(last);
  }

  private placeOf({ scope, options: { indexValue } }: CacheWatcher<A>): { map: Map<string, Set<CacheWatcher<A>>>; key: string } {
    if ('key' in scope) return { map: this.byKey, key: scope.key };
    if (!indexValue) return { map: this.byPrefix, key: scope.prefix };
    let map = this.byIndex.get(indexValue.index);
    if (!map) this.byIndex.set(indexValue.index, (map = new Map()));
    return { map, key: indexValue.value };
  }
}
