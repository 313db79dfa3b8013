import type { Registry } from 'prom-client';
import type { Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { RawAnswer } from '../answer.ts';

/** /metrics and the like: what the parts of the server count, printed by prom-client, which is loaded with the first look. */
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

  async handle(): Promise<RawAnswer> {
    const registry = await this.gather();
    return {
      type: 'raw',
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      body: await registry.metrics(),
      compressible: true,
      headers: { 'process-start-time-unix': String(Math.floor(this.startedAt)) },
    };
  }

  /** What has no series is not shown. */
  private async gather(): Promise<Registry> {
    const { Registry } = await import('prom-client');
    const registry = new Registry();
    for (const { name, help, type, samples } of this.families) {
      const values = Array.from(samples(), inOrder);
      if (values.length === 0) continue;
      const get = async () => ({ name, help, type, aggregator: 'sum', values });
      registry.registerMetric({ name, help, type, get } as never);
    }
    return registry;
  }
}

/** A series with its labels in alphabetical order; the end of a bucket comes last. */
function inOrder({ labels, ...sample }: Sample): Sample {
  const names = Object.keys(labels).sort((a, b) => (a === 'le' ? 1 : b === 'le' || a < b ? -1 : 1));
  return { ...sample, labels: Object.fromEntries(names.map((name) => [name, labels[name]!])) };
}
