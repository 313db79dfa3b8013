import type { MetricFamily } from '../../machinery/metrics.ts';
import { ChainMetrics } from './chain-metrics.ts';
import { PolicyMetrics } from './policy-metrics.ts';
import { WebhookMetrics } from './webhook-metrics.ts';

/** What admission counts of its work. */
export class AdmissionMetrics {
  readonly chain: ChainMetrics;
  readonly webhooks = new WebhookMetrics();
  readonly policies = new PolicyMetrics();

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.chain = new ChainMetrics(monotonic);
  }

  families(): MetricFamily[] {
    return [...this.chain.families(), ...this.webhooks.families(), ...this.policies.families()];
  }
}
