import type { ServiceAddress } from '../../admission/webhook/services.ts';
import { isTokenProtocol } from '../../auth/authenticate/bearer.ts';
import type { RequestHeaderOptions } from '../../auth/authenticate/request-header.ts';
import { withDeadline } from '../../machinery/abort.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Answer, UpgradeAnswer } from '../answer.ts';
import { plainText } from '../errors.ts';
import type { ServerContext } from '../request-context.ts';
import { isAvailable, type RemoteApiService } from './api-service-set.ts';
import { type ExtensionAnswer, type ExtensionServers, failureMessage } from './extension-servers.ts';

export interface ProxyParts {
  readonly servers: ExtensionServers;
  readonly clock: Clock;
  /** Headers by which front proxies name users here, besides `X-Remote-…`: extension servers believe them as well, so that no client may send them there. */
  readonly userHeaders: RequestHeaderOptions | undefined;
}

/** Discovery of a group version is cheap, and everybody waits for it. */
const discoveryLimitMs = 5000;
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
const ownHeaders: ReadonlySet<string> = new Set(['authorization', 'host', 'http2-settings', 'expect']);
const ownPrefixes = ['x-remote-', 'impersonate-', ':'];

/** Passes a request on to the server of an APIService, and its answer back. The user has been authenticated and authorized here. */
export async function proxyRequest(
  { servers, clock, userHeaders }: ProxyParts,
  target: RemoteApiService,
  context: ServerContext,
): Promise<Answer> {
  if (!isAvailable(target.object)) return unavailable();
  let address: ServiceAddress;
  try {
    address = await servers.locate(target);
  } catch {
    // The condition will say what is wrong with the service.
    return unavailable();
  }
  const { request, info, user } = context;
  const isUpgrade = request.headers['upgrade'] !== undefined && /\bupgrade\b/i.test(request.headers['connection'] ?? '');
  const path = escapedPath(info.path);
  const body = request.openBody?.();
  const send = (signal: AbortSignal) =>
    servers.send(target, address, {
      method: request.method,
      path: path + sortedQuery(request.query),
      headers: { ...forwardedHeaders(context, userHeaders), ...(isUpgrade ? upgradeHeaders(context) : placeHeaders(address, path)) },
      user,
      ...(body ? { body } : {}),
      signal,
    });
  try {
    return answerOf(await (isDiscovery(context) ? withDeadline(clock, discoveryLimitMs, context.signal, send) : send(context.signal)));
  } catch (error) {
    const message = failureMessage(error);
    return plainText(503, isUpgrade ? `${message}\n` : `error trying to reach service: ${message}\n`);
  }
}

function unavailable(): Answer {
  return plainText(503, 'service unavailable\n');
}

function answerOf({ message, upgraded }: ExtensionAnswer): Answer {
  if (upgraded) return switched(message.rawHeaders, upgraded);
  const status = message.statusCode!;
  if (status >= 300 && status <= 399 && message.headers.location) {
    message.destroy();
    const refusal = 'the backend attempted to redirect this request, which is not permitted';
    return { type: 'raw', status: 502, contentType: 'text/plain; charset=utf-8', body: refusal };
  }
  const headers: Record<string, string | readonly string[]> = {};
  const hops = hopsOf(message.headers.connection);
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    // This server decides itself who may read it from other origins.
    if (hops.has(name) || name.startsWith('access-control-')) continue;
    headers[name] = values!.length === 1 ? values![0]! : values!;
  }
  return { type: 'stream', status, headers, body: message };
}

/** The connections of both sides become one. */
function switched(rawHeaders: readonly string[], { socket: server, head: first }: NonNullable<ExtensionAnswer['upgraded']>): UpgradeAnswer {
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

/** The names that concern one connection only. */
function hopsOf(connection: string | undefined): ReadonlySet<string> {
  if (!connection) return hopByHop;
  return new Set([...hopByHop, ...connection.split(',').map((name) => name.trim().toLowerCase())]);
}

function forwardedHeaders(
  { request, connection, auditId }: ServerContext,
  userHeaders: RequestHeaderOptions | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const { usernameHeaders = [], uidHeaders = [], groupHeaders = [], extraHeaderPrefixes = [] } = userHeaders ?? {};
  const own = new Set([...ownHeaders, ...[...usernameHeaders, ...uidHeaders, ...groupHeaders].map((name) => name.toLowerCase())]);
  const prefixes = [...ownPrefixes, ...extraHeaderPrefixes.map((prefix) => prefix.toLowerCase())];
  const hops = hopsOf(request.headers['connection']);
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value === undefined || hops.has(name) || own.has(name) || prefixes.some((prefix) => name.startsWith(prefix))) continue;
    headers[name] = value;
  }
  const protocols = headers['sec-websocket-protocol'];
  if (protocols !== undefined) headers['sec-websocket-protocol'] = withoutToken(protocols);
  headers['audit-id'] = auditId;
  const client = connection?.remoteAddress.replace(/^::ffff:/, '');
  if (client) headers['x-forwarded-for'] = headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${client}` : client;
  return headers;
}

/** A browser's token stands among the protocols that it offers: it is for this server alone. */
function withoutToken(protocols: string): string {
  const offered = protocols.split(',').map((protocol) => protocol.trim());
  return offered.filter((protocol) => !isTokenProtocol(protocol)).join(', ');
}

function placeHeaders({ shown }: ServiceAddress, path: string): Record<string, string> {
  return { 'x-forwarded-host': shown, 'x-forwarded-proto': 'https', 'x-forwarded-uri': path };
}

function upgradeHeaders(context: ServerContext): Record<string, string> {
  return { connection: 'Upgrade', upgrade: context.request.headers['upgrade']! };
}

/** `/apis/GROUP/VERSION` itself. */
function isDiscovery({ info }: ServerContext): boolean {
  return !info.isResourceRequest && info.path.split('/').filter((part) => part !== '').length === 3;
}

/** The path as Go's URLs write it anew from the decoded one. */
function escapedPath(path: string): string {
  return encodeURI(path).replace(/[?#!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The query as Go's values write it: by name, spaces as `+`. */
function sortedQuery(query: URLSearchParams): string {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  const text = sorted.toString().replaceAll('*', '%2A').replaceAll('%7E', '~');
  return text === '' ? '' : `?${text}`;
}
