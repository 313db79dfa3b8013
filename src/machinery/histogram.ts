/** One series of a metric as prom-client prints it. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts observations by size. Adding one costs a short search, and no memory. */
export class Histogram {
  private readonly bounds: readonly number[];
  private readonly counts: number[];
  private sum = 0;
  private count = 0;

  /** @param bounds the buckets' upper ends, ascending */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  /** How many there were. */
  get observations(): number {
    return this.count;
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
    this.sum += value * weight;
    if (bucket < this.counts.length) this.counts[bucket]! += weight;
  }

  /** A copy that has observed this value so many times more. */
  plus(times: number, value: number): Histogram {
    const copy = new Histogram(this.bounds);
    for (const [i, count] of this.counts.entries()) copy.counts[i] = count;
    copy.sum = this.sum;
    copy.count = this.count;
    copy.add(copy.bucketOf(value), value, times);
    return copy;
  }

  /** Nothing while nothing was observed. */
  samplesIfAny(name: string, labels: Readonly<Record<string, string>>): Sample[] {
    return this.count > 0 ? this.samples(name, labels) : [];
  }

  samples(name: string, labels: Readonly<Record<string, string>>): Sample[] {
    let cumulative = 0;
    const bucket = (le: string, value: number): Sample => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value });
    return [
      ...this.counts.map((n, i) => bucket(boundText(this.bounds[i]!), (cumulative += n))),
      bucket('+Inf', this.count),
      { metricName: `${name}_sum`, labels, value: this.sum },
      { metricName: `${name}_count`, labels, value: this.count },
    ];
  }
}

/** As Go prints a number: with an exponent of two digits from a million on, and below a ten-thousandth. */
function boundText(bound: number): string {
  if (bound === 0 || (Math.abs(bound) >= 1e-4 && Math.abs(bound) < 1e6)) return String(bound);
  return bound.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
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

  samples(name: string, labels: Readonly<Record<string, string>>, now: number): Sample[] {
    this.pass(now);
    return this.histogram.samples(name, labels);
  }

  private pass(now: number): void {
    if (now > this.since) this.histogram.add(this.bucket, this.value / this.whole, Math.round((now - this.since) * 1e6));
    this.since = now;
  }
}
