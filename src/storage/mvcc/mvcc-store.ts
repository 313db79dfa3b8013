import type { Clock } from '../../machinery/clock.ts';
import { nextTurn } from '../../machinery/next-turn.ts';
import { compareKeys, SortedMap } from '../../machinery/sorted-map.ts';
import { CompactedError, FutureRevisionError, KeyExistsError, RevisionConflictError, StorageClosedError } from '../errors.ts';
import type { Entry, RangeOptions, RangeResult, Storage, WatchSink, WriteOptions } from '../storage.ts';
import type { Backend, Inventory } from './backend.ts';
import { ChangeLog } from './change-log.ts';
import { Leases } from './leases.ts';
import { Version } from './version.ts';
import { WatchHub, type WatchSource } from './watch-hub.ts';

/** A write on its way to the backend. */
interface Write {
  readonly version: Version;
  readonly resolve: (revision: number) => void;
  readonly reject: (error: Error) => void;
  /** Refusals that were decided against this write; they are told when it is decided itself. */
  refusals: { readonly error: Error; readonly reject: (error: Error) => void }[];
}

export interface MvccOptions {
  readonly clock: Clock;
  /** Told once if a write fails for a reason that is not the caller's (a full disk…); the store takes no more writes. */
  readonly onFailure?: (error: Error) => void;
}

// One batch takes so many writes or bytes; what comes beyond waits for the next.
const batchWrites = 1024;
const batchBytes = 8 * 1024 * 1024;
// Compaction removes so many versions at a time.
const compactionStep = 500;

/**
 * The store over any backend. Whether a write may happen is decided at once, in memory, against the newest version of its key, be that
 * committed or still queued. Queued writes go to the backend in batches, one batch at a time; when a batch is durable, its versions
 * become visible to readers, then to watchers, and then their promises are fulfilled. A refusal that was decided against a queued
 * write waits for that write, so that whoever is refused can read what it lost against.
 */
export class MvccStore implements Storage, WatchSource {
  private readonly backend: Backend;
  private readonly clock: Clock;
  private readonly onFailure: ((error: Error) => void) | undefined;
  private readonly leases: Leases;
  private readonly hub: WatchHub = new WatchHub(this);
  private readonly log: ChangeLog;
  /** The newest committed versions: of entries that are there, and of keys that are deleted but not yet compacted. */
  private readonly live = new SortedMap<Version>();
  private readonly dead = new SortedMap<Version>();
  /** The newest queued write of each key. */
  private readonly pending = new Map<string, Write>();
  private queue: Write[] = [];
  private writing = false;
  private scheduled = false;
  private committed: number;
  private assigned: number;
  private compacted: number;
  private compaction: Promise<void> = Promise.resolve();
  private idle: (() => void) | undefined;
  private unusable: Error | undefined;

  constructor(backend: Backend, inventory: Inventory, options: MvccOptions) {
    this.backend = backend;
    this.clock = options.clock;
    this.onFailure = options.onFailure;
    this.leases = new Leases(options.clock, (key, revision) => this.expire(key, revision));
    this.compacted = inventory.compacted;
    this.committed = this.assigned = inventory.revision;
    this.log = new ChangeLog(inventory.compacted);
    const left: Version[] = [];
    for (const version of inventory.versions) {
      version.previous = this.live.get(version.key) ?? this.dead.get(version.key);
      this.apply(version);
      if (version.revision > this.compacted) this.log.push(version);
      else if (version.previous || version.deleted) left.push(version);
    }
    for (const { expiry, key, revision } of this.live.values()) if (expiry !== undefined) this.leases.add(key, revision, expiry);
    if (left.length > 0) this.compaction = this.sweep(left).catch((error) => this.fail(error as Error));
  }

  get revision(): number {
    return this.committed;
  }

  async get(key: string, revision?: number): Promise<Entry | undefined> {
    const version = this.isPresent(revision) ? this.live.get(key) : asOf(this.live.get(key) ?? this.dead.get(key), revision!);
    if (!version) return undefined;
    const value = version.value ?? this.backend.value(version);
    return entryOf(version, (value instanceof Promise ? await value : value) ?? this.gone());
  }

  async isStale(key: string): Promise<boolean> {
    const version = this.live.get(key);
    return version !== undefined && this.backend.isStale?.(version) === true;
  }

  async revisionOf(key: string): Promise<number | undefined> {
    return this.live.get(key)?.revision;
  }

  async range(start: string, end: string, options: RangeOptions = {}): Promise<RangeResult> {
    const limit = options.limit || Number.POSITIVE_INFINITY;
    const versions: Version[] = [];
    let count: number;
    if (this.isPresent(options.revision)) {
      count = this.live.count(start, end);
      this.live.scan(start, end, (version) => versions.push(version) < limit);
    } else {
      count = this.countAsOf(start, end, options.revision!);
      for (const head of this.heads(start, end)) {
        const version = asOf(head, options.revision!);
        if (version && versions.push(version) >= limit) break;
      }
    }
    const revision = options.revision || this.committed;
    const values = await this.readValues(versions);
    const entries = versions.map((version, i) => entryOf(version, values[i]!));
    return { entries, revision, more: count > entries.length, count };
  }

  async create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number> {
    const head = this.head(key);
    if (head && !head.deleted) return this.refuse(new KeyExistsError(key), key);
    return this.enqueue({ key: head?.key ?? key, value, deleted: false, previous: head, createRevision: this.assigned + 1 }, options);
  }

  async update(key: string, value: Uint8Array, expected: number, options?: WriteOptions): Promise<number> {
    const head = this.head(key);
    if (!head || head.deleted || head.revision !== expected) return this.refuse(conflictOf(key, head), key);
    return this.enqueue({ key: head.key, value, deleted: false, previous: head, createRevision: head.createRevision }, options);
  }

  async delete(key: string, expected: number): Promise<number> {
    const head = this.head(key);
    if (!head || head.deleted || head.revision !== expected) return this.refuse(conflictOf(key, head), key);
    return this.enqueue({ key: head.key, deleted: true, previous: head, createRevision: head.createRevision });
  }

  async watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): Promise<void> {
    if (this.unusable) throw this.unusable;
    this.hub.watch(start, end, revision, sink, signal);
  }

  async currentRevision(): Promise<number> {
    return this.committed;
  }

  requestProgress(): void {
    this.hub.requestProgress();
  }

  async compact(revision: number): Promise<void> {
    if (revision > this.committed) throw new FutureRevisionError(this.committed);
    if (this.unusable) throw this.unusable;
    if (revision <= this.compacted) return;
    this.compacted = revision;
    this.compaction = this.compaction.then(async () => {
      await this.backend.markCompacted(revision);
      await this.sweep(this.log.through(revision));
      this.log.dropThrough(revision);
    });
    this.compaction.catch((error) => this.fail(error as Error));
    await this.compaction;
  }

  compactedRevision(): number {
    return this.compacted;
  }

  size(): number | undefined {
    return this.backend.size?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.unusable instanceof StorageClosedError) return;
    this.leases.close();
    this.hub.close(new StorageClosedError());
    this.unusable ??= new StorageClosedError();
    if (this.writing || this.queue.length > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.compaction.catch(() => undefined);
    await this.backend.close();
  }

  versionAt(revision: number): Version {
    return this.log.at(revision);
  }

  readValue(version: Version): Uint8Array {
    const value = version.value ?? this.backend.value(version) ?? this.gone();
    if (value instanceof Promise) throw new Error(`the value of ${version.key} was not prepared`);
    return value;
  }

  prepare(versions: readonly Version[]): Promise<void> | undefined {
    return this.backend.prepare?.(versions);
  }

  async readValues(versions: readonly Version[]): Promise<Uint8Array[]> {
    const values = await this.backend.values(versions);
    if (values.includes(undefined)) this.gone();
    return values as Uint8Array[];
  }

  private gone(): never {
    throw new CompactedError(this.compacted);
  }

  /** Whether a read of this revision is one of the present state. @throws CompactedError, FutureRevisionError */
  private isPresent(revision: number | undefined): boolean {
    if (!revision || revision === this.committed) return true;
    if (revision > this.committed) throw new FutureRevisionError(this.committed);
    if (revision <= this.compacted) throw new CompactedError(this.compacted);
    return false;
  }

  /** The newest version of each key of the range, deleted ones included, in key order. */
  private *heads(start: string, end: string): Generator<Version> {
    const dead = this.dead.values(start, end);
    let next = dead.next().value;
    for (const version of this.live.values(start, end)) {
      for (; next && compareKeys(next.key, version.key) < 0; next = dead.next().value) yield next;
      yield version;
    }
    for (; next; next = dead.next().value) yield next;
  }

  /** How many entries there were: those of now, corrected by what has changed since. */
  private countAsOf(start: string, end: string, revision: number): number {
    let count = this.live.count(start, end);
    for (let later = revision + 1; later <= this.committed; later++) {
      const { key, previous } = this.log.at(later);
      if (previous && previous.revision > revision) continue;
      if (compareKeys(start, key) > 0 || compareKeys(key, end) >= 0) continue;
      count += (previous && !previous.deleted ? 1 : 0) - (this.live.has(key) ? 1 : 0);
    }
    return count;
  }

  /** The newest version of a key, queued ones included. */
  private head(key: string): Version | undefined {
    return this.pending.get(key)?.version ?? this.live.get(key) ?? this.dead.get(key);
  }

  private refuse(error: Error, key: string): Promise<never> {
    const write = this.pending.get(key);
    if (!write) return Promise.reject(error);
    return new Promise((_, reject) => write.refusals.push({ error, reject }));
  }

  private enqueue(write: Omit<Version, 'revision' | 'expiry' | 'value'> & { value?: Uint8Array }, options?: WriteOptions): Promise<number> {
    const refusal = this.unusable ?? (write.deleted ? undefined : this.backend.refusal?.(write.key));
    if (refusal) return Promise.reject(refusal);
    const expiry = options?.ttlSeconds ? this.clock.now() + options.ttlSeconds * 1000 : undefined;
    const { key, value, deleted, previous, createRevision } = write;
    const version = new Version({ key, value, deleted, previous, createRevision, revision: ++this.assigned, expiry });
    return new Promise((resolve, reject) => {
      const queued: Write = { version, resolve, reject, refusals: [] };
      this.pending.set(version.key, queued);
      this.queue.push(queued);
      this.scheduleFlush();
    });
  }

  private scheduleFlush(): void {
    if (this.writing) return;
    if (this.queue.length >= this.backend.eagerWrites) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    this.backend.schedule(() => {
      this.scheduled = false;
      if (!this.writing && this.queue.length > 0) this.flush();
    });
  }

  private flush(): void {
    let bytes = 0;
    let length = 0;
    while (length < this.queue.length && length < batchWrites && bytes < batchBytes)
      bytes += this.queue[length++]!.version.value?.length ?? 0;
    const batch = this.queue.splice(0, length);
    this.writing = true;
    const versions = batch.map(({ version }) => version);
    const written = this.backend.write(versions);
    if (!written) this.commit(batch, versions);
    else
      written.then(
        () => this.commit(batch, versions),
        (error) => this.fail(error as Error, batch),
      );
  }

  private commit(batch: readonly Write[], versions: readonly Version[]): void {
    for (const write of batch) {
      const { version } = write;
      this.apply(version);
      this.log.push(version);
      if (this.pending.get(version.key) === write) this.pending.delete(version.key);
      if (version.expiry !== undefined) this.leases.add(version.key, version.revision, version.expiry);
    }
    this.committed = versions.at(-1)!.revision;
    this.hub.dispatch(versions);
    this.backend.committed(versions);
    for (const write of batch) {
      write.resolve(write.version.revision);
      for (const { error, reject } of write.refusals) reject(error);
    }
    this.writing = false;
    if (this.queue.length > 0) this.scheduleFlush();
    else this.idle?.();
  }

  private apply(version: Version): void {
    const [to, from] = version.deleted ? [this.dead, this.live] : [this.live, this.dead];
    to.set(version.key, version);
    if (version.previous && version.previous.deleted !== version.deleted) from.delete(version.key);
  }

  /** A write failed halfway: nobody knows what is on the disk, so nothing more is written. */
  private fail(cause: Error, batch: readonly Write[] = []): void {
    const error = new Error(`the store cannot write any more: ${cause.message}`, { cause });
    const lost = [...batch, ...this.queue];
    this.queue = [];
    this.writing = false;
    this.leases.close();
    for (const write of lost) {
      write.reject(error);
      for (const { reject } of write.refusals) reject(error);
    }
    this.pending.clear();
    this.idle?.();
    if (this.unusable) return;
    this.unusable = error;
    this.hub.close(error);
    this.onFailure?.(error);
  }

  private expire(key: string, revision: number): void {
    if (this.unusable || this.live.get(key)?.revision !== revision) return;
    // A refusal means that the entry has just been renewed or deleted; any other failure is the store's, which `fail` reports.
    this.delete(key, revision).catch(() => undefined);
  }

  /** Forgets what the given compacted versions, in order, have replaced, and the deletes among them; in steps. */
  private async sweep(compacted: Iterable<Version>): Promise<void> {
    let step: Version[] = [];
    for (const version of compacted) {
      if (version.previous && !version.previous.deleted) step.push(version.previous);
      version.previous = undefined;
      if (version.deleted) {
        step.push(version);
        if (this.dead.get(version.key) === version) this.dead.delete(version.key);
      }
      if (step.length < compactionStep) continue;
      await this.backend.forget(step);
      await nextTurn();
      step = [];
    }
    if (step.length > 0) await this.backend.forget(step);
  }
}

function asOf(head: Version | undefined, revision: number): Version | undefined {
  let version = head;
  while (version && version.revision > revision) version = version.previous;
  return version?.deleted ? undefined : version;
}

function entryOf(version: Version, value: Uint8Array): Entry {
  return { key: version.key, value, createRevision: version.createRevision, modRevision: version.revision };
}

function conflictOf(key: string, head: Version | undefined): RevisionConflictError {
  return new RevisionConflictError(key, head?.deleted ? undefined : head?.revision);
}
