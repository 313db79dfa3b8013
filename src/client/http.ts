import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { jsonText } from '../../api/meta/json-text.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { UserInfo } from '../auth/types.ts';
import { type Clock, systemClock, type Timer } from '../machinery/clock.ts';
import { readJson } from '../machinery/schema/json-numbers.ts';
import { trustsAsGo } from '../machinery/trust.ts';
import { Turns } from '../machinery/turns.ts';
import type { ApiError } from '../registry/errors.ts';
import type { Client, ObjectList, WatchEvent } from './client.ts';
import { plainError, statusError } from './plain-error.ts';
import { type ClientRequest, clientOver, type Transport } from './resource-client.ts';
import { requestsAtOneTime, withRetries } from './retries.ts';

/** Where a server is and how to prove who one is, as a kubeconfig holds it (decoded). */
export interface ClientConfig {
  /** `https://host:port` */
  readonly server: string;
  readonly certificateAuthority?: string | Buffer;
  readonly insecureSkipTlsVerify?: boolean;
  readonly clientCertificate?: string | Buffer;
  readonly clientKey?: string | Buffer;
  readonly token?: string;
  /** Act in the name of this user, as far as the credentials' own user may. */
  readonly impersonate?: UserInfo;
  readonly userAgent?: string;
}

export interface HttpClient extends Client, AsyncDisposable {
  /** Ends all watches and the connection. */
  close(): Promise<void>;
}

const pingInterval = 30_000;
const pingTimeout = 15_000;

/** A client over HTTP/2 to any API server. Connects with the first request, and again after the connection was lost. */
export function createHttpClient(config: ClientConfig, clock: Clock = systemClock): HttpClient {
  const transport = new HttpTransport(config, clock);
  return {
    ...clientOver(transport),
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

class HttpTransport implements Transport {
  private readonly config: ClientConfig;
  private readonly clock: Clock;
  private readonly turns = new Turns(requestsAtOneTime);
  private session: ClientHttp2Session | undefined;
  private closed = false;

  constructor(config: ClientConfig, clock: Clock) {
    this.config = config;
    this.clock = clock;
  }

  send(request: ClientRequest): Promise<KubeObject> {
    return withRetries(this.clock, () => this.turns.of(() => this.sendOnce(request)));
  }

  private async sendOnce(request: ClientRequest): Promise<KubeObject> {
    const stream = this.open(request);
    const headers = await responseOf(stream);
    const text = (await readAll(stream)).toString();
    const status = Number(headers[':status']);
    if (status >= 400) throw errorOf(status, text, headers);
    return readJson(text);
  }

  async list(request: ClientRequest): Promise<ObjectList<any>> {
    const list = (await this.send(request)) as unknown as ObjectList<KubeObject> & { kind?: string; apiVersion?: string };
    const kind = list.kind?.replace(/List$/, '');
    // Items of built-in lists go without these; objects of a client always have them.
    const items = list.items.map((item) => (item.kind ? item : { kind, apiVersion: list.apiVersion, ...item }));
    return { ...list, items };
  }

  async *watch(request: ClientRequest, signal: AbortSignal): AsyncGenerator<WatchEvent<any>> {
    if (signal.aborted) return;
    let stream: ClientHttp2Stream | undefined;
    const left = () => stream?.close(http2.constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', left, { once: true });
    try {
      const attempt = async () => {
        stream = this.open(request);
        const headers = await responseOf(stream);
        const status = Number(headers[':status']);
        if (status >= 400) throw errorOf(status, (await readAll(stream)).toString(), headers);
      };
      await withRetries(this.clock, attempt, signal);
      let rest: Buffer = Buffer.alloc(0);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        let from = 0;
        for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
          yield readJson(bytes.toString('utf8', from, end));
          if (signal.aborted) return;
          from = end + 1;
        }
        rest = bytes.subarray(from);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', left);
      left();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const session = this.session;
    if (!session || session.destroyed) return;
    await new Promise<void>((resolve) => {
      session.once('close', resolve);
      session.destroy();
    });
  }

  private open({ method, path, query, body, contentType }: ClientRequest): ClientHttp2Stream {
    const parameters = query.toString();
    const stream = this.connection().request(
      {
        ':method': method,
        ':path': parameters === '' ? path : `${path}?${parameters}`,
        accept: 'application/json',
        'user-agent': this.config.userAgent ?? 'orrery',
        ...(body !== undefined ? { 'content-type': contentType ?? 'application/json' } : {}),
        ...(this.config.token ? { authorization: `Bearer ${this.config.token}` } : {}),
        ...(this.config.impersonate
          ? { 'impersonate-user': this.config.impersonate.username, 'impersonate-group': [...this.config.impersonate.groups] }
          : {}),
      },
      { endStream: body === undefined },
    );
    // Failures reach the reader through the promises of the response and its body.
    stream.on('error', () => {});
    if (body !== undefined) stream.end(typeof body === 'string' ? body : jsonText(body));
    return stream;
  }

  private connection(): ClientHttp2Session {
    if (this.closed) throw new Error('the client is closed');
    const current = this.session;
    if (current && !current.closed && !current.destroyed) return current;
    const { server, certificateAuthority, insecureSkipTlsVerify, clientCertificate, clientKey } = this.config;
    const session = http2.connect(server, {
      ca: certificateAuthority,
      rejectUnauthorized: !insecureSkipTlsVerify,
      ...trustsAsGo,
      cert: clientCertificate,
      key: clientKey,
      settings: { initialWindowSize: 4 * 1024 * 1024, enablePush: false },
    });
    session.once('connect', () => session.setLocalWindowSize(32 * 1024 * 1024));
    // Every open request hears of it itself.
    session.on('error', () => {});
    // A server that is about to stop takes no more requests on this connection.
    session.on('goaway', () => {
      if (this.session === session) this.session = undefined;
    });
    this.keepAlive(session);
    this.session = session;
    return session;
  }

  /** A connection whose other end has vanished is noticed, as its watches would wait for ever. */
  private keepAlive(session: ClientHttp2Session): void {
    let timer: Timer | undefined;
    const ping = () => {
      timer = this.clock.timer(pingTimeout, () => session.destroy(new Error('the server does not answer')), { background: true });
      session.ping((error) => {
        timer?.cancel();
        if (!error && !session.destroyed) schedule();
      });
    };
    const schedule = () => {
      timer = this.clock.timer(pingInterval, ping, { background: true });
    };
    schedule();
    session.once('close', () => timer?.cancel());
  }
}

function responseOf(stream: ClientHttp2Stream): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    stream.once('response', resolve);
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the connection was closed before an answer came')));
  });
}

async function readAll(stream: ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function errorOf(status: number, text: string, headers: IncomingHttpHeaders): ApiError {
  return statusError(status, text) ?? plainError(status, headers['content-type'] ?? '', text, headers['retry-after']);
}
