import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  /** Default: JSON; empty for none. */
  readonly contentType?: string;
  /** Default: JSON. */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly warning: string;
  readonly headers: IncomingHttpHeaders;
  /** Data if it is JSON, text otherwise. */
  readonly body: unknown;
  readonly bytes: Buffer;
}

export interface WatchedEvent {
  readonly type: string;
  readonly object: any;
}

/** A server, reached with the credentials of a kubeconfig's current context (one that holds only that). */
export class Connection {
  private readonly server: string;
  private readonly token: string | undefined;
  private readonly agent: https.Agent;

  constructor(kubeconfig: string) {
    const text = readFileSync(kubeconfig, 'utf8');
    const value = (key: string) => new RegExp(`["']?${key}["']?:\\s*["']?([^\\s"',}]+)`).exec(text)?.[1];
    const pem = (key: string) => {
      const data = value(`${key}-data`);
      if (data) return Buffer.from(data, 'base64');
      const path = value(key);
      return path ? readFileSync(path) : undefined;
    };
    this.server = value('server') ?? '';
    this.token = value('token');
    const insecure = value('insecure-skip-tls-verify') === 'true';
    this.agent = new https.Agent({
      keepAlive: true,
      ca: pem('certificate-authority'),
      cert: pem('client-certificate'),
      key: pem('client-key'),
      rejectUnauthorized: !insecure,
    });
  }

  /** @param answered called once status and headers are there; what it promises is waited for as well */
  async send(request: Request, answered?: () => Promise<void>): Promise<Reply> {
    let meanwhile: Promise<void> | undefined;
    const reply = await this.exchange(request, () => {
      meanwhile = answered?.();
    });
    await meanwhile;
    return reply;
  }

  private exchange(
    { method, path, body, contentType = 'application/json', accept = 'application/json', headers: more }: Request,
    answered: () => void,
  ): Promise<Reply> {
    const headers = { ...this.headers(accept), ...more };
    if (body !== undefined) {
      if (contentType !== '') headers['content-type'] = contentType;
      headers['content-length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve) => {
      // A server that panics cuts the connection: that is an answer, too.
      const cut = (error: Error) =>
        resolve({ status: 0, contentType: '', warning: '', headers: {}, body: error.message, bytes: Buffer.alloc(0) });
      const request = https.request(this.server + path, { method, headers, agent: this.agent }, (response) => {
        const parts: Buffer[] = [];
        answered();
        response.on('data', (part) => parts.push(part));
        response.on('error', cut);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            warning: String(response.headers['warning'] ?? ''),
            headers: response.headers,
            body: parsed(bytes.toString('utf8')),
            bytes,
          });
        });
      });
      request.on('error', cut);
      request.end(body);
    });
  }

  /** Watches until it is stopped; events come in the order of the stream. @param seen called after each event */
  watch(path: string, seen: (events: readonly WatchedEvent[]) => void): { readonly opened: Promise<void>; stop(): void } {
    const events: WatchedEvent[] = [];
    let stop = () => {};
    const opened = new Promise<void>((resolve, reject) => {
      const request = https.request(this.server + path, { headers: this.headers('application/json'), agent: this.agent }, (response) => {
        const lines = createInterface({ input: response });
        lines.on('line', (line) => {
          events.push(JSON.parse(line));
          seen(events);
        });
        // It is stopped by cutting it off, which both call an error.
        response.on('error', () => {});
        lines.on('error', () => {});
        resolve();
      });
      request.on('error', reject);
      stop = () => request.destroy();
      request.end();
    });
    return { opened, stop: () => stop() };
  }

  private headers(accept: string): Record<string, string | number> {
    return { accept, 'user-agent': 'differential', ...(this.token && { authorization: `Bearer ${this.token}` }) };
  }

  close(): void {
    this.agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
