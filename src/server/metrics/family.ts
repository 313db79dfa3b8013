import type { Sample } from '../../machinery/histogram.ts';

/** One metric, read when /metrics is. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: () => Iterable<Sample>;
}
