import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.ts';

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
export class WebhookCallError extends Error {}

const longestAnswer = 3 * 1024 * 1024;
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
   * @param userAgent names the caller, as kube-apiserver's do (`kube-apiserver-admission`)
   * @param timeoutSeconds after which the call fails; it goes into the URL as well
   * @throws WebhookCallError
   */
  async post(config: WebhookClientConfig, review: unknown, userAgent: string, timeoutSeconds: number): Promise<any> {
    const target = targetOf(config, timeoutSeconds);
    const where = `Post ${JSON.stringify(target.url.href)}: `;
    const deadline = new AbortController();
    const timer = this.clock.timer(timeoutSeconds * 1000, () => deadline.abort(), { background: true });
    try {
      const address = target.service ? await this.resolve(...target.service) : undefined;
      const response = await this.send(config, target.url, address, JSON.stringify(review), userAgent, deadline.signal);
      return parseAnswer(response);
    } catch (error) {
      if (error instanceof WebhookCallError) throw error;
      throw new WebhookCallError(
        where + (deadline.signal.aborted ? 'context deadline exceeded' : dialMessage(error as NodeJS.ErrnoException)),
      );
    } finally {
      timer.cancel();
    }
  }

  private send(
    { caBundle }: WebhookClientConfig,
    url: URL,
    address: { readonly host: string; readonly port: number } | undefined,
    body: string,
    userAgent: string,
    signal: AbortSignal,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          agent: this.agent(caBundle),
          host: address?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
          port: address?.port ?? (url.port || defaultServicePort),
          ...(address ? { servername: url.hostname } : {}),
          path: url.pathname + url.search,
          method: 'POST',
          headers: {
            host: url.host,
            'user-agent': userAgent,
            accept: 'application/json, */*',
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
          signal,
        },
        (message) => readAnswer(message).then(resolve, reject),
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  private agent(caBundle = ''): https.Agent {
    let agent = this.agents.get(caBundle);
    if (!agent) {
      const ca = caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64') };
      agent = new https.Agent({ keepAlive: true, maxSockets: 64, ...ca });
      this.agents.set(caBundle, agent);
    }
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }
}

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

function withTimeout(text: string, timeoutSeconds: number): URL {
  const url = new URL(text);
  url.searchParams.set('timeout', `${timeoutSeconds}s`);
  return url;
}

export interface Response {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function readAnswer(message: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > longestAnswer) {
      message.destroy();
      throw new WebhookCallError(`the body of the response was too large: more than ${longestAnswer} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: message.statusCode!, type: message.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString() };
}

/** What a webhook answered, parsed. @throws WebhookCallError in client-go's words */
export function parseAnswer({ status, type, text }: Response): any {
  if (status < 200 || status > 299) throw new WebhookCallError(failureMessage(status, text));
  if (text === '') throw new WebhookCallError(`0-length response with status code: ${status} and content type: ${type}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: the decoder falls back on YAML, for which any text is a string.
    value = text;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const sort = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw new WebhookCallError(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${sort} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

// A Status speaks for itself; other answers are described by their code.
function failureMessage(status: number, text: string): string {
  try {
    const body = JSON.parse(text);
    if (body?.kind === 'Status' && body.message) return body.message;
  } catch {
    // No Status.
  }
  // A refusal's own words tell the most.
  if (status === 403 && text !== '') return text;
  const known = statusMessages[status];
  if (known) return known;
  if (status >= 500) return `an error on the server (${JSON.stringify(text || 'unknown')}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

const statusMessages: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  403: 'the server does not allow access to the requested resource',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** A failure of the network as Go's dialer and TLS print it. */
export function dialMessage(error: NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string; host?: string }): string {
  const dial = `dial tcp ${error.address?.includes(':') ? `[${error.address}]` : error.address}:${error.port}: connect: `;
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
      return error.message;
  }
}

function namesMessage(error: { host?: string; cert?: { subjectaltname?: string } }): string {
  const names = (error.cert?.subjectaltname ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${error.host}`;
  return `certificate is valid for ${names.join(', ')}, not ${error.host}`;
}
