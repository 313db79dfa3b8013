import { readFileSync } from 'node:fs';
import https from 'node:https';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly warning: string;
  readonly body: unknown;
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

  send({ method, path, body, contentType = 'application/json' }: Request): Promise<Reply> {
    const headers: Record<string, string | number> = { accept: 'application/json', 'user-agent': 'differential' };
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    if (body !== undefined) {
      headers['content-type'] = contentType;
      headers['content-length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve) => {
      // A server that panics cuts the connection: that is an answer, too.
      const cut = (error: Error) => resolve({ status: 0, contentType: '', warning: '', body: error.message });
      const request = https.request(this.server + path, { method, headers, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += part;
        });
        response.on('error', cut);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            warning: String(response.headers['warning'] ?? ''),
            body: parsed(text),
          });
        });
      });
      request.on('error', cut);
      request.end(body);
    });
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
