import { CounterVector, HistogramVector, type MetricFamily } from '../../machinery/metrics.ts';
import { CallFailure, Refusal } from '../webhook/outcomes.ts';

const prefix = 'apiserver_admission_webhook_';
const seconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
const conditionSeconds = [0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25];
const succeeded = 200;
const largestCode = 600;

/** What the metrics call the two sorts of webhooks. */
export type WebhookType = 'admit' | 'validating';

/** What became of calls of webhooks, by their names. */
export class WebhookMetrics {
  private readonly duration = new HistogramVector(
    {
      name: `${prefix}admission_duration_seconds`,
      help: '[STABLE] Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
      labels: ['name', 'operation', 'rejected', 'type'],
    },
    seconds,
  );
  private readonly requests = new CounterVector({
    name: `${prefix}request_total`,
    help: '[ALPHA] Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify whether the request was rejected or not and an HTTP status code. Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
    labels: ['code', 'name', 'operation', 'rejected', 'type'],
  });
  private readonly rejections = new CounterVector({
    name: `${prefix}rejection_count`,
    help: '[ALPHA] Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify an error type (calling_webhook_error or apiserver_internal_error if an error occurred; no_error otherwise) and optionally a non-zero rejection code if the webhook rejects the request with an HTTP status code (honored by the apiserver when the code is greater or equal to 400). Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
    labels: ['error_type', 'name', 'operation', 'rejection_code', 'type'],
  });
  private readonly failedOpen = new CounterVector({
    name: `${prefix}fail_open_count`,
    help: '[ALPHA] Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).',
    labels: ['name', 'type'],
  });

  private readonly conditions = new HistogramVector(
    {
      name: 'apiserver_admission_match_condition_evaluation_seconds',
      help: '[ALPHA] Admission match condition evaluation time in seconds, identified by name and broken out for each kind containing matchConditions (webhook or policy), operation and type (validate or admit).',
      labels: ['kind', 'name', 'operation', 'type'],
    },
    conditionSeconds,
  );
  private readonly exclusions = new CounterVector({
    name: 'apiserver_admission_match_condition_exclusions_total',
    help: '[ALPHA] Admission match condition evaluation exclusions count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
    labels: ['kind', 'name', 'operation', 'type'],
  });
  private readonly conditionErrors = new CounterVector({
    name: 'apiserver_admission_match_condition_evaluation_errors_total',
    help: '[ALPHA] Admission match condition evaluation errors count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
    labels: ['kind', 'name', 'operation', 'type'],
  });

  allowed(name: string, type: WebhookType, operation: string, milliseconds: number): void {
    this.called(name, type, operation, milliseconds, false, succeeded);
  }

  /** @param ignored whether the webhook's policy lets failed calls pass */
  failed(name: string, type: WebhookType, operation: string, milliseconds: number, error: unknown, ignored: boolean): void {
    const { cause, code } = classify(error);
    const rejected = cause !== 'calling_webhook_error' || !ignored;
    this.called(name, type, operation, milliseconds, rejected, code);
    if (rejected) this.rejections.increase(cause, name, operation, String(code), type);
    else this.failedOpen.increase(name, type);
  }

  /** @param verdict of a webhook's match conditions: whether they hold, or why nobody can tell */
  matched(name: string, type: 'admit' | 'validate', operation: string, milliseconds: number, verdict: boolean | object): void {
    this.conditions.with('webhook', name, operation, type).observe(milliseconds / 1000);
    if (typeof verdict === 'object') this.conditionErrors.increase('webhook', name, operation, type);
    else if (!verdict) this.exclusions.increase('webhook', name, operation, type);
  }

  families(): MetricFamily[] {
    const { duration, requests, rejections, failedOpen, conditions, exclusions, conditionErrors } = this;
    return [duration, requests, rejections, failedOpen, conditions, exclusions, conditionErrors].map((metric) => metric.family());
  }

  private called(name: string, type: WebhookType, operation: string, milliseconds: number, rejected: boolean, code: number): void {
    this.requests.increase(String(code), name, operation, String(rejected), type);
    this.duration.with(name, operation, String(rejected), type).observe(milliseconds / 1000);
  }
}

function classify(error: unknown): { readonly cause: string; readonly code: number } {
  if (error instanceof CallFailure) return { cause: 'calling_webhook_error', code: Math.min(error.code, largestCode) };
  if (error instanceof Refusal) return { cause: 'no_error', code: Math.min(error.code, largestCode) };
  return { cause: 'apiserver_internal_error', code: 0 };
}
