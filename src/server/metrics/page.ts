import { expositionType } from '../../machinery/exposition.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { RawAnswer } from '../answer.ts';
import { metricText } from './text.ts';

/** /metrics and the like: what the parts of the server count. */
export class MetricsPage {
  private readonly families: readonly MetricFamily[];
  private readonly startedAt: number;

  /** @param startedAt when the process started, in seconds since the epoch */
  constructor(families: readonly MetricFamily[], startedAt: number) {
    this.families = families.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.startedAt = startedAt;
  }

  /** Another page of the same server. */
  beside(families: readonly MetricFamily[]): MetricsPage {
    const startedAt: MetricFamily = {
      name: 'process_start_time_seconds',
      help: '[ALPHA] Start time of the process since unix epoch in seconds.',
      type: 'gauge',
      samples: () => [{ labels: {}, value: this.startedAt }],
    };
    return new MetricsPage([...families, startedAt], this.startedAt);
  }

  handle(): RawAnswer {
    return {
      type: 'raw',
      status: 200,
      contentType: expositionType,
      body: Buffer.concat(this.families.flatMap(metricText)),
      compressible: true,
      headers: { 'process-start-time-unix': String(Math.floor(this.startedAt)) },
    };
  }
}
