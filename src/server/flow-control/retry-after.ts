const mostSeconds = 32;

/**
 * How long a priority level asks refused clients to wait: twice as long each time that many were refused within what they were told to wait, and a
 * second less once there are few.
 */
export class RetryAfter {
  private value = 1;
  private raisedAt = 0;
  private second = 0;
  private refusedInSecond = 0;
  private history: { readonly second: number; readonly refused: number }[] = [];

  /** Seconds that refused clients are told now. */
  get seconds(): number {
    return this.value;
  }

  /** One more was refused. @param now milliseconds since the epoch */
  refused(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.second) {
      this.refusedInSecond++;
      return;
    }
    this.history.push({ second: this.second, refused: this.refusedInSecond });
    const kept = Math.min(2 * this.value, mostSeconds);
    this.history = this.history.filter((entry) => second - entry.second <= kept);
    this.second = second;
    this.refusedInSecond = 1;
    this.adjust(second);
  }

  private adjust(second: number): void {
    let refused = 0;
    for (const entry of this.history) if (second - entry.second <= this.value) refused += entry.refused;
    if (second - this.raisedAt >= this.value && refused >= 3 * this.value) {
      this.value = Math.min(2 * this.value, mostSeconds);
      this.raisedAt = second;
    } else if (refused < this.value && this.value > 1) {
      this.value--;
    }
  }
}
