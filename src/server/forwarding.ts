import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { isTokenProtocol } from '../auth/authenticate/bearer.ts';
import { valuesOf } from '../machinery/header-values.ts';
import type { UpgradeAnswer } from './answer.ts';
import type { RequestContext } from './context.ts';
import type { ServerContext } from './request-context.ts';

/* What a server does that passes requests on to another one, as Go's reverse proxies do it. */

/** An answer, or the connection that the other server has switched to another protocol. */
export interface ForwardedAnswer {
  readonly message: IncomingMessage;
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer };
}

const hopByHop: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
]);
/** What concerns this server alone. */
const ownHeaders: ReadonlySet<string> = new Set(['authorization', 'http2-settings', 'expect']);
const ownPrefixes = ['x-remote-', 'impersonate-', ':'];

/** Whether the client asks for another protocol on its connection. */
export function asksForUpgrade({ request }: RequestContext): boolean {
  return request.headers['upgrade'] !== undefined && /\bupgrade\b/i.test(request.headers['connection'] ?? '');
}

/** The headers that ask the other server for it. */
export function upgradeHeaders(context: RequestContext): Record<string, string> {
  return { connection: 'Upgrade', upgrade: context.request.headers['upgrade']! };
}

/**
 * Sends a request that was made, with its body.
 * @returns the answer. @throws Error of the network or of TLS, or of the body
 */
export function exchange(outgoing: ClientRequest, body: Readable | undefined): Promise<ForwardedAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', (message) => resolve({ message }));
    outgoing.once('upgrade', (message, socket, head) => resolve({ message, upgraded: { socket, head } }));
    outgoing.on('error', reject);
    if (!body) return void outgoing.end();
    body.once('error', (error) => outgoing.destroy(error));
    body.pipe(outgoing);
  });
}

/**
 * The headers of a request as they are passed on: without those of its connection and those for this server alone.
 * @param names, prefixes further ones that are not passed on, in lower case
 */
export function passedHeaders(
  { request, connection }: ServerContext,
  names: readonly string[] = [],
  prefixes: readonly string[] = [],
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const own = new Set([...ownHeaders, ...names]);
  const starts = [...ownPrefixes, ...prefixes];
  const hops = hopsOf(request.headers['connection']);
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value === undefined || hops.has(name) || own.has(name) || starts.some((prefix) => name.startsWith(prefix))) continue;
    const values = valuesOf(value);
    headers[name] = values.length === 1 ? value : [...values];
  }
  const protocols = headers['sec-websocket-protocol'];
  if (typeof protocols === 'string') headers['sec-websocket-protocol'] = withoutToken(protocols);
  const client = connection?.remoteAddress.replace(/^::ffff:/, '');
  if (client) headers['x-forwarded-for'] = headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${client}` : client;
  return headers;
}

/** The headers of an answer as they are passed on: this server decides itself who may read it from other origins. */
export function returnedHeaders({ headers, headersDistinct }: IncomingMessage): Record<string, string | readonly string[]> {
  const returned: Record<string, string | readonly string[]> = {};
  const hops = hopsOf(headers.connection);
  for (const [name, values] of Object.entries(headersDistinct)) {
    if (hops.has(name) || name.startsWith('access-control-')) continue;
    returned[name] = values!.length === 1 ? values![0]! : values!;
  }
  return returned;
}

/** The connections of both sides become one. */
export function switched(
  { rawHeaders }: IncomingMessage,
  { socket: server, head: first }: NonNullable<ForwardedAnswer['upgraded']>,
): UpgradeAnswer {
  let text = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let at = 0; at < rawHeaders.length; at += 2) text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  return {
    type: 'upgrade',
    accept({ socket: client, head }) {
      client.write(`${text}\r\n`);
      if (first.length > 0) client.write(first);
      if (head.length > 0) server.write(head);
      client.once('close', () => server.destroy());
      server.once('close', () => client.destroy());
      server.on('error', () => client.destroy());
      client.pipe(server);
      server.pipe(client);
    },
  };
}

/** A browser's token stands among the protocols that it offers: it is for this server alone. */
function withoutToken(protocols: string): string {
  const offered = protocols.split(',').map((protocol) => protocol.trim());
  return offered.filter((protocol) => !isTokenProtocol(protocol)).join(', ');
}

/** The names that concern one connection only. */
function hopsOf(connection: string | undefined): ReadonlySet<string> {
  if (!connection) return hopByHop;
  return new Set([...hopByHop, ...connection.split(',').map((name) => name.trim().toLowerCase())]);
}

/** The path as Go's URLs write it anew from the decoded one. */
export function escapedPath(path: string): string {
  return encodeURI(path).replace(/[?#!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
