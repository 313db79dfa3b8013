/** The labels of a series, with their values. */
export type Labels = Readonly<Record<string, string>>;

/** One series of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number | Histogram;
}

/** Counts observations by size. Adding one costs a short search, and no memory. */
export class Histogram {
  /** The buckets' upper ends; histograms of one sort share them. */
  readonly bounds: readonly number[];
  private readonly inBuckets: number[];
  private total = 0;
  private count = 0;

  /** @param bounds the buckets' upper ends, ascending */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.inBuckets = bounds.map(() => 0);
  }

  /** How many there were. */
  get observations(): number {
    return this.count;
  }

  /** What all observations add up to. */
  get sum(): number {
    return this.total;
  }

  /** How many there were in each bucket, without those of the buckets below it and those above the last bound. */
  get counts(): readonly number[] {
    return this.inBuckets;
  }

  observe(value: number): void {
    this.add(this.bucketOf(value), value, 1);
  }

  /** Where observations of this value are counted. */
  bucketOf(value: number): number {
    const { bounds } = this;
    let i = 0;
    while (i < bounds.length && value > bounds[i]!) i++;
    return i;
  }

  /** @param bucket the value's; @param weight how many observations of this value there were */
  add(bucket: number, value: number, weight: number): void {
    this.count += weight;
    this.total += value * weight;
    if (bucket < this.inBuckets.length) this.inBuckets[bucket]! += weight;
  }

  /** A copy that has observed this value so many times more. */
  plus(times: number, value: number): Histogram {
    const copy = new Histogram(this.bounds);
    for (const [i, count] of this.inBuckets.entries()) copy.inBuckets[i] = count;
    copy.total = this.total;
    copy.count = this.count;
    copy.add(copy.bucketOf(value), value, times);
    return copy;
  }

  /** Nothing while nothing was observed. */
  seriesIfAny(labels: Labels): Sample[] {
    return this.count > 0 ? [{ labels, value: this }] : [];
  }
}

/** A quantity over time as a share of something: each nanosecond that it lasted is an observation. */
export class RatioOverTime {
  private readonly histogram: Histogram;
  private since: number;
  private value = 0;
  private whole: number;
  private bucket = 0;

  /** @param now monotonic milliseconds; @param whole what the quantity is divided by */
  constructor(bounds: readonly number[], now: number, whole = 1) {
    this.histogram = new Histogram(bounds);
    this.since = now;
    this.whole = whole;
  }

  set(value: number, now: number): void {
    this.pass(now);
    this.value = value;
    this.bucket = value === 0 ? 0 : this.histogram.bucketOf(value / this.whole);
  }

  setWhole(whole: number, now: number): void {
    this.pass(now);
    this.whole = whole;
    this.bucket = this.histogram.bucketOf(this.value / whole);
  }

  series(labels: Labels, now: number): Sample {
    this.pass(now);
    return { labels, value: this.histogram };
  }

  private pass(now: number): void {
    if (now > this.since) this.histogram.add(this.bucket, this.value / this.whole, Math.round((now - this.since) * 1e6));
    this.since = now;
  }
}
