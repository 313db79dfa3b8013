import { Histogram } from '../../machinery/histogram.ts';
import { CounterVector, HistogramVector, type MetricFamily } from '../../machinery/metrics.ts';

/** Users that have a series of their own; the others are too many. The set is upstream's. */
const named: ReadonlySet<string> = new Set(['admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default']);
const seconds = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i);

const lifetimes = [0, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000, 7_776_000, 15_552_000, 31_104_000];

/** How often and how quickly requests said who made them. */
export class AuthenticationMetrics {
  private readonly durations = new HistogramVector(
    {
      name: 'authentication_duration_seconds',
      help: '[ALPHA] Authentication duration in seconds broken out by result.',
      labels: ['result'],
    },
    seconds,
  );
  private readonly success = this.durations.with('success');
  private readonly users = new CounterVector({
    name: 'authenticated_user_requests',
    help: '[ALPHA] Counter of authenticated requests broken out by username.',
    labels: ['username'],
  });

  /** How long the certificates that prove who makes a request will hold. */
  readonly certificateLifetimes = new Histogram(lifetimes);

  succeeded(username: string, milliseconds: number): void {
    this.success.observe(milliseconds / 1000);
    this.users.increase(named.has(username) ? username : username.includes('@') ? 'email_id' : 'other');
  }

  /** @param result `failure`: nobody knows the credential; `error`: it does not hold */
  failed(result: 'failure' | 'error', milliseconds: number): void {
    this.durations.with(result).observe(milliseconds / 1000);
  }

  families(): MetricFamily[] {
    const attempts = this.durations.observations('authentication_attempts', '[ALPHA] Counter of authenticated attempts.');
    const certificates: MetricFamily = {
      name: 'apiserver_client_certificate_expiration_seconds',
      help: '[ALPHA] Distribution of the remaining lifetime on the certificate used to authenticate a request.',
      type: 'histogram',
      samples: () => [{ labels: {}, value: this.certificateLifetimes }],
    };
    return [this.durations.family(), attempts, this.users.family(), certificates];
  }
}
