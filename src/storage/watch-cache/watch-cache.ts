import type { Clock, Timer } from '../../machinery/clock.ts';
import { CompactedError, RevisionTooLargeError, StorageClosedError, WatchCacheRestartedError, WatchTooOldError } from '../errors.ts';
import { type Change, prefixEnd, type WatchSink } from '../storage.ts';
import { Bookmarks } from './bookmarks.ts';
import { CacheChange, LineStore } from './cache-change.ts';
import { CacheStats } from './cache-stats.ts';
import { CacheWatcher, covers, type Prelude, type WatcherHost } from './cache-watcher.ts';
import { type CachedEntry, cachedEntry } from './cached-entry.ts';
import { EventRing } from './event-ring.ts';
import { LiveWatchers } from './live-watchers.ts';
import { ObjectSet } from './object-set.ts';
import type {
  CachedObject,
  CacheList,
  CacheListOptions,
  CacheWatch,
  CacheWatchOptions,
  CacheWatchSink,
  WatchCacheLimits,
  WatchCacheOptions,
} from './types.ts';
import { RevisionWaiters } from './waiters.ts';

export type * from './types.ts';

const defaultLimits: WatchCacheLimits = {
  minEvents: 100,
  maxEvents: 100_000,
  maxEventBytes: 16 * 1024 * 1024,
  roomyEvents: 1000,
  eventFreshMs: 75_000,
  stallMs: 60_000,
  bookmarkMs: 60_000,
  idleMs: 5 * 60_000,
};

const pageLength = 1000;
/** For a list of an earlier state, so many changes are gone through for each page. */
const mostUndone = 20_000;
const lineBytes = 4 * 1024 * 1024;
const restartMs = 200;
const bookmarkWaitMs = 5000;
const lastBookmarkMs = 2000;

/**
 * The objects below one prefix of a store, in memory: the present state with indexes, and the latest changes for watchers. It knows only
 * what its own watch of storage tells it, so whoever must see a write waits for its revision with `freshAtLeast`. It costs nothing
 * before its first use, nor when nobody has used it for some minutes.
 */
export class WatchCache<A = undefined> implements AsyncDisposable, WatcherHost<A> {
  readonly clock: Clock;
  readonly stallMs: number;
  readonly stats = new CacheStats();
  private readonly options: WatchCacheOptions<A>;
  private readonly limits: WatchCacheLimits;
  private readonly lines = new LineStore(lineBytes);
  private readonly live: LiveWatchers<A>;
  private readonly watchers = new Set<CacheWatcher<A>>();
  private readonly bookmarks: Bookmarks<CacheWatcher<A>>;
  private readonly waiters: RevisionWaiters;
  private objects = new ObjectSet<A>();
  private events: EventRing<A>;
  private seen = 0;
  private loading: Promise<void> | undefined;
  private following = new AbortController();
  private restarting = false;
  private used = false;
  private idleTimer: Timer | undefined;
  private readonly closing = new AbortController();

  constructor(options: WatchCacheOptions<A>) {
    this.options = options;
    this.clock = options.clock;
    this.limits = { ...defaultLimits, ...options.limits };
    this.stallMs = this.limits.stallMs;
    this.live = new LiveWatchers(options.prefix);
    this.events = new EventRing(0, this.limits);
    this.waiters = new RevisionWaiters(options.clock, () => options.storage.requestProgress());
    this.bookmarks = new Bookmarks(options.clock, options.random, this.limits.bookmarkMs, (due) => this.sendBookmarks(due));
  }

  /** The revision whose state is held; 0 before the first use has loaded it. */
  get revision(): number {
    return this.seen;
  }

  /** How many objects are held. */
  get size(): number {
    return this.objects.size;
  }

  /** Bytes of the JSON of the objects held. */
  get bytes(): number {
    return this.objects.bytes;
  }

  /** How many watchers there are. */
  get watcherCount(): number {
    return this.watchers.size;
  }

  get ring(): EventRing<A> {
    return this.events;
  }

  /** Whether it has a state to read; asking for that is a use of it. */
  use(): boolean {
    this.used = true;
    return this.seen > 0;
  }

  /** Starts the cache if need be, and resolves when it has a state to read: then `get` and `list` work. @throws what storage throws */
  ready(): Promise<void> {
    this.used = true;
    if (this.closing.signal.aborted) return Promise.reject(new StorageClosedError());
    this.loading ??= this.load().catch((error) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /** Resolves when all changes up to `revision` have been seen (0: when there is any state). @throws RevisionTooLargeError after timeoutMs */
  async freshAtLeast(revision: number, timeoutMs: number): Promise<void> {
    const began = this.clock.monotonic();
    await this.ready();
    try {
      if (this.seen < revision) await this.waiters.wait(revision, timeoutMs, () => new RevisionTooLargeError(revision, this.seen));
    } finally {
      if (revision > 0) this.stats.waits.observe((this.clock.monotonic() - began) / 1000);
    }
  }

  /** Only after `ready` or `freshAtLeast`. */
  get(key: string): CachedObject<A> | undefined {
    return this.objects.get(key);
  }

  /** Only after `ready` or `freshAtLeast`. */
  list(options: CacheListOptions<A>): CacheList<A> {
    return this.counted(options, this.objects.list(options, this.seen));
  }

  /**
   * The state as of an earlier revision, made of the present one and the changes since: undefined where these are no longer all here, or too many. Only
   * after `ready` or `freshAtLeast`.
   */
  listAt(revision: number, options: CacheListOptions<A>): CacheList<A> | undefined {
    if (revision > this.seen || revision < this.events.floor) return undefined;
    const first = this.events.positionAfter(revision);
    if (this.events.end - first > mostUndone) return undefined;
    const before = new Map<string, CachedEntry<A> | undefined>();
    for (let position = first; position < this.events.end; position++) {
      const { key, previous } = this.events.at(position);
      if (!before.has(key)) before.set(key, previous);
    }
    return this.counted(
      options,
      before.size === 0 ? this.objects.list(options, revision) : this.objects.listBefore(options, revision, before),
    );
  }

  /**
   * Resolves when the watch is set up; events may come before. @throws WatchTooOldError if changes after `from` have been compacted.
   * A revision in the future is fine: what is not above it is left out.
   */
  async watch(options: CacheWatchOptions<A>, sink: CacheWatchSink<A>): Promise<CacheWatch> {
    await this.ready();
    const { from, scope, indexValue } = options;
    let prelude: Prelude<A> = { revision: this.seen };
    if (from === 'state') {
      const state = indexValue ? this.objects.indexed(indexValue.index, indexValue.value, scope) : this.objects.all(scope);
      prelude = { state, revision: this.seen };
    } else if (typeof from === 'number') {
      prelude = { revision: from };
      // While the older changes are read, the ring may move on; what comes meanwhile is the ring's to give.
      while (prelude.revision < this.events.floor) {
        const until = this.seen;
        prelude = { history: await this.readHistory(from, until, options), revision: until };
      }
      this.refuseCompacted(from);
    }
    const watcher: CacheWatcher<A> = new CacheWatcher(this, options, sink, prelude);
    this.watchers.add(watcher);
    if (options.bookmarks) this.bookmarks.add(watcher, options.endsAt === undefined ? undefined : options.endsAt - lastBookmarkMs);
    watcher.start();
    return watcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort(new StorageClosedError());
    this.waiters.close(new StorageClosedError());
    for (const watcher of [...this.watchers]) watcher.end(new StorageClosedError());
    this.bookmarks.close();
    this.idleTimer?.cancel();
  }

  joinLive(watcher: CacheWatcher<A>): void {
    this.live.add(watcher);
  }

  leaveLive(watcher: CacheWatcher<A>): void {
    this.live.remove(watcher);
  }

  forget(watcher: CacheWatcher<A>): void {
    this.watchers.delete(watcher);
    this.bookmarks.remove(watcher);
  }

  /** Reads the present state page by page, all as of one revision, and watches from there. */
  private async load(): Promise<void> {
    const { storage, prefix } = this.options;
    const end = prefixEnd(prefix);
    for (;;) {
      try {
        const objects = new ObjectSet<A>();
        let revision: number | undefined;
        for (let start = prefix, more = true; more; ) {
          const page = await storage.range(start, end, { limit: pageLength, ...(revision === undefined ? {} : { revision }) });
          for (const { key, value, modRevision } of page.entries) objects.put(cachedEntry(key, value, modRevision, this.options));
          revision = page.revision;
          more = page.more;
          start = `${page.entries.at(-1)?.key}\0`;
        }
        this.closing.signal.throwIfAborted();
        this.objects = objects;
        this.events = new EventRing(revision!, this.limits);
        this.seen = revision!;
        await this.follow(end);
        this.stats.loads++;
        this.waiters.reached(this.seen);
        this.restarting = false;
        this.awaitIdleness();
        return;
      } catch (error) {
        // Compaction has overtaken the reading: read anew.
        if (!(error instanceof CompactedError)) throw error;
      }
    }
  }

  private awaitIdleness(): void {
    this.idleTimer?.cancel();
    if (this.closing.signal.aborted) return;
    this.idleTimer = this.clock.timer(
      this.limits.idleMs,
      () => {
        if (this.used || this.watchers.size > 0 || this.restarting) {
          this.used = false;
          this.awaitIdleness();
        } else this.unload();
      },
      { background: true },
    );
  }

  /** Back to where it was before its first use. */
  private unload(): void {
    this.following.abort();
    this.objects = new ObjectSet();
    this.events = new EventRing(0, this.limits);
    this.seen = 0;
    this.loading = undefined;
  }

  private async follow(end: string): Promise<void> {
    const stopping = new AbortController();
    this.following = stopping;
    const sink: WatchSink = {
      changes: (changes) => {
        if (stopping.signal.aborted) return;
        try {
          this.ingest(changes);
        } catch (error) {
          stopping.abort();
          this.restart(error as Error);
        }
      },
      progress: (revision) => {
        if (!stopping.signal.aborted) this.advance(revision);
      },
      failed: (error) => {
        if (!stopping.signal.aborted) this.restart(error);
      },
    };
    const signal = AbortSignal.any([stopping.signal, this.closing.signal]);
    await this.options.storage.watch(this.options.prefix, end, this.seen, sink, signal);
  }

  /** Ends all watchers, since they may miss something, and loads the state anew; until then readers see the old one. */
  private restart(cause: Error): void {
    if (this.closing.signal.aborted) return;
    const { logger, prefix } = this.options;
    logger.warn({ err: cause, prefix }, 'the watch cache starts anew');
    for (const watcher of [...this.watchers]) watcher.end(new WatchCacheRestartedError(cause));
    this.restarting = true;
    this.loading = this.reload();
    // Whoever uses the cache meanwhile hears of a failure; the next use tries again.
    this.loading.catch((error) => {
      this.loading = undefined;
      this.restarting = false;
      if (!this.closing.signal.aborted) logger.error({ err: error, prefix }, 'the watch cache cannot be loaded');
    });
  }

  private async reload(): Promise<void> {
    await this.clock.sleep(restartMs, this.closing.signal);
    await this.load();
  }

  private ingest(changes: readonly Change[]): void {
    const time = this.clock.monotonic();
    this.stats.received += changes.length;
    const seen: CacheChange<A>[] = [];
    for (const { type, key, value, revision } of changes) {
      const previous = this.objects.get(key);
      const current = type === 'put' ? cachedEntry(key, value!, revision, this.options) : undefined;
      if (!current && !previous) continue;
      if (current) this.objects.put(current);
      else this.objects.delete(key);
      const change = new CacheChange<A>({ revision, current, previous, time }, this.lines);
      this.events.push(change);
      seen.push(change);
    }
    this.seen = Math.max(this.seen, changes.at(-1)!.revision);
    this.live.dispatch(seen);
    this.waiters.reached(this.seen);
  }

  private counted({ scope, filter }: CacheListOptions<A>, list: CacheList<A>): CacheList<A> {
    const { lists } = this.stats;
    lists.total++;
    lists.fetched += filter ? this.objects.countOf(scope) : list.items.length;
    lists.returned += list.items.length;
    return list;
  }

  private advance(revision: number): void {
    if (revision <= this.seen) return;
    this.seen = revision;
    this.waiters.reached(revision);
  }

  /** What storage has forgotten is too old here as well, so that the answer does not depend on how much the ring happens to hold. */
  private refuseCompacted(from: number): void {
    const compacted = this.options.storage.compactedRevision();
    const next = this.events.positionAfter(from);
    if (from < compacted && next < this.events.end && this.events.at(next).revision <= compacted)
      throw new WatchTooOldError(from, compacted);
  }

  /** The changes of a scope after one revision, up to another, out of storage's history. @throws WatchTooOldError */
  private async readHistory(from: number, until: number, { scope }: CacheWatchOptions<A>): Promise<CacheChange<A>[]> {
    const { storage, prefix } = this.options;
    const time = this.clock.monotonic();
    const history: CacheChange<A>[] = [];
    const stopping = new AbortController();
    const signal = AbortSignal.any([stopping.signal, this.closing.signal]);
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new StorageClosedError()), { once: true });
        const sink: WatchSink = {
          changes: (changes) => {
            try {
              for (const change of changes)
                if (change.revision <= until && covers(scope, change.key)) history.push(this.pastChange(change, time));
              if (changes.at(-1)!.revision >= until) resolve();
            } catch (error) {
              reject(error);
            }
          },
          progress: (revision) => revision >= until && resolve(),
          failed: reject,
        };
        storage.watch(prefix, prefixEnd(prefix), from, sink, signal).then(() => storage.requestProgress(), reject);
      });
    } catch (error) {
      if (error instanceof CompactedError) throw new WatchTooOldError(from, error.compactedRevision);
      throw error;
    } finally {
      stopping.abort();
    }
    return history;
  }

  private pastChange({ key, type, value, revision, previous }: Change, time: number): CacheChange<A> {
    const current = type === 'put' ? cachedEntry(key, value!, revision, this.options) : undefined;
    const before = previous && cachedEntry(key, previous.value, previous.modRevision, this.options);
    return new CacheChange({ revision, current, previous: before, time }, this.lines);
  }

  private sendBookmarks(due: readonly CacheWatcher<A>[]): void {
    const send = () => {
      for (const watcher of due) if (watcher.isLive) watcher.sink.bookmark(watcher.revision);
    };
    // A bookmark of the revision that is held is right as well, only not as new as it could be.
    this.options.storage
      .currentRevision()
      .then((revision) => this.freshAtLeast(revision, bookmarkWaitMs))
      .then(send, send);
  }
}
