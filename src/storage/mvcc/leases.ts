import type { Clock, Timer } from '../../machinery/clock.ts';
import { Heap } from '../../machinery/heap.ts';

interface Lease {
  readonly expiry: number;
  readonly key: string;
  readonly revision: number;
}

// setTimeout cannot wait longer than 2^31 ms.
const longestWait = 24 * 3600 * 1000;
// So many at once, then others have their turn.
const atOnce = 500;

/** Tells when entries have outlived their time: one timer for all of them. */
export class Leases {
  private readonly clock: Clock;
  private readonly expire: (key: string, revision: number) => void;
  private readonly heap = new Heap<Lease>((a, b) => a.expiry - b.expiry || a.revision - b.revision);
  private timer: Timer | undefined;
  private due = Number.POSITIVE_INFINITY;

  /** @param expire called once for each lease that ran out, whether or not the entry has changed since */
  constructor(clock: Clock, expire: (key: string, revision: number) => void) {
    this.clock = clock;
    this.expire = expire;
  }

  add(key: string, revision: number, expiry: number): void {
    this.heap.push({ key, revision, expiry });
    this.arm();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(): void {
    const next = this.heap.peek();
    if (!next || (this.timer && this.due <= next.expiry)) return;
    this.timer?.cancel();
    this.due = next.expiry;
    const wait = Math.min(Math.max(0, next.expiry - this.clock.now()), longestWait);
    this.timer = this.clock.timer(wait, () => this.fire(), { background: true });
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.now();
    for (let i = 0; i < atOnce && (this.heap.peek()?.expiry ?? Number.POSITIVE_INFINITY) <= now; i++) {
      const { key, revision } = this.heap.pop()!;
      this.expire(key, revision);
    }
    this.arm();
  }
}
