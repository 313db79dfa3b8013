import http from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.ts';
import { parseAnswer, type Response, WebhookCallError } from './webhook-client.ts';
import type { WebhookEndpoint } from './webhook-endpoint.ts';

const firstBackoffMs = 500;
const backoffFactor = 1.5;
const attempts = 5;

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
          ...(authority ? { ca: authority } : {}),
          ...(certificate ? { cert: certificate } : {}),
          ...(key ? { key } : {}),
        })
      : new http.Agent({ keepAlive: true });
  }

  /** @param timeout milliseconds @throws Error where there is no answer in time */
  post(body: string, timeout: number): Promise<Response> {
    const { server, authorization } = this.endpoint;
    const deadline = new AbortController();
    const timer = this.clock.timer(timeout, () => deadline.abort(new Error('the webhook did not answer in time')), { background: true });
    return new Promise<Response>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        accept: 'application/json, */*',
        'user-agent': 'kube-apiserver',
        ...(authorization ? { authorization } : {}),
      };
      const options = { method: 'POST', agent: this.agent, headers, signal: deadline.signal };
      const request = (server.startsWith('https:') ? https : http).request(server, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        );
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    }).finally(() => timer.cancel());
  }

  /**
   * Posts a review and returns what was answered, parsed. What may go well another time is tried five times, as client-go's webhooks do.
   * @throws Error
   */
  async review(review: object, timeout: number): Promise<any> {
    const body = JSON.stringify(review);
    for (let attempt = 1, backoff = firstBackoffMs; ; attempt++, backoff *= backoffFactor) {
      try {
        const answer = await this.post(body, timeout);
        const isFinal = attempt === attempts || (answer.status !== 429 && answer.status < 500);
        if (isFinal) return parseAnswer(answer);
      } catch (error) {
        if (attempt === attempts || error instanceof WebhookCallError) throw error;
      }
      await this.clock.sleep(backoff);
    }
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}
