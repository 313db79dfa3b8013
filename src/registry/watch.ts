import type { KubeObject } from '../../api/meta/object.ts';
import { apiVersionOf } from '../../api/meta/object.ts';
import { RevisionTooLargeError, StorageClosedError, WatchTooOldError } from '../storage/errors.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { CacheEvent, CacheWatchOptions } from '../storage/watch-cache/types.ts';
import { type ApiError, expired } from './errors.ts';
import { readError, tooLargeResourceVersion } from './errors-of-storage.ts';
import { freshnessTimeoutMs, revisionForRead } from './get.ts';
import type { ListOptions } from './options.ts';
import type { Attributes, ResourceStore } from './resource-store.ts';
import { cacheFilter, type Selection, scopeOf } from './selection.ts';

/** What a watcher sees, in the store's version. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly stored?: StoredObject;
  /** Of a BOOKMARK. */
  readonly object?: KubeObject;
  readonly line?: Buffer;
}

export interface WatchSink {
  /** Once: the cache is as fresh as asked, and events follow. */
  started(): void;
  /** Once: the present state has been told, where that was asked for. */
  stateTold?(): void;
  /** A promise says that the receiver's buffer is full: the next call comes after it is fulfilled. */
  events(events: readonly WatchEvent[]): void | Promise<void>;
  /** The watch is over: with an error that the client is told, or without a word. No call follows. */
  ended(error: ApiError | undefined): void;
}

type WatchOptions = Pick<ListOptions, 'resourceVersion' | 'sendInitialEvents' | 'allowWatchBookmarks'> & {
  /** When the caller will end it, in milliseconds from now. */
  readonly endsInMs: number;
  /** What the object of a bookmark has besides its metadata. */
  readonly emptyObject: Readonly<Record<string, unknown>>;
};

/**
 * Prepares a watch. What cannot be read of its options is thrown at once; everything else is told to the sink.
 * @returns starts the watch, and returns what stops it
 * @throws ApiError 500 for what is no resourceVersion
 */
export function prepareWatch(store: ResourceStore, selection: Selection, options: WatchOptions): (sink: WatchSink) => () => void {
  const revision = revisionForRead(options.resourceVersion);
  return (sink) => {
    const watch = new RegistryWatch(store, selection, options, revision, sink);
    void watch.run();
    return () => watch.stop();
  };
}

class RegistryWatch {
  private readonly store: ResourceStore;
  private readonly selection: Selection;
  private readonly options: WatchOptions;
  private readonly revision: number;
  private readonly sink: WatchSink;
  private over = false;
  private release: (() => void) | undefined;

  constructor(store: ResourceStore, selection: Selection, options: WatchOptions, revision: number, sink: WatchSink) {
    this.store = store;
    this.selection = selection;
    this.options = options;
    this.revision = revision;
    this.sink = sink;
  }

  async run(): Promise<void> {
    try {
      const cache = await this.store.readyCache();
      const from = await this.start();
      if (this.over) return;
      this.sink.started();
      const watch = await cache.watch(this.cacheOptions(from), {
        events: (events) => this.give(events),
        bookmark: (revision) => {
          if (revision >= this.revision && !this.store.definition.readsFromStorage) this.bookmark(revision, false);
        },
        initialEventsEnd: (revision) => {
          if (!this.options.allowWatchBookmarks || !this.options.sendInitialEvents) return;
          this.bookmark(revision, true);
          this.sink.stateTold?.();
        },
        ended: (error) => this.end(error),
      });
      if (this.over) watch.stop();
      else this.release = () => watch.stop();
    } catch (error) {
      this.end(error);
    }
  }

  stop(): void {
    this.over = true;
    this.release?.();
    this.release = undefined;
  }

  private end(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.sink.ended(watchError(error));
  }

  // From which revision, once the cache is as fresh as asked.
  private async start(): Promise<number | 'now' | 'state'> {
    const { store, options } = this;
    if (!options.sendInitialEvents) return this.revision === 0 ? (options.sendInitialEvents === false ? 'now' : 'state') : this.revision;
    const wanted = options.resourceVersion === '' ? await store.storage.currentRevision() : this.revision;
    if (store.cache.revision < wanted) await store.cache.freshAtLeast(wanted, freshnessTimeoutMs);
    return 'state';
  }

  private cacheOptions(from: number | 'now' | 'state'): CacheWatchOptions<Attributes> {
    const filter = cacheFilter(this.selection);
    return {
      scope: scopeOf(this.store, this.selection),
      from,
      ...(filter ? { filter } : {}),
      bookmarks: this.options.allowWatchBookmarks,
      endsAt: this.store.parts.clock.monotonic() + this.options.endsInMs,
    };
  }

  private give(events: readonly CacheEvent<Attributes>[]): void | Promise<void> {
    if (this.over) return;
    const fetching = this.store.definition.convert?.remote && this.store.fetch(events.map(({ stored }) => stored));
    if (fetching) return fetching.then(() => this.pass(events));
    return this.pass(events);
  }

  private pass(events: readonly CacheEvent<Attributes>[]): void | Promise<void> {
    if (!this.over) return this.sink.events(this.store.watchEvents(events));
  }

  private bookmark(revision: number, initialEventsEnd: boolean): void {
    if (this.over) return;
    const { definition } = this.store;
    const annotations = { ...(initialEventsEnd && { 'k8s.io/initial-events-end': 'true' }), ...definedOf(definition.derivedAnnotations) };
    const object = {
      kind: definition.kind,
      apiVersion: apiVersionOf(definition.group, definition.version),
      metadata: { resourceVersion: String(revision), ...(Object.keys(annotations).length > 0 && { annotations }) },
      ...this.options.emptyObject,
    };
    void this.sink.events([{ type: 'BOOKMARK', object }]);
  }
}

// Watchers who cannot be served from where they were are told so; one who lagged, whose cache restarted or whose kind has changed just begins anew.
function watchError(error: unknown): ApiError | undefined {
  if (error instanceof StorageClosedError) return undefined;
  if (error instanceof WatchTooOldError) return expired(error.message);
  if (error instanceof RevisionTooLargeError) return tooLargeResourceVersion(error.requested, error.current, 1);
  const known = readError(error, 0);
  return known === error ? undefined : (known as ApiError);
}

function definedOf(values: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
