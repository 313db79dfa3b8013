import type { Clock, Timer } from '../../machinery/clock.ts';
import { Heap } from '../../machinery/heap.ts';

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  done: boolean;
  timer?: Timer;
}

// How often storage is asked how far it is, while someone waits.
const askMs = 100;

/** Those who wait until a revision is reached. */
export class RevisionWaiters {
  private readonly clock: Clock;
  private readonly ask: () => void;
  private readonly heap = new Heap<Waiter>((a, b) => a.revision - b.revision);
  private timer: Timer | undefined;

  /** @param ask asks storage for progress */
  constructor(clock: Clock, ask: () => void) {
    this.clock = clock;
    this.ask = ask;
  }

  /** Resolves when `reached` is called with the revision or a later one. @throws what `onTimeout` makes, after timeoutMs */
  wait(revision: number, timeoutMs: number, onTimeout: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { revision, resolve, reject, done: false };
      waiter.timer = this.clock.timer(timeoutMs, () => this.finish(waiter, () => reject(onTimeout())));
      this.heap.push(waiter);
      this.ask();
      this.arm();
    });
  }

  reached(revision: number): void {
    for (let first = this.heap.peek(); first && (first.done || first.revision <= revision); first = this.heap.peek()) {
      this.heap.pop();
      this.finish(first, first.resolve);
    }
  }

  close(error: Error): void {
    this.timer?.cancel();
    for (let first = this.heap.pop(); first; first = this.heap.pop()) {
      const { reject } = first;
      this.finish(first, () => reject(error));
    }
  }

  private finish(waiter: Waiter, settle: () => void): void {
    if (waiter.done) return;
    waiter.done = true;
    waiter.timer?.cancel();
    settle();
  }

  private arm(): void {
    if (this.timer || this.heap.size === 0) return;
    this.timer = this.clock.timer(
      askMs,
      () => {
        this.timer = undefined;
        while (this.heap.peek()?.done) this.heap.pop();
        if (this.heap.size > 0) this.ask();
        this.arm();
      },
      { background: true },
    );
  }
}
