import { Counter, CounterVector, type MetricFamily } from '../../machinery/metrics.ts';

/** What was counted of auditing; there is one whether or not anything is recorded. */
export class AuditStats {
  private readonly events = new Counter();
  private readonly levels = new CounterVector({
    name: 'apiserver_audit_level_total',
    help: '[ALPHA] Counter of policy levels for audit events (1 per request).',
    labels: ['level'],
  });

  /** Notes how much the policy wants of a request. */
  ruled(level: string): void {
    this.levels.increase(level);
  }

  /** Notes that an event was handed on. */
  recorded(): void {
    this.events.value++;
  }

  families(): MetricFamily[] {
    return [
      {
        name: 'apiserver_audit_event_total',
        help: '[ALPHA] Counter of audit events generated and sent to the audit backend.',
        type: 'counter',
        samples: () => [{ labels: {}, value: this.events.value }],
      },
      {
        name: 'apiserver_audit_requests_rejected_total',
        help: '[ALPHA] Counter of apiserver requests rejected due to an error in audit logging backend.',
        type: 'counter',
        // A backend that fails loses events, never requests.
        samples: () => [{ labels: {}, value: 0 }],
      },
      this.levels.family(),
    ];
  }
}
