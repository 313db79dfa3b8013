/**
 * The store, in etcd's terms. One revision counts the writes of the whole store; every entry carries the revision that
 * created it and the one that last changed it. Keys are strings ordered by their UTF-8 bytes; values are opaque bytes.
 *
 * A caller may not assume that its own writes are the only ones, nor that a watch reports them before the write's promise settles.
 * A write that resolved is durable. A write that rejected with anything but an error of `errors.ts` may or may not have happened.
 */
export interface Storage extends AsyncDisposable {
  /** The entry as of now, or as of `revision`. @throws CompactedError, FutureRevisionError */
  get(key: string, revision?: number): Promise<Entry | undefined>;

  /** The mod revision of the entry as of now, without reading it; undefined if there is none (etcd: a range of keys only). */
  revisionOf(key: string): Promise<number | undefined>;

  /** Whether the entry lies in an older form than a write would give it now, so that one that changes nothing has a purpose. Absent: there is one form. */
  isStale?(key: string): Promise<boolean>;

  /** Entries with start <= key < end in key order. @throws CompactedError, FutureRevisionError */
  range(start: string, end: string, options?: RangeOptions): Promise<RangeResult>;

  /** Writes under a key that has no entry; returns the new revision. @throws KeyExistsError */
  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number>;

  /** Replaces the entry if its mod revision is still `expected`; returns the new revision. @throws RevisionConflictError */
  update(key: string, value: Uint8Array, expected: number, options?: WriteOptions): Promise<number>;

  /** Removes the entry if its mod revision is still `expected`; returns the new revision. @throws RevisionConflictError */
  delete(key: string, expected: number): Promise<number>;

  /**
   * Every change of start <= key < end after `revision`, in order, each once, without gaps, until the signal is aborted. Changes of one revision
   * come in one call. The sink is called synchronously and must not throw. Returns when the watch is set up.
   * @throws CompactedError if a change after `revision` may have been compacted away
   */
  watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): Promise<void>;

  /** The store's revision now (linearizable: includes every write answered before the call, by any process). */
  currentRevision(): Promise<number>;

  /** Asks that each open watch of this process hears of the current revision through `progress`, soon. */
  requestProgress(): void;

  /** Forgets what was replaced or deleted at or before `revision`. The present state stays readable. */
  compact(revision: number): Promise<void>;

  /** The highest revision that was compacted; 0 for none. Reads at it or below fail. */
  compactedRevision(): number;

  /** How many bytes the database takes on the disk; undefined if nothing of it lies there. */
  size?(): number | undefined;
}

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
}

export interface RangeOptions {
  /** As of this revision; default: now. */
  readonly revision?: number;
  /** At most so many entries; default: all. */
  readonly limit?: number;
}

export interface RangeResult {
  readonly entries: readonly Entry[];
  /** The revision that was read. */
  readonly revision: number;
  /** Whether entries beyond the limit remain. */
  readonly more: boolean;
  /** How many there are in the whole range, without the limit. */
  readonly count: number;
}

export interface WriteOptions {
  /** The entry deletes itself after so many seconds (etcd: a lease). */
  readonly ttlSeconds?: number;
}

export interface WatchSink {
  /** @param changes in order of revision; never empty */
  changes(changes: readonly Change[]): void;
  /** Nothing at or below `revision` is still to come. */
  progress(revision: number): void;
  /** The watch has ended by itself (compacted while it lagged, store closed); no further call follows. */
  failed(error: Error): void;
}

export interface Change {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: number;
  /** The new value; absent for a delete. */
  readonly value?: Uint8Array;
  readonly createRevision: number;
  /** The value and mod revision before; absent for a create. */
  readonly previous?: { readonly value: Uint8Array; readonly modRevision: number };
}

/** The least key above all that start with `prefix`. */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
