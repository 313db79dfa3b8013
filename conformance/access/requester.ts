import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';

const longestSilence = 20_000;

export interface Answer {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Asking {
  readonly body?: unknown;
  readonly contentType?: string;
  /** As whom: the administrator's certificate by default, nobody for ''. */
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly headers?: Readonly<Record<string, string>>;
}

export type Ask = (method: string, path: string, asking?: Asking) => Promise<Answer>;

/** Asks the server of a kubeconfig, over one connection an identity. */
export async function requester(kubeconfig: string): Promise<{ ask: Ask; server: string; authority: string } & Disposable> {
  const config = parse(await readFile(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster;
  const credentials = config.users[0].user;
  const decode = (data: string) => Buffer.from(data, 'base64').toString();
  const ca = decode(authority);
  const admin = { cert: decode(credentials['client-certificate-data']), key: decode(credentials['client-key-data']) };
  const agents = new Map<string, https.Agent>();
  const agentOf = (certificate: { cert: string; key: string } | undefined) => {
    const id = certificate?.cert ?? '';
    let agent = agents.get(id);
    if (!agent) agents.set(id, (agent = new https.Agent({ keepAlive: true, ca, ...certificate })));
    return agent;
  };
  const ask: Ask = (method, path, { body, contentType = 'application/json', token, certificate, headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const request = https.request(new URL(path, server), {
        method,
        agent: agentOf(certificate ?? (token === undefined ? admin : undefined)),
        headers: {
          accept: 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(sent === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(sent) }),
          ...headers,
        },
      });
      request.on('error', reject);
      // What does not end is a failure of its own, not of the test runner.
      request.setTimeout(longestSilence, () => request.destroy(new Error(`no answer to ${method} ${path}`)));
      request.on('response', (response) => {
        text(response).then((whole) => {
          let parsed: unknown = whole;
          try {
            parsed = JSON.parse(whole);
          } catch {
            // Plain text.
          }
          resolve({ status: response.statusCode!, body: parsed, headers: response.headers });
        }, reject);
      });
      request.end(sent);
    });
  return {
    ask,
    server,
    authority: ca,
    [Symbol.dispose]() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
