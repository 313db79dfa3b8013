import type { Clock, Timer } from '../machinery/clock.ts';

interface Entry {
  readonly key: string;
  readonly due: number;
}

/** Keys that fall due at times of their own, driven by one timer: a binary heap whose replaced entries are skipped when they surface. */
export class Delays {
  private readonly due = new Map<string, number>();
  private readonly heap: Entry[] = [];
  private timer: Timer | undefined;
  private timerDue = Number.POSITIVE_INFINITY;
  private readonly clock: Clock;
  private readonly fire: (key: string) => void;

  constructor(clock: Clock, fire: (key: string) => void) {
    this.clock = clock;
    this.fire = fire;
  }

  /** Fires for `key` in `ms`, or when it was due already if that is earlier. */
  addEarliest(key: string, ms: number): void {
    const due = this.clock.monotonic() + ms;
    const known = this.due.get(key);
    if (known === undefined || due < known) this.push(key, due);
  }

  /** Fires for `key` in `ms`, whatever was planned before. */
  set(key: string, ms: number): void {
    this.push(key, this.clock.monotonic() + ms);
  }

  has(key: string): boolean {
    return this.due.has(key);
  }

  cancel(key: string): boolean {
    return this.due.delete(key);
  }

  /** Every key with the milliseconds until it is due. */
  pending(): { key: string; inMilliseconds: number }[] {
    const now = this.clock.monotonic();
    return [...this.due].map(([key, due]) => ({ key, inMilliseconds: Math.max(0, due - now) }));
  }

  clear(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDue = Number.POSITIVE_INFINITY;
    this.due.clear();
    this.heap.length = 0;
  }

  private push(key: string, due: number): void {
    this.due.set(key, due);
    const heap = this.heap;
    let i = heap.push({ key, due }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.due <= due) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = { key, due };
    this.arm();
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
      if (heap[child]!.due >= last.due) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }

  private isStale(entry: Entry): boolean {
    return this.due.get(entry.key) !== entry.due;
  }

  private arm(): void {
    while (this.heap.length > 0 && this.isStale(this.heap[0]!)) this.pop();
    const next = this.heap[0]?.due ?? Number.POSITIVE_INFINITY;
    if (next === this.timerDue) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDue = next;
    if (next === Number.POSITIVE_INFINITY) return;
    this.timer = this.clock.timer(Math.max(0, Math.ceil(next - this.clock.monotonic())), () => this.expire(), { background: true });
  }

  private expire(): void {
    this.timer = undefined;
    this.timerDue = Number.POSITIVE_INFINITY;
    const now = this.clock.monotonic();
    const fired: string[] = [];
    while (this.heap.length > 0) {
      const first = this.heap[0]!;
      if (this.isStale(first)) {
        this.pop();
        continue;
      }
      if (first.due > now) break;
      this.pop();
      this.due.delete(first.key);
      fired.push(first.key);
    }
    this.arm();
    for (const key of fired) this.fire(key);
  }
}
