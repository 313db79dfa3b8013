import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Random } from '../../machinery/random.ts';
import type { Storage } from '../storage.ts';
import type { StoredObject } from '../stored-object.ts';

export interface WatchCacheOptions<A> {
  readonly storage: Storage;
  /** All that the cache holds begins with it; ends in `/`. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What filters look at (labels, selectable fields…), taken once from each version of an object, so that filtering never parses JSON. */
  readonly attributes?: (object: KubeObject) => A;
  /** Secondary indexes: the values under which an object is found. */
  readonly indexes?: Readonly<Record<string, (object: KubeObject) => readonly string[]>>;
  readonly limits?: Partial<WatchCacheLimits>;
}

/** How much the cache remembers. */
export interface WatchCacheLimits {
  /** Events that are always kept for watchers who start late or lag. */
  readonly minEvents: number;
  /** Events beyond it are dropped, whatever their age. */
  readonly maxEvents: number;
  /** The same for the bytes of the objects which only these events keep. */
  readonly maxEventBytes: number;
  /** Events are not dropped for being old before this many are there. */
  readonly roomyEvents: number;
  /** Older events are dropped when there is no more room. */
  readonly eventFreshMs: number;
  /** A watcher that does not drain for so long while events wait for it is cut off. */
  readonly stallMs: number;
  /** Bookmarks come so often, with a jitter of a quarter. */
  readonly bookmarkMs: number;
  /** What nobody has read or watched for so long, and at most twice as long, is let go of. */
  readonly idleMs: number;
}

/** An object in the cache: shared by all readers, never changed. */
export interface CachedObject<A> extends StoredObject {
  readonly attributes: A;
}

export type CacheFilter<A> = (attributes: A, object: CachedObject<A>) => boolean;

/** One object by its key, or all below a prefix that ends in `/`. */
export type CacheScope = { readonly key: string } | { readonly prefix: string };

export interface CacheListOptions<A> {
  readonly scope: CacheScope;
  /** Only keys greater than this one (a continue token's). */
  readonly after?: string;
  readonly filter?: CacheFilter<A>;
  readonly limit?: number;
  /** Look only at objects with this value in this index. */
  readonly indexValue?: IndexValue;
}

export interface IndexValue {
  readonly index: string;
  readonly value: string;
}

export interface CacheList<A> {
  /** In key order. */
  readonly items: readonly CachedObject<A>[];
  /** The state of this revision. */
  readonly revision: number;
  /** How many objects of the scope (filtered or not) come after the last item; 0 unless a limit cut the list. */
  readonly remaining: number;
}

export interface CacheWatchOptions<A> {
  readonly scope: CacheScope;
  /** After this revision; `now`: only what comes; `state`: first an ADDED for each present object, then `initialEventsEnd`. */
  readonly from: number | 'now' | 'state';
  readonly filter?: CacheFilter<A>;
  /** Promises that the filter lets nothing pass without this value, so that other events need not be tested. */
  readonly indexValue?: IndexValue;
  /** Whether `bookmark` is called now and then. */
  readonly bookmarks?: boolean;
  /** When the watch is going to end, in milliseconds of the clock's monotonic time: a last bookmark comes two seconds before. */
  readonly endsAt?: number;
}

/** What happened to an object, as one kind of watcher sees it; one instance is shared by all watchers that see the same. */
export interface CacheEvent<A = unknown> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** For DELETED the last state, with the revision of the event that removed it from sight. */
  readonly stored: CachedObject<A>;
  /** `{"type":…,"object":…}` and a newline, as JSON watches send it. Made when first asked for, kept while the event is being handed out. */
  readonly line: Buffer;
}

/** Takes what a watcher sees. Called synchronously; must not throw. */
export interface CacheWatchSink<A> {
  /**
   * In order of revision; never empty, the array is not kept by the cache. Watchers that see the same get the same array. A promise says that the consumer's buffer is full: the next
   * call comes after it is fulfilled. Events wait meanwhile, until they are too many or too old: then the watch ends.
   */
  events(events: readonly CacheEvent<A>[]): void | Promise<void>;
  /** Everything at or below `revision` has been given. Only if `bookmarks` was asked for. */
  bookmark(revision: number): void;
  /** The state of `revision` has been given (`from: 'state'`). */
  initialEventsEnd(revision: number): void;
  /** The watch ended by itself (WatchTooOldError, WatchLaggedError, WatchCacheRestartedError, StorageClosedError); no call follows. */
  ended(error: Error): void;
}

export interface CacheWatch {
  /** Everything at or below it has been given to the sink. */
  readonly revision: number;
  /** No call to the sink follows. */
  stop(): void;
}
