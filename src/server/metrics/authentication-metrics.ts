import type { Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from './family.ts';

/** Users that have a series of their own; the others are too many. The set is upstream's. */
const named: ReadonlySet<string> = new Set(['admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default']);

/** How often requests said who made them. */
export class AuthenticationMetrics {
  private readonly attempts = new Map<'success' | 'failure' | 'error', number>();
  private readonly users = new Map<string, number>();

  succeeded(username: string): void {
    increase(this.attempts, 'success');
    increase(this.users, named.has(username) ? username : username.includes('@') ? 'email_id' : 'other');
  }

  /** @param result `failure`: nobody knows the credential; `error`: it does not hold */
  failed(result: 'failure' | 'error'): void {
    increase(this.attempts, result);
  }

  families(): MetricFamily[] {
    const samples = (of: ReadonlyMap<string, number>, label: string) => (): Sample[] =>
      [...of].map(([name, value]) => ({ labels: { [label]: name }, value }));
    return [
      {
        name: 'authentication_attempts',
        help: 'Requests by what became of their credentials.',
        type: 'counter',
        samples: samples(this.attempts, 'result'),
      },
      {
        name: 'authenticated_user_requests',
        help: 'Requests by user.',
        type: 'counter',
        samples: samples(this.users, 'username'),
      },
    ];
  }
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
