import type { Clock, Timer } from '../../machinery/clock.ts';
import { EndpointClient } from '../../machinery/endpoint-client.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { WebhookEndpoint } from '../../machinery/webhook-endpoint.ts';
import type { AuditSink } from './record.ts';

export interface AuditWebhookOptions {
  readonly endpoint: WebhookEndpoint;
  /** So many events go in one call at most. */
  readonly batchMaxSize: number;
  /** Milliseconds that an event waits for others at most. */
  readonly batchMaxWait: number;
  /** Milliseconds after a first failed call; absent: 10,000. */
  readonly initialBackoff?: number;
}

// kube-apiserver's defaults of the flags that there are not here.
const bufferSize = 10_000;
const firstBackoff = 10_000;
const backoffFactor = 1.5;
const attempts = 5;
const callTimeout = 30_000;
/** When the cluster ends, what is left is sent once. */
const lastCallTimeout = 2_000;
const typeMeta = '"kind":"Event","apiVersion":"audit.k8s.io/v1",';
const retried: readonly number[] = [429, 500, 504];

/** Sends audit events to a webhook as EventLists, one call after the other. Events that do not fit into its buffer any more are dropped. */
export class AuditWebhook implements AuditSink, AsyncDisposable {
  private readonly options: AuditWebhookOptions;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly client: EndpointClient;
  private readonly stopping = new AbortController();
  private waiting: string[] = [];
  private timer: Timer | undefined;
  /** Whether what waits is to be sent now. */
  private due = false;
  private sending: Promise<void> | undefined;

  constructor(options: AuditWebhookOptions, clock: Clock, logger: Logger) {
    this.options = options;
    this.clock = clock;
    this.logger = logger;
    this.client = new EndpointClient(options.endpoint, clock);
  }

  write(line: string): void {
    if (this.waiting.length >= bufferSize) return void this.logger.error('an audit event was dropped: the buffer of the webhook is full');
    this.waiting.push(line);
    if (this.waiting.length >= this.options.batchMaxSize) this.flush();
    else this.timer ??= this.clock.timer(this.options.batchMaxWait, () => this.flush(), { background: true });
  }

  /** Sends what waits now, after what is being sent. */
  private flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.due = true;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.due && this.waiting.length > 0) {
      this.due = this.waiting.length > this.options.batchMaxSize;
      await this.sendWithRetry(this.waiting.splice(0, this.options.batchMaxSize));
    }
  }

  private async sendWithRetry(lines: readonly string[]): Promise<void> {
    let backoff = this.options.initialBackoff ?? firstBackoff;
    for (let attempt = 1; ; attempt++) {
      const problem = await this.send(lines, callTimeout);
      if (!problem) return;
      if (!problem.temporary || attempt === attempts || this.stopping.signal.aborted) return this.lost(lines, problem.error);
      await this.clock.sleep(backoff, this.stopping.signal).catch(() => {}); // Woken to try a last time.
      backoff *= backoffFactor;
    }
  }

  private lost(lines: readonly string[], error: Error): void {
    this.logger.error({ err: error, events: lines.length }, 'audit events could not be sent to the webhook');
  }

  /** @returns what went wrong, and whether it may go well another time */
  private async send(
    lines: readonly string[],
    timeout: number,
  ): Promise<{ readonly error: Error; readonly temporary: boolean } | undefined> {
    const items = lines.map((line) => line.replace(typeMeta, ''));
    const body = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}\n`;
    try {
      const { status } = await this.client.post(body, timeout);
      if (status >= 200 && status < 300) return undefined;
      return { error: new Error(`the webhook answered ${status}`), temporary: retried.includes(status) };
    } catch (error) {
      return { error: error as Error, temporary: true };
    }
  }

  /** Sends what is left, once, and closes its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.timer?.cancel();
    this.stopping.abort();
    await this.sending;
    const left = this.waiting.splice(0);
    const problem = left.length > 0 ? await this.send(left, lastCallTimeout) : undefined;
    if (problem) this.lost(left, problem.error);
    this.client[Symbol.dispose]();
  }
}
