import type { Version } from './version.ts';

/** Where an engine's bytes lie. All else (index, history, watches, leases) is MvccStore's. */
export interface Backend {
  /** So many waiting writes are a batch worth its cost: they are not kept waiting for more. */
  readonly eagerWrites: number;

  /** Calls back soon; what was written until then goes into one batch. */
  schedule(callback: () => void): void;

  /**
   * Keeps all of the versions or none, in order of their revisions. They are durable when the promise is fulfilled; undefined: they are
   * already. Not called again before that.
   */
  write(versions: readonly Version[]): Promise<void> | undefined;

  /** The versions written last are committed and watchers have seen them. */
  committed(versions: readonly Version[]): void;

  /** The bytes of a put; undefined if the version was forgotten. A promise where they cannot be had at once. @throws UnreadableValueError */
  value(version: Version): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /** Makes ready what `value` could not give at once; one that cannot be read says so when it is asked for. Absent: it always can. */
  prepare?(versions: readonly Version[]): Promise<void>;

  /** Why nothing can be written under a key now; absent: everything can. */
  refusal?(key: string): Error | undefined;

  /** Whether the bytes of a put lie in an older form than a write would give them now; absent: there is one form. */
  isStale?(version: Version): boolean;

  /** The same as `value` for many, as of the call. @throws UnreadableRangeError */
  values(versions: readonly Version[]): Promise<(Uint8Array | undefined)[]>;

  /** How many bytes lie on the disk; absent: none do. */
  size?(): number;

  /** Keeps the mark up to which the history is compacted. */
  markCompacted(revision: number): Promise<void>;

  /** Removes versions for good: all of them or none. */
  forget(versions: readonly Version[]): Promise<void>;

  close(): Promise<void>;
}

/** What a backend held when it was opened. */
export interface Inventory {
  /** All versions, in order of their revisions; `previous` is set by the store. */
  readonly versions: readonly Version[];
  readonly revision: number;
  readonly compacted: number;
}
