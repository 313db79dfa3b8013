import http from 'node:http';
import https from 'node:https';
import { jsonText } from '../../api/meta/json-text.ts';
import type { Clock } from './clock.ts';
import { trustsAsGo } from './trust.ts';
import {
  dialMessage,
  type Method,
  parseAnswer,
  posted,
  type Response,
  readAnswer,
  switched,
  WebhookCallError,
  withRedirects,
} from './webhook-client.ts';
import type { WebhookEndpoint } from './webhook-endpoint.ts';

const defaultBackoffMs = 500;
const backoffFactor = 1.5;
const attempts = 5;
/** How often it is asked again because the answer says when, besides the attempts. */
const retriesWhenTold = 10;
/** No attempt begins later, as requests that write end soon after. */
const longestReviewMs = 30_000;
const lateBeforeAnswer = 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
const lateInAnswer = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)';

/** Posts JSON to an endpoint that a kubeconfig names, over connections that are kept. */
export class EndpointClient implements Disposable {
  private readonly endpoint: WebhookEndpoint;
  private readonly clock: Clock;
  private readonly agent: http.Agent;

  constructor(endpoint: WebhookEndpoint, clock: Clock) {
    this.endpoint = endpoint;
    this.clock = clock;
    const { server, authority, certificate, key, insecure } = endpoint;
    this.agent = server.startsWith('https:')
      ? new https.Agent({
          keepAlive: true,
          rejectUnauthorized: !insecure,
          ...trustsAsGo,
          ...(authority ? { ca: authority } : {}),
          ...(certificate ? { cert: certificate } : {}),
          ...(key ? { key } : {}),
        })
      : new http.Agent({ keepAlive: true });
  }

  /** @param timeout milliseconds @throws WebhookCallError where there is no answer in time, as client-go tells it */
  async post(body: string, timeout: number): Promise<Response> {
    const { server, authorization } = this.endpoint;
    let url = new URL(server);
    url.searchParams.set('timeout', `${timeout / 1000}s`);
    const { protocol } = url;
    const deadline = new AbortController();
    const timer = this.clock.timer(timeout, () => deadline.abort(), { background: true });
    const send = (method: Method, next: URL) => {
      url = next;
      return new Promise<Response>((resolve, reject) => {
        const headers = {
          'content-type': 'application/json',
          ...(method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}),
          accept: 'application/json, */*',
          'user-agent': 'Go-http-client/1.1',
          ...(authorization ? { authorization } : {}),
        };
        // Another scheme has no connections that are kept.
        const agent = url.protocol === protocol ? { agent: this.agent } : {};
        const options = { method, headers, signal: deadline.signal, ...agent };
        const request = (url.protocol === 'https:' ? https : http).request(url, options, (message) => {
          // What fails from here on is told by the answer's reader.
          request.off('error', reject);
          request.on('error', () => {});
          readAnswer(message, deadline.signal, lateInAnswer).then(resolve, reject);
        });
        request.on('error', reject);
        request.on('upgrade', (message, socket) => resolve(switched(message, socket)));
        request.end(method === 'POST' ? body : undefined);
      });
    };
    try {
      return await withRedirects(url, send);
    } catch (error) {
      if (error instanceof WebhookCallError) throw error;
      const reason = deadline.signal.aborted ? lateBeforeAnswer : dialMessage(error as NodeJS.ErrnoException);
      throw new ConnectionError(posted(url.href) + reason, wasReset(error as NodeJS.ErrnoException));
    } finally {
      timer.cancel();
    }
  }

  /**
   * Posts a review and returns what was answered, parsed. What may go well another time is tried five times, as client-go's webhooks do; in between
   * what an answer tells to try again later is tried again then.
   * @param firstBackoff milliseconds after the first attempt
   * @throws WebhookCallError
   */
  async review(review: object, timeout: number, firstBackoff = defaultBackoffMs): Promise<any> {
    const body = jsonText(review);
    const end = this.clock.monotonic() + longestReviewMs;
    for (let attempt = 1, backoff = firstBackoff; ; attempt++, backoff *= backoffFactor) {
      const isLast = attempt === attempts || this.clock.monotonic() + backoff > end;
      try {
        const answer = await this.postWhenTold(body, timeout, end);
        if (isLast || !isTransient(answer)) return parseAnswer(answer);
      } catch (error) {
        if (isLast || !(error instanceof ConnectionError && error.wasReset)) throw error;
      }
      await this.clock.sleep(backoff);
    }
  }

  private async postWhenTold(body: string, timeout: number, end: number): Promise<Response> {
    for (let retry = 0; ; retry++) {
      const answer = await this.post(body, timeout);
      const { status, retryAfter } = answer;
      if (retryAfter === undefined || (status !== 429 && status < 500)) return answer;
      if (retry === retriesWhenTold || this.clock.monotonic() + retryAfter * 1000 > end) return answer;
      await this.clock.sleep(retryAfter * 1000);
    }
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

class ConnectionError extends WebhookCallError {
  readonly wasReset: boolean;

  constructor(message: string, reset: boolean) {
    super(message);
    this.wasReset = reset;
  }
}

// A connection that was closed before an answer came has this code as well, and no system call that failed.
function wasReset({ code, syscall }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' && syscall !== undefined;
}

function isTransient({ status, retryAfter }: Response): boolean {
  // Of the codes without a reason of their own those from 500 on are internal errors.
  return status === 429 || (status >= 500 && (status !== 503 || (retryAfter ?? 0) > 0));
}
