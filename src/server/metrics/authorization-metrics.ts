import type { Decision } from '../../auth/types.ts';
import type { Histogram } from '../../machinery/histogram.ts';
import { HistogramVector, type MetricFamily } from '../../machinery/metrics.ts';

const seconds = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i);

/** How often and how quickly requests were allowed or not. */
export class AuthorizationMetrics {
  private readonly durations = new HistogramVector(
    {
      name: 'authorization_duration_seconds',
      help: '[ALPHA] Authorization duration in seconds broken out by result.',
      labels: ['result'],
    },
    seconds,
  );
  private readonly allowed: Histogram = this.durations.with('allowed');

  decided({ decision, error }: Decision, milliseconds: number): void {
    const histogram = decision === 'allow' ? this.allowed : this.durations.with(resultOf(decision, error));
    histogram.observe(milliseconds / 1000);
  }

  families(): MetricFamily[] {
    const attempts = this.durations.observations(
      'authorization_attempts_total',
      "[ALPHA] Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
    );
    return [this.durations.family(), attempts];
  }
}

function resultOf(decision: 'deny' | 'no-opinion', error: string | undefined): string {
  if (error !== undefined) return 'error';
  return decision === 'deny' ? 'denied' : 'no-opinion';
}
