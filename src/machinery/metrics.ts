import { Histogram, type Sample } from './histogram.ts';

/** One metric, read when /metrics is. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: () => Iterable<Sample>;
}

/** What a metric is called and what it says, with the names of its labels. */
export interface MetricDescription<L extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
}

class Vector<T> {
  protected readonly description: MetricDescription;
  private readonly byLabels = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly value: T }>();
  private readonly make: () => T;

  constructor(description: MetricDescription, make: () => T) {
    this.description = description;
    this.make = make;
  }

  /** The series of these values of the labels, in the labels' order; made when first asked for. */
  with(...values: readonly string[]): T {
    const key = values.join('\n');
    let series = this.byLabels.get(key);
    if (!series) {
      series = { labels: Object.fromEntries(this.description.labels.map((label, i) => [label, values[i]!])), value: this.make() };
      this.byLabels.set(key, series);
    }
    return series.value;
  }

  /** Every series that there is. */
  all(): Iterable<{ readonly labels: Readonly<Record<string, string>>; readonly value: T }> {
    return this.byLabels.values();
  }
}

/** A number that only grows. */
export class Counter {
  value = 0;
}

/** The counters of one metric, a counter for each combination of its labels' values. Whoever counts often keeps the counter. */
export class CounterVector extends Vector<Counter> {
  constructor(description: MetricDescription) {
    super(description, () => new Counter());
  }

  increase(...values: readonly string[]): void {
    this.with(...values).value++;
  }

  /** @param withZeros whether what nothing was counted of is shown too */
  family(withZeros = false): MetricFamily {
    const { name, help } = this.description;
    const all = () => Array.from(this.all(), ({ labels, value: { value } }) => ({ labels, value }));
    const samples = () => (withZeros ? all() : all().filter(({ value }) => value > 0));
    return { name, help, type: 'counter', samples };
  }
}

/** Likewise of a metric that is a histogram. */
export class HistogramVector extends Vector<Histogram> {
  /** @param bounds the buckets' upper ends, ascending */
  constructor(description: MetricDescription, bounds: readonly number[]) {
    super(description, () => new Histogram(bounds));
  }

  family(): MetricFamily {
    const { name, help } = this.description;
    const samples = () => Array.from(this.all(), ({ labels, value }) => value.seriesIfAny(labels)).flat();
    return { name, help, type: 'histogram', samples };
  }

  /** The counter of how often each series has observed something, for whoever calls that by a name of its own. */
  observations(name: string, help: string): MetricFamily {
    const samples = () =>
      Array.from(this.all(), ({ labels, value }) => ({ labels, value: value.observations })).filter(({ value }) => value > 0);
    return { name, help, type: 'counter', samples };
  }
}
