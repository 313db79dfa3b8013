import { CounterVector, HistogramVector, type MetricDescription, type MetricFamily } from '../../machinery/metrics.ts';

const seconds = [0.0000005, 0.001, 0.01, 0.1, 1];

/** What kept an expression from giving its answer, as the metrics call it. */
export type EvaluationFault = 'no_error' | 'compile_error' | 'invalid_error' | 'out_of_budget';

/** How often policies of one sort were asked, and for how long. */
class Checks {
  private readonly total: CounterVector;
  private readonly duration: HistogramVector;

  constructor(total: MetricDescription, duration: MetricDescription) {
    this.total = new CounterVector(total);
    this.duration = new HistogramVector(duration, seconds);
  }

  /** @param labels their values, in alphabetical order of the labels */
  observe(milliseconds: number, ...labels: readonly string[]): void {
    this.total.increase(...labels);
    this.duration.with(...labels).observe(milliseconds / 1000);
  }

  families(): MetricFamily[] {
    return [this.total.family(), this.duration.family()];
  }
}

/** What admission policies did. */
export class PolicyMetrics {
  private readonly validating = new Checks(
    {
      name: 'apiserver_validating_admission_policy_check_total',
      help: '[BETA] Validation admission policy check total, labeled by policy and further identified by binding and enforcement action taken.',
      labels: ['enforcement_action', 'error_type', 'policy', 'policy_binding'],
    },
    {
      name: 'apiserver_validating_admission_policy_check_duration_seconds',
      help: '[BETA] Validation admission latency for individual validation expressions in seconds, labeled by policy and further including binding and enforcement action taken.',
      labels: ['enforcement_action', 'error_type', 'policy', 'policy_binding'],
    },
  );
  private readonly mutating = new Checks(
    {
      name: 'apiserver_mutating_admission_policy_check_total',
      help: '[ALPHA] Mutation admission policy check total, labeled by policy and further identified by binding.',
      labels: ['error_type', 'policy', 'policy_binding'],
    },
    {
      name: 'apiserver_mutating_admission_policy_check_duration_seconds',
      help: '[ALPHA] Mutation admission latency for individual mutation expressions in seconds, labeled by policy and binding.',
      labels: ['error_type', 'policy', 'policy_binding'],
    },
  );

  /** Notes what a binding's action was because of an expression. */
  validated(policy: string, binding: string, fault: EvaluationFault, action: 'deny' | 'audit' | 'warn', milliseconds: number): void {
    this.validating.observe(milliseconds, action, fault, policy, binding);
  }

  mutated(policy: string, binding: string, fault: EvaluationFault, milliseconds: number): void {
    this.mutating.observe(milliseconds, fault, policy, binding);
  }

  families(): MetricFamily[] {
    return [...this.validating.families(), ...this.mutating.families()];
  }
}
