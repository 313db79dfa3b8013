/** Waiting times that double from `initial` up to `maximum`, one series for each item. */
export class ItemBackoff {
  private readonly failures = new Map<string, number>();
  private readonly initial: number;
  private readonly maximum: number;

  constructor(initial: number, maximum: number) {
    this.initial = initial;
    this.maximum = maximum;
  }

  /** The next waiting time of the item, in milliseconds. */
  next(item: string): number {
    const failures = this.failures.get(item) ?? 0;
    this.failures.set(item, failures + 1);
    return Math.min(this.maximum, this.initial * 2 ** Math.min(failures, 60));
  }

  failuresOf(item: string): number {
    return this.failures.get(item) ?? 0;
  }

  forget(item: string): void {
    this.failures.delete(item);
  }
}

/** A token bucket over a monotonic time in milliseconds. */
export class TokenBucket {
  private tokens: number;
  private last: number;
  private readonly perMillisecond: number;
  private readonly burst: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.perMillisecond = perSecond / 1000;
    this.burst = burst;
    this.tokens = burst;
    this.last = now;
  }

  private refill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.last) * this.perMillisecond);
    this.last = Math.max(this.last, now);
  }

  /** Takes a token that may lie in the future; returns how long to wait for it. */
  reserve(now: number): number {
    this.refill(now);
    this.tokens -= 1;
    return this.tokens >= 0 ? 0 : -this.tokens / this.perMillisecond;
  }

  /** Takes a token if there is one. */
  tryTake(now: number): boolean {
    this.refill(now);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  get rate(): number {
    return this.perMillisecond * 1000;
  }
}
