import type { Clock, Timer } from '../../machinery/clock.ts';
import { Heap } from '../../machinery/heap.ts';
import type { Random } from '../../machinery/random.ts';

/** Calls members back now and then, each about once in an interval, with one timer for those that fall into the same second. */
export class Bookmarks<T> {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly intervalMs: number;
  private readonly ring: (due: readonly T[]) => void;
  private readonly buckets = new Map<number, Set<T>>();
  private readonly bucketOf = new Map<T, number>();
  private readonly lastOf = new Map<T, number>();
  private readonly times = new Heap<number>((a, b) => a - b);
  private timer: Timer | undefined;
  private timerDue = Number.POSITIVE_INFINITY;

  /** @param ring called with those that are due; they are due again after the next interval */
  constructor(clock: Clock, random: Random, intervalMs: number, ring: (due: readonly T[]) => void) {
    this.clock = clock;
    this.random = random;
    this.intervalMs = intervalMs;
    this.ring = ring;
  }

  /** @param last when it is called back for the last time, in milliseconds of the clock's monotonic time */
  add(member: T, last = Number.POSITIVE_INFINITY): void {
    const now = this.clock.monotonic();
    if (now >= last) return;
    const wait = this.intervalMs * (1 - this.random.next() / 4);
    const second = Math.ceil(Math.min(now + wait, last) / 1000);
    this.lastOf.set(member, last);
    let bucket = this.buckets.get(second);
    if (!bucket) {
      this.buckets.set(second, (bucket = new Set()));
      this.times.push(second);
    }
    bucket.add(member);
    this.bucketOf.set(member, second);
    this.arm();
  }

  remove(member: T): void {
    this.buckets.get(this.bucketOf.get(member) ?? -1)?.delete(member);
    this.bucketOf.delete(member);
    this.lastOf.delete(member);
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.buckets.clear();
    this.bucketOf.clear();
    this.lastOf.clear();
  }

  private arm(): void {
    const next = this.times.peek();
    if (next === undefined || (this.timer && this.timerDue <= next)) return;
    this.timer?.cancel();
    this.timerDue = next;
    this.timer = this.clock.timer(Math.max(0, next * 1000 - this.clock.monotonic()), () => this.fire(), { background: true });
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.monotonic();
    const due: T[] = [];
    while ((this.times.peek() ?? Number.POSITIVE_INFINITY) * 1000 <= now) {
      const second = this.times.pop()!;
      due.push(...(this.buckets.get(second) ?? []));
      this.buckets.delete(second);
    }
    for (const member of due) this.add(member, this.lastOf.get(member));
    this.arm();
    if (due.length > 0) this.ring(due);
  }
}
