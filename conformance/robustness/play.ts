import { once } from 'node:events';
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { type Attack, attacks, definitionAttacks, namespace } from './attacks.ts';

export interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One connection, over which any text is sent. */
export interface Connection {
  ask(method: string, path: string, body?: string, type?: string, headers?: Attack['headers']): Promise<Told>;
  close(): void;
}

/** A connection with the rights of a kubeconfig, or with none. It is made anew when the server has ended it, as after a 401. */
export async function connectTo(kubeconfig: string, { anonymous = false } = {}): Promise<Connection> {
  const { server, authority: ca, certificate: cert, key } = await readKubeconfig(kubeconfig);
  let session: ClientHttp2Session | undefined;
  return {
    async ask(method, path, body, type = 'application/json', headers = {}) {
      if (!session || session.closed || session.destroyed) session = connect(server, anonymous ? { ca } : { ca, cert, key });
      const told = body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
      const stream = session.request({ ':method': method, ':path': path, ...told, ...(headers as OutgoingHttpHeaders) });
      const response = once(stream, 'response');
      stream.end(body);
      const [answer, [sent]] = await Promise.all([text(stream), response]);
      return { status: Number(sent[':status']), text: answer, headers: sent };
    },
    close: () => session?.close(),
  };
}

/** What an attack sends. */
export function textOf({ body }: Attack): string | undefined {
  const made = body?.();
  return typeof made === 'object' ? JSON.stringify(made) : made;
}

export function isRight({ status, says, real }: Attack, answer: Told): boolean {
  return (answer.status === status && (!says || says.test(answer.text))) || answer.status === real;
}

/** Makes the attacks' namespace. */
export async function prepare({ ask }: Connection): Promise<void> {
  await ask('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: namespace } }));
  while ((await ask('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status !== 200) {}
}

/** Waits until the kinds of `definitionAttacks` that the others need are served. */
export async function ready({ ask }: Connection): Promise<void> {
  const paths = attacks.flatMap(({ path }) => (path.includes('hostile.example.com') ? [path] : []));
  for (const path of new Set(paths)) while ((await ask('GET', path)).status !== 200) {}
}

export async function tidyUp({ ask }: Connection): Promise<void> {
  for (const { body } of definitionAttacks) {
    const { metadata } = body!() as { metadata: { name: string } };
    await ask('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`);
  }
  await ask('DELETE', `/api/v1/namespaces/${namespace}`);
}
