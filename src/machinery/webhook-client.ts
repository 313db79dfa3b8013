import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { parseURL } from '../../api/cel/library/go-url.ts';
import { goQuote } from '../../api/meta/go-quote.ts';
import { jsonText } from '../../api/meta/json-text.ts';
import type { Clock } from './clock.ts';
import { hostPort } from './host-port.ts';
import { malformedAnswer } from './malformed-answer.ts';
import { mediaTypeProblem } from './media-type.ts';
import { trustsAsGo } from './trust.ts';
import { parseTyped, UntypedError } from './typed-object.ts';
import { toldBy, unexplainedAnswer } from './unexplained-answer.ts';
import type { WebhookCredentials } from './webhook-endpoint.ts';

/** Where a webhook is, as admissionregistration's and apiextensions' WebhookClientConfig say. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number };
  /** PEM in base64; absent: the authorities that Node trusts. */
  readonly caBundle?: string;
}

/** Finds the address that stands for a service's port. @throws Error in the words of upstream's resolver or dialer */
export type ResolveService = (namespace: string, name: string, port: number) => Promise<{ readonly host: string; readonly port: number }>;

/** A call that brought no answer, or none that is JSON of a kind: the message is that of client-go. */
export class WebhookCallError extends Error {
  /** What the webhook answered, or 503 if it gave no answer that could be read. */
  readonly code: number;

  constructor(message: string, code = 503) {
    super(message);
    this.code = code;
  }
}

/** What is read of an answer; kube-apiserver has no limit but its memory. */
const longestAnswer = 16 * 1024 * 1024;
const longestHeaders = 1024 * 1024;
const mostRedirects = 10;
const defaultServicePort = 443;

/** Calls webhooks over HTTPS; connections are kept and shared by the webhooks of one authority. */
export class WebhookClient implements AsyncDisposable {
  private readonly agents = new Map<string, https.Agent>();
  private readonly resolve: ResolveService;
  private readonly clock: Clock;

  constructor(resolve: ResolveService, clock: Clock) {
    this.resolve = resolve;
    this.clock = clock;
  }

  /**
   * Posts a review and returns what the webhook answered, parsed.
   * @param credentials of the caller, for the webhook's `host:port`
   * @param userAgent names the caller, as kube-apiserver's do (`kube-apiserver-admission`)
   * @param timeoutSeconds after which the call fails; it goes into the URL as well
   * @throws WebhookCallError
   */
  async post(
    config: WebhookClientConfig,
    review: unknown,
    userAgent: string,
    timeoutSeconds: number,
    credentials?: CredentialsFor,
  ): Promise<any> {
    const target = targetOf(config, timeoutSeconds);
    const caller = { authority: config.caBundle ?? '', userAgent, ...credentials?.(hostAndPort(target.url, target.service?.[2])) };
    let { url } = target;
    const deadline = new AbortController();
    const timer = this.clock.timer(timeoutSeconds * 1000, () => deadline.abort(), { background: true });
    try {
      const address = target.service ? await this.resolve(...target.service) : undefined;
      const body = jsonText(review);
      const response = await withRedirects(url, (method, next) => {
        const isFirst = next === target.url;
        url = next;
        return this.send(caller, method, url, isFirst ? address : undefined, body, deadline.signal);
      });
      return parseAnswer(response);
    } catch (error) {
      if (error instanceof WebhookCallError) throw error;
      const reason = deadline.signal.aborted ? 'context deadline exceeded' : dialMessage(error as NodeJS.ErrnoException);
      throw new WebhookCallError(posted(url.href) + reason);
    } finally {
      timer.cancel();
    }
  }

  private send(
    caller: Caller,
    method: Method,
    url: URL,
    address: { readonly host: string; readonly port: number } | undefined,
    body: string,
    signal: AbortSignal,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          agent: this.agent(caller),
          host: address?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
          port: address?.port ?? (url.port || defaultServicePort),
          ...(address ? { servername: url.hostname } : {}),
          path: url.pathname + url.search,
          method,
          headers: {
            host: url.host,
            'user-agent': caller.userAgent,
            accept: 'application/json, */*',
            'content-type': 'application/json',
            ...(method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}),
            ...(caller.authorization ? { authorization: caller.authorization } : {}),
          },
          signal,
          maxHeaderSize: longestHeaders,
        },
        (message) => {
          // What fails from here on is told by the body's reader.
          request.off('error', reject);
          request.on('error', () => {});
          readAnswer(message, signal).then(resolve, reject);
        },
      );
      request.on('error', reject);
      request.on('upgrade', (message, socket) => resolve(switched(message, socket)));
      request.end(method === 'POST' ? body : undefined);
    });
  }

  private agent({ authority, certificate, key }: Caller): https.Agent {
    const id = `${authority}\n${certificate ?? ''}`;
    let agent = this.agents.get(id);
    if (!agent) {
      agent = new https.Agent({
        keepAlive: true,
        maxSockets: 64,
        ...trustsAsGo,
        ...(authority === '' ? {} : { ca: Buffer.from(authority, 'base64') }),
        ...(certificate ? { cert: certificate } : {}),
        ...(key ? { key } : {}),
      });
      this.agents.set(id, agent);
    }
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }
}

/** As whom webhooks are called, by their `host:port`; undefined: as nobody. */
export type CredentialsFor = (hostAndPort: string) => WebhookCredentials | undefined;

/** Who calls, and which authority the webhook has to be of (PEM in base64). */
interface Caller extends WebhookCredentials {
  readonly authority: string;
  readonly userAgent: string;
}

/** A review is posted; a redirect may make a question without a body of it. */
export type Method = 'POST' | 'GET';

/** The answer to what is posted to a URL, or to wherever answers redirect to. @throws WebhookCallError in the words of Go's client */
export async function withRedirects(first: URL, send: (method: Method, url: URL) => Promise<Response>): Promise<Response> {
  let method: Method = 'POST';
  let url = first;
  let response = await send(method, url);
  for (let redirects = 0; response.location; redirects++) {
    const { location } = response;
    if (redirects === mostRedirects) throw new WebhookCallError(`${posted(location)}stopped after ${mostRedirects} redirects`);
    url = redirected(url, location);
    if (!asksTheSame(response.status)) method = 'GET';
    response = await send(method, url);
  }
  return response;
}

/** As Go's client begins to tell what failed; it names the method with which it began. */
export function posted(url: string): string {
  return `Post ${goQuote(url)}: `;
}

/** @throws WebhookCallError where the location is none */
function redirected(from: URL, location: string): URL {
  const parsed = parseURL(location);
  if (typeof parsed === 'string') {
    throw new WebhookCallError(`${posted(from.href)}failed to parse Location header ${goQuote(location)}: ${parsed}`);
  }
  return new URL(location, from);
}

/** Whether a redirect keeps the method and the body. */
function asksTheSame(status: number): boolean {
  return status === 307 || status === 308;
}

const redirects: readonly number[] = [301, 302, 303, 307, 308];

interface Target {
  readonly url: URL;
  readonly service?: [namespace: string, name: string, port: number];
}

function targetOf({ url, service }: WebhookClientConfig, timeoutSeconds: number): Target {
  if (!service) return { url: withTimeout(url!, timeoutSeconds) };
  const { namespace, name, path = '', port = defaultServicePort } = service;
  // The port stands in the URL even where it is the scheme's own, which `URL` would drop.
  const written = withTimeout(`https://${name}.${namespace}.svc${path}`, timeoutSeconds);
  const href = written.href.replace('.svc/', `.svc:${port}/`);
  return { url: Object.defineProperty(written, 'href', { value: href }), service: [namespace, name, port] };
}

function hostAndPort({ hostname, port }: URL, servicePort?: number): string {
  return `${hostname}:${servicePort ?? (port || defaultServicePort)}`;
}

function withTimeout(text: string, timeoutSeconds: number): URL {
  const url = new URL(text);
  url.searchParams.set('timeout', `${timeoutSeconds}s`);
  return url;
}

export interface Response {
  /** Where to ask instead. */
  readonly location?: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** In how many seconds the same may be asked again. */
  readonly retryAfter?: number;
}

/** Another protocol, which nobody asked for: an answer without a body. */
export function switched({ statusCode, headers }: IncomingMessage, socket: Duplex): Response {
  socket.destroy();
  return { status: statusCode!, type: headers['content-type'] ?? '', text: '' };
}

/** Reads the whole of an answer. @throws WebhookCallError, with `late` where the deadline has passed */
export async function readAnswer(message: IncomingMessage, deadline: AbortSignal, late = 'context deadline exceeded'): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message) {
      length += chunk.length;
      if (length > longestAnswer) throw new WebhookCallError(`the body of the response was too large: more than ${longestAnswer} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof WebhookCallError) throw error;
    const reason = deadline.aborted ? late : 'unexpected EOF';
    throw new WebhookCallError(`unexpected error when reading response body. Please retry. Original error: ${reason}`);
  }
  const { statusCode: status, headers } = message;
  const location = redirects.includes(status!) ? headers.location : undefined;
  return {
    status: status!,
    type: headers['content-type'] ?? '',
    text: Buffer.concat(chunks).toString(),
    ...(location ? { location } : {}),
    ...(/^\d+$/.test(headers['retry-after'] ?? '') ? { retryAfter: Number(headers['retry-after']) } : {}),
  };
}

/** What a webhook answered, parsed: an object whose `apiVersion` and `kind` are texts, if they are there. @throws WebhookCallError in client-go's words */
export function parseAnswer({ status, type, text }: Response): any {
  const problem = type === '' ? undefined : mediaTypeProblem(type);
  if (problem !== undefined) throw new WebhookCallError(`Internal error occurred: ${problem}`, 500);
  const isAnswer = status === 101 || (status >= 200 && status <= 299);
  if (!isAnswer) throw new WebhookCallError(failureMessage(status, type, text), status);
  if (text === '')
    throw new WebhookCallError(`0-length response with status code: ${status} and content type: ${type || 'application/json'}`);
  try {
    return parseTyped(text);
  } catch (error) {
    throw error instanceof UntypedError ? new WebhookCallError(error.message) : error;
  }
}

// A Status speaks for itself; other answers are described by their code, and by their text where they say that it is one.
function failureMessage(status: number, type: string, text: string): string {
  try {
    const body = JSON.parse(text);
    if (body?.kind === 'Status' && body.message) return String(body.message);
  } catch {
    // No Status.
  }
  return unexplainedAnswer(status, toldBy(type, text));
}

/** A failure of the network as Go's dialer and TLS print it. */
export function dialMessage(
  error: NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string; host?: string; rawPacket?: Buffer },
): string {
  const dial = `dial tcp ${hostPort(String(error.address), error.port!)}: connect: `;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `${dial}connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}no route to host`;
    case 'ENETUNREACH':
      return `${dial}network is unreachable`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${error.hostname}: no such host`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'EOF';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${namesMessage(error)}`;
    default:
      if (error.code?.startsWith('HPE_')) {
        const problem = malformedAnswer(error.rawPacket ?? Buffer.alloc(0)) ?? error.message;
        return `net/http: HTTP/1.x transport connection broken: ${problem}`;
      }
      return error.message;
  }
}

function namesMessage(error: { host?: string; cert?: { subjectaltname?: string } }): string {
  const names = (error.cert?.subjectaltname ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${error.host}`;
  return `certificate is valid for ${names.join(', ')}, not ${error.host}`;
}
