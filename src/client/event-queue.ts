import type { WatchEvent } from './client.ts';

/** What a watch's source pushes and its reader pulls. Batches are taken over as they are; a reader that keeps up costs no copy. */
export class EventQueue implements AsyncIterable<WatchEvent<any>>, AsyncIterator<WatchEvent<any>> {
  private readonly batches: (readonly WatchEvent<any>[])[] = [];
  private at = 0;
  private over = false;
  private empty: Promise<void> | undefined;
  private emptied: (() => void) | undefined;
  private failure: unknown;
  private waiting: { resolve(result: IteratorResult<WatchEvent<any>>): void; reject(error: unknown): void } | undefined;
  private readonly stop: () => void;

  /** @param stop ends the source; called once, when the reader leaves or the queue is closed */
  constructor(stop: () => void) {
    this.stop = stop;
  }

  push(events: readonly WatchEvent<any>[]): void {
    if (this.over || events.length === 0) return;
    this.batches.push(events);
    this.wake();
  }

  /** No more events follow; those that were pushed are still read. @param failure is thrown after them */
  close(failure?: unknown): void {
    if (this.over) return;
    this.over = true;
    this.failure = failure;
    this.stop();
    this.releaseSource();
    this.wake();
  }

  /** Fulfilled when the reader has taken all that was pushed, or nothing is read any more. */
  drained(): Promise<void> {
    if (this.over || this.batches.length === 0) return Promise.resolve();
    this.empty ??= new Promise((resolve) => (this.emptied = resolve));
    return this.empty;
  }

  get length(): number {
    return this.batches.length;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<WatchEvent<any>>> {
    const event = this.take();
    if (event) return Promise.resolve({ done: false, value: event });
    if (!this.over) return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
    if (this.failure === undefined) return Promise.resolve({ done: true, value: undefined });
    const failure = this.failure;
    this.failure = undefined;
    return Promise.reject(failure);
  }

  return(): Promise<IteratorResult<WatchEvent<any>>> {
    this.batches.length = 0;
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  private take(): WatchEvent<any> | undefined {
    const batch = this.batches[0];
    if (!batch) return undefined;
    const event = batch[this.at++];
    if (this.at === batch.length) {
      this.batches.shift();
      this.at = 0;
      if (this.batches.length === 0) this.releaseSource();
    }
    return event;
  }

  private releaseSource(): void {
    this.emptied?.();
    this.empty = undefined;
    this.emptied = undefined;
  }

  private wake(): void {
    const waiting = this.waiting;
    if (!waiting) return;
    this.waiting = undefined;
    this.next().then(waiting.resolve, waiting.reject);
  }
}
