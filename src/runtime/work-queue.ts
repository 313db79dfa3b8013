import type { Clock } from '../machinery/clock.ts';
import { ItemBackoff, TokenBucket } from './backoff.ts';
import { Delays } from './delays.ts';

export interface WorkQueueOptions {
  /** First and longest waiting time of an item that keeps failing, milliseconds. */
  readonly initialBackoff?: number;
  readonly maximumBackoff?: number;
}

/** What a queue still has to do, for settling and for people who ask why nothing happens. */
export interface PendingWork {
  readonly ready: readonly string[];
  readonly processing: readonly string[];
  readonly delayed: readonly { readonly key: string; readonly inMilliseconds: number }[];
}

/**
 * Keys to work on, each at most once at a time: a key that is added while it is worked on comes again afterwards, a key that
 * waits already is not added twice. Keys that failed come back after a growing time, and no more often than an overall rate.
 */
export class WorkQueue {
  private readonly ready = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly dirty = new Set<string>();
  private readonly backoff: ItemBackoff;
  private readonly bucket: TokenBucket;
  private readonly delays: Delays;
  private readonly clock: Clock;
  private available: () => void = () => {};
  private closed = false;

  constructor(clock: Clock, options: WorkQueueOptions = {}) {
    this.clock = clock;
    this.backoff = new ItemBackoff(options.initialBackoff ?? 5, options.maximumBackoff ?? 1_000_000);
    this.bucket = new TokenBucket(10, 100, clock.monotonic());
    this.delays = new Delays(clock, (key) => this.add(key));
  }

  /** @param available called whenever a key can be taken */
  onAvailable(available: () => void): void {
    this.available = available;
  }

  add(key: string): void {
    if (this.closed) return;
    if (this.processing.has(key)) {
      this.dirty.add(key);
      return;
    }
    if (this.ready.has(key)) return;
    this.ready.add(key);
    this.available();
  }

  /** Adds the key in `ms`, or earlier if that was planned already. */
  addAfter(key: string, ms: number): void {
    if (this.closed) return;
    if (ms <= 0) this.add(key);
    else this.delays.addEarliest(key, ms);
  }

  addRateLimited(key: string): void {
    this.addAfter(key, Math.max(this.backoff.next(key), this.bucket.reserve(this.clock.monotonic())));
  }

  /** The key's failures are over: the next waiting time is the first again. */
  forget(key: string): void {
    this.backoff.forget(key);
  }

  failuresOf(key: string): number {
    return this.backoff.failuresOf(key);
  }

  /** The key that has waited longest; `done` must follow. */
  take(): string | undefined {
    for (const key of this.ready) {
      this.ready.delete(key);
      this.processing.add(key);
      return key;
    }
    return undefined;
  }

  done(key: string): void {
    this.processing.delete(key);
    if (this.dirty.delete(key)) this.add(key);
  }

  get length(): number {
    return this.ready.size;
  }

  pending(): PendingWork {
    return { ready: [...this.ready], processing: [...this.processing], delayed: this.delays.pending() };
  }

  /** Nothing is handed out or accepted any more. */
  close(): void {
    this.closed = true;
    this.ready.clear();
    this.dirty.clear();
    this.delays.clear();
  }
}
