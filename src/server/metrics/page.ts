import type { Registry } from 'prom-client';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { RawAnswer } from '../answer.ts';

/** /metrics: what the parts of the server count, printed by prom-client, which is loaded with the first look. */
export class MetricsPage {
  private readonly families: readonly MetricFamily[];
  private readonly startedAt: number;
  private registry: Promise<Registry> | undefined;

  /** @param startedAt when the process started, in seconds since the epoch */
  constructor(families: readonly MetricFamily[], startedAt: number) {
    this.families = families.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.startedAt = startedAt;
  }

  async handle(): Promise<RawAnswer> {
    this.registry ??= this.createRegistry();
    const registry = await this.registry;
    return {
      type: 'raw',
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      body: await registry.metrics(),
      compressible: true,
      headers: { 'process-start-time-unix': String(Math.floor(this.startedAt)) },
    };
  }

  private async createRegistry(): Promise<Registry> {
    const { Registry } = await import('prom-client');
    const registry = new Registry();
    for (const { name, help, type, samples } of this.families) {
      const get = async () => ({ name, help, type, aggregator: 'sum', values: [...samples()] });
      registry.registerMetric({ name, help, type, get } as never);
    }
    return registry;
  }
}
