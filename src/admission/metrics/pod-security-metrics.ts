import { CounterVector, type MetricFamily } from '../../machinery/metrics.ts';
import type { Policy, Standard } from '../pod-security/policy.ts';

/** What the standards were asked about, in the words of the metrics. */
export interface PodSecurityRequest {
  readonly operation: 'create' | 'update';
  /** A pod, or the template of one. */
  readonly resource: 'pod' | 'controller';
  readonly subresource: string;
}

const of = ['request_operation', 'resource', 'subresource'] as const;
const valuesOf = ({ operation, resource, subresource }: PodSecurityRequest): readonly string[] => [operation, resource, subresource];

/** What PodSecurity decided. */
export class PodSecurityMetrics {
  private readonly minor: number;
  private readonly evaluations = new CounterVector({
    name: 'pod_security_evaluations_total',
    help: '[ALPHA] Number of policy evaluations that occurred, not counting ignored or exempt requests.',
    labels: ['decision', 'mode', 'policy_level', 'policy_version', ...of],
  });
  private readonly exemptions = new CounterVector({
    name: 'pod_security_exemptions_total',
    help: '[ALPHA] Number of exempt requests, not counting ignored or out of scope requests.',
    labels: of,
  });
  private readonly errors = new CounterVector({
    name: 'pod_security_errors_total',
    help: '[ALPHA] Number of errors preventing normal evaluation. Non-fatal errors may result in the latest restricted profile being used for evaluation.',
    labels: ['fatal', ...of],
  });

  /** @param minor of the Kubernetes version that this server has */
  constructor(minor: number) {
    this.minor = minor;
    for (const operation of ['create', 'update'])
      for (const resource of ['pod', 'controller']) this.exemptions.with(operation, resource, '');
  }

  /** @param mode what the standard was asked for */
  evaluated(decision: 'allow' | 'deny', mode: keyof Policy, { level, minor }: Standard, request: PodSecurityRequest): void {
    const isLatest = level === 'privileged' || minor === Number.POSITIVE_INFINITY;
    const version = isLatest ? 'latest' : minor > this.minor ? 'future' : `v1.${minor}`;
    this.evaluations.increase(decision, mode, level, version, ...valuesOf(request));
  }

  exempted(request: PodSecurityRequest): void {
    this.exemptions.increase(...valuesOf(request));
  }

  /** @param fatal whether nothing could be judged */
  failed(fatal: boolean, request: PodSecurityRequest): void {
    this.errors.increase(String(fatal), ...valuesOf(request));
  }

  families(): MetricFamily[] {
    return [this.evaluations.family(), this.exemptions.family(true), this.errors.family()];
  }
}
