import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Clock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { seededRandom } from '../../machinery/random.ts';
import { compareKeys } from '../../machinery/sorted-map.ts';
import { CompactedError, WatchTooOldError } from '../errors.ts';
import { openLevelStorage } from '../level/level-storage.ts';
import { openMemoryStorage } from '../memory/memory-storage.ts';
import { decodeStored, encodeStored } from '../object-codec.ts';
import type { Change, Entry, RangeOptions, RangeResult, Storage, WatchSink, WriteOptions } from '../storage.ts';
import { storageSuite } from '../suite.ts';
import { type CachedObject, type CacheEvent, type CacheWatch, WatchCache } from './watch-cache.ts';

const root = await mkdtemp(join(tmpdir(), 'orrery-contract-'));
after(() => rm(root, { recursive: true, force: true }));

const wrap = (value: Uint8Array) => encodeStored({ data: Buffer.from(value).toString('base64') });
const dataOf = (object: CachedObject<undefined>) => Buffer.from(object.object['data'], 'base64');
const unwrap = (value: Uint8Array) => Buffer.from(decodeStored('', value, 0).object['data'], 'base64');

/**
 * A store that reads the present and watches through a watch cache over another store. What a cache does not keep (create revisions,
 * the values before) comes from a watch of the store itself, so each event is compared with it.
 */
class CachedStorage implements Storage {
  private readonly storage: Storage;
  private readonly cache: WatchCache;
  private readonly known = new Map<number, Change>();
  private readonly created = new Map<string, number>();
  private readonly watches = new Map<WatchSink, CacheWatch>();
  private readonly stopping = new AbortController();

  private constructor(storage: Storage, clock: Clock) {
    this.storage = storage;
    this.cache = new WatchCache({ storage, prefix: '/', clock, random: seededRandom(1), logger: silentLogger });
  }

  static async over(storage: Storage, clock: Clock): Promise<CachedStorage> {
    const cached = new CachedStorage(storage, clock);
    const from = storage.compactedRevision();
    for (const { key, createRevision } of (await storage.range('/', '0')).entries) cached.created.set(key, createRevision);
    await storage.watch('/', '0', from, cached.bookkeeper(), cached.stopping.signal);
    const revision = await storage.currentRevision();
    while (cached.known.size < revision - from) await new Promise((resolve) => setImmediate(resolve));
    return cached;
  }

  async get(key: string, revision?: number): Promise<Entry | undefined> {
    if (revision !== undefined) return plain(await this.storage.get(key, revision));
    await this.cache.freshAtLeast(await this.storage.currentRevision(), 1000);
    const object = this.cache.get(key);
    return object && this.entryOf(object);
  }

  async revisionOf(key: string): Promise<number | undefined> {
    return (await this.get(key))?.modRevision;
  }

  async range(start: string, end: string, options: RangeOptions = {}): Promise<RangeResult> {
    if (options.revision) {
      const result = await this.storage.range(start, end, options);
      return { ...result, entries: result.entries.map((entry) => plain(entry)!) };
    }
    await this.cache.freshAtLeast(await this.storage.currentRevision(), 1000);
    const filter = (_: undefined, object: CachedObject<undefined>) => inside(start, end, object.key);
    const { items, revision } = this.cache.list({ scope: { prefix: '/' }, filter, ...(options.limit ? { limit: options.limit } : {}) });
    const count = this.cache.list({ scope: { prefix: '/' }, filter }).items.length;
    return { entries: items.map((object) => this.entryOf(object)), revision, count, more: count > items.length };
  }

  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number> {
    return this.storage.create(key, wrap(value), options);
  }

  update(key: string, value: Uint8Array, expected: number, options?: WriteOptions): Promise<number> {
    return this.storage.update(key, wrap(value), expected, options);
  }

  delete(key: string, expected: number): Promise<number> {
    return this.storage.delete(key, expected);
  }

  async watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): Promise<void> {
    const deliver = (run: () => void) => queueMicrotask(() => !signal.aborted && run());
    const isPrefix = start.endsWith('/') && end === `${start.slice(0, -1)}0`;
    const filter = (_: undefined, object: CachedObject<undefined>) => inside(start, end, object.key);
    try {
      const watch = await this.cache.watch(
        isPrefix ? { scope: { prefix: start }, from: revision } : { scope: { prefix: '/' }, from: revision, filter },
        {
          events: (events) => deliver(() => sink.changes(events.map((event) => this.changeOf(event)))),
          bookmark: () => {},
          initialEventsEnd: () => {},
          ended: (error) => sink.failed(error),
        },
      );
      this.watches.set(sink, watch);
      signal.addEventListener('abort', () => {
        this.watches.delete(sink);
        watch.stop();
      });
    } catch (error) {
      throw error instanceof WatchTooOldError ? new CompactedError(error.oldest) : error;
    }
  }

  currentRevision(): Promise<number> {
    return this.storage.currentRevision();
  }

  requestProgress(): void {
    const tell = async () => {
      await this.cache.freshAtLeast(await this.storage.currentRevision(), 1000);
      for (const [sink, watch] of this.watches) {
        const { revision } = watch;
        queueMicrotask(() => this.watches.has(sink) && sink.progress(revision));
      }
    };
    tell().catch(() => undefined);
  }

  compact(revision: number): Promise<void> {
    return this.storage.compact(revision);
  }

  compactedRevision(): number {
    return this.storage.compactedRevision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.cache[Symbol.asyncDispose]();
    this.watches.clear();
    await this.storage[Symbol.asyncDispose]();
  }

  private bookkeeper(): WatchSink {
    return {
      changes: (changes) => {
        for (const change of changes) {
          const { key, createRevision, previous } = change;
          const before = previous && { modRevision: previous.modRevision, value: unwrap(previous.value) };
          this.known.set(change.revision, {
            type: change.type,
            key,
            createRevision,
            revision: change.revision,
            ...(change.value ? { value: unwrap(change.value) } : {}),
            ...(before ? { previous: before } : {}),
          });
          this.created.set(key, createRevision);
        }
      },
      progress: () => {},
      failed: (error) => {
        throw error;
      },
    };
  }

  private entryOf(object: CachedObject<undefined>): Entry {
    return { key: object.key, value: dataOf(object), createRevision: this.created.get(object.key)!, modRevision: object.revision };
  }

  private changeOf({ type, stored }: CacheEvent<undefined>): Change {
    const change = this.known.get(stored.revision)!;
    const expected = change.type === 'delete' ? 'DELETED' : change.previous ? 'MODIFIED' : 'ADDED';
    const value = change.value ?? change.previous!.value;
    if (type !== expected || stored.key !== change.key || Buffer.compare(dataOf(stored), value) !== 0) {
      throw new Error(`${type} of ${stored.key} at ${stored.revision} is not ${expected} of ${change.key}`);
    }
    return change;
  }
}

function inside(start: string, end: string, key: string): boolean {
  return compareKeys(start, key) <= 0 && compareKeys(key, end) < 0;
}

function plain(entry: Entry | undefined): Entry | undefined {
  return entry && { ...entry, value: unwrap(entry.value) };
}

storageSuite('watch cache over memory', { open: async (clock) => CachedStorage.over(openMemoryStorage({ clock }), clock) });

let stores = 0;
const directories = new WeakMap<Storage, string>();
const openIn = async (directory: string, clock: Clock) => {
  const storage = await CachedStorage.over(await openLevelStorage(directory, { clock }), clock);
  directories.set(storage, directory);
  return storage;
};

storageSuite('watch cache over level', {
  open: (clock) => openIn(join(root, `${stores++}`), clock),
  async reopen(storage, clock) {
    await storage[Symbol.asyncDispose]();
    return openIn(directories.get(storage)!, clock);
  },
});
