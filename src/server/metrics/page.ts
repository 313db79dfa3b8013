import type { Registry } from 'prom-client';
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
    return new MetricsPage(families, this.startedAt);
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
      const values = [...samples()];
      if (values.length === 0) continue;
      const get = async () => ({ name, help, type, aggregator: 'sum', values });
      registry.registerMetric({ name, help, type, get } as never);
    }
    return registry;
  }
}
