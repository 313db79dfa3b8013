import type { MetricFamily } from '../../machinery/metrics.ts';
import { ChainMetrics } from './chain-metrics.ts';
import { PodSecurityMetrics } from './pod-security-metrics.ts';
import { PolicyMetrics } from './policy-metrics.ts';
import { WebhookMetrics } from './webhook-metrics.ts';

/** What admission counts of its work. */
export class AdmissionMetrics {
  readonly chain: ChainMetrics;
  readonly webhooks = new WebhookMetrics();
  readonly policies = new PolicyMetrics();
  readonly podSecurity: PodSecurityMetrics;

  /** @param monotonic milliseconds @param minor of the Kubernetes version that this server has */
  constructor(monotonic: () => number, minor: number) {
    this.chain = new ChainMetrics(monotonic);
    this.podSecurity = new PodSecurityMetrics(minor);
  }

  families(): MetricFamily[] {
    return [...this.chain.families(), ...this.webhooks.families(), ...this.policies.families(), ...this.podSecurity.families()];
  }
}
