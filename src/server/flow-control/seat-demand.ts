/** How many seats a priority level would use, over the time since it was last asked: average, deviation, and the most at one time. */
export class SeatDemand {
  private readonly monotonic: () => number;
  private since: number;
  private value = 0;
  private most = 0;
  private elapsed = 0;
  private sum = 0;
  private squares = 0;

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.monotonic = monotonic;
    this.since = monotonic();
  }

  set(value: number, now: number): void {
    this.pass(now);
    this.value = value;
    if (value > this.most) this.most = value;
  }

  /** What was so since the last call. */
  take(): { readonly average: number; readonly deviation: number; readonly most: number } {
    this.pass(this.monotonic());
    const average = this.elapsed > 0 ? this.sum / this.elapsed : this.value;
    const variance = this.elapsed > 0 ? this.squares / this.elapsed - average * average : 0;
    const taken = { average, deviation: Math.sqrt(Math.max(0, variance)), most: this.most };
    this.elapsed = this.sum = this.squares = 0;
    this.most = this.value;
    return taken;
  }

  private pass(now: number): void {
    const ms = now - this.since;
    if (ms <= 0) return;
    this.since = now;
    this.elapsed += ms;
    this.sum += this.value * ms;
    this.squares += this.value * this.value * ms;
  }
}
