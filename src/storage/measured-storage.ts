import { Histogram } from '../machinery/histogram.ts';
import { KeyExistsError, RevisionConflictError } from './errors.ts';
import type { Entry, RangeOptions, RangeResult, Storage, WatchSink, WriteOptions } from './storage.ts';

const seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** What is asked of storage, as kube-apiserver's metrics of etcd call it. */
export type StorageOperation = 'get' | 'list' | 'create' | 'update' | 'delete';

/** The requests of one operation. */
export interface OperationStats {
  readonly duration: Histogram;
  /** Those that failed; a write that comes too late has not. */
  errors: number;
}

/** Counts and times what one resource asks of storage. */
export class MeasuredStorage implements Storage {
  readonly stats = new Map<StorageOperation, OperationStats>();
  /** Entries that lists gave. */
  listed = 0;
  private readonly storage: Storage;
  private readonly monotonic: () => number;

  /** @param monotonic milliseconds */
  constructor(storage: Storage, monotonic: () => number) {
    this.storage = storage;
    this.monotonic = monotonic;
  }

  get(key: string, revision?: number): Promise<Entry | undefined> {
    return this.measured('get', this.storage.get(key, revision));
  }

  revisionOf(key: string): Promise<number | undefined> {
    return this.measured('get', this.storage.revisionOf(key));
  }

  async isStale(key: string): Promise<boolean> {
    return (await this.storage.isStale?.(key)) ?? false;
  }

  range(start: string, end: string, options?: RangeOptions): Promise<RangeResult> {
    const range = this.storage.range(start, end, options).then((result) => {
      this.listed += result.entries.length;
      return result;
    });
    return this.measured('list', range);
  }

  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number> {
    return this.measured('create', this.storage.create(key, value, options));
  }

  update(key: string, value: Uint8Array, expected: number, options?: WriteOptions): Promise<number> {
    return this.measured('update', this.storage.update(key, value, expected, options));
  }

  delete(key: string, expected: number): Promise<number> {
    return this.measured('delete', this.storage.delete(key, expected));
  }

  watch(start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal): Promise<void> {
    return this.storage.watch(start, end, revision, sink, signal);
  }

  currentRevision(): Promise<number> {
    return this.storage.currentRevision();
  }

  requestProgress(): void {
    this.storage.requestProgress();
  }

  compact(revision: number): Promise<void> {
    return this.storage.compact(revision);
  }

  compactedRevision(): number {
    return this.storage.compactedRevision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
  }

  private measured<T>(operation: StorageOperation, answer: Promise<T>): Promise<T> {
    const began = this.monotonic();
    const stats = this.of(operation);
    const observe = () => stats.duration.observe((this.monotonic() - began) / 1000);
    return answer.then(
      (value) => {
        observe();
        return value;
      },
      (error) => {
        observe();
        if (!(error instanceof KeyExistsError || error instanceof RevisionConflictError)) stats.errors++;
        throw error;
      },
    );
  }

  private of(operation: StorageOperation): OperationStats {
    let stats = this.stats.get(operation);
    if (!stats) this.stats.set(operation, (stats = { duration: new Histogram(seconds), errors: 0 }));
    return stats;
  }
}
