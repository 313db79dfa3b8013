import http, { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ResourceDefinition } from '../../../api/define.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { parseIP } from '../../../api/meta/ip.ts';
import { isGlobalUnicast } from '../../../api/meta/ip-classes.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { hostPort } from '../../machinery/host-port.ts';
import { ApiError, badRequest, notFound, serviceUnavailable } from '../../registry/errors.ts';
import { getObject } from '../../registry/get.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import {
  asksForUpgrade,
  escapedPath,
  exchange,
  type ForwardedAnswer,
  passedHeaders,
  returnedHeaders,
  switched,
  upgradeHeaders,
} from '../forwarding.ts';
import { rewriteLink, rewriteLinks } from '../html-links.ts';
import { ServerContext } from '../request-context.ts';
import type { NodeStreams } from '../streaming/node-streams.ts';
import { kubeletAddress } from './kubelet-address.ts';
import type { Scope } from './scope.ts';

/** `[scheme:]name[:port]`, as the names of proxied resources are written. */
interface Target {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

const schemes: readonly string[] = ['', 'http', 'https'];

/** @throws ApiError 400 */
function parseTarget(text: string, { singular }: ResourceDefinition): Target {
  const parts = text.split(':');
  const [scheme, name, port] = parts.length === 3 ? parts : ['', ...parts];
  if (parts.length > 3 || !name || !schemes.includes(scheme!)) {
    throw badRequest(`invalid ${singular} request ${goQuote(text)}`);
  }
  return { scheme: scheme!, name, port: port ?? '' };
}

/** Where a request goes: a port of a pod, that of a node's kubelet, or one of an address that nobody here has. */
interface Place {
  readonly pod?: KubeObject;
  /** The node whose kubelet is meant. */
  readonly kubelet?: string;
  readonly address: string;
  readonly port: string;
}

/**
 * Passes a request on to a port of a pod, directly or through a Service, and its answer back.
 * @param nodes the kubelets that can be reached; absent: none
 * @throws ApiError 400, 404, 503
 */
export async function proxyTo(scope: Scope, context: RequestContext, nodes: NodeStreams | undefined): Promise<Answer> {
  const { info, request } = context;
  const target = parseTarget(info.name, scope.definition);
  const place = await placeOf(scope, info.namespace, info.name, target);
  const upgrade = asksForUpgrade(context);
  const path = restOf(context);
  const query = queryOf(context);
  if (path === '' && !upgrade) {
    const location = `${escapedPath(info.path)}/${query}`;
    return { type: 'raw', status: 301, contentType: '', body: '', headers: { location } };
  }
  const prefix = escapedPath(path === '' ? info.path : info.path.slice(0, info.path.length - path.length));
  const usual = target.scheme === 'https' ? 443 : 80;
  const host = hostPort(place.address, place.port === '' ? usual : Number(place.port));
  try {
    const socket = await dial(place, usual, nodes);
    // A kubelet's own port is always spoken to over TLS, which connections within the process do without.
    if (target.scheme === 'https' && place.kubelet === undefined) throw unspoken(socket);
    const message = await send(socket, context, { path: escapedPath(path) + query, prefix, upgrade });
    return await answerOf(message, prefix, host, request.method);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (upgrade) throw new ApiError(500, '', `error dialing backend: ${error.message}`);
    throw serviceUnavailable(`error trying to reach service: ${error.message}`);
  }
}

/** What Go's dialer says. */
class DialError extends Error {}

function unspoken(socket: Duplex): DialError {
  socket.destroy();
  return new DialError('tls: first record does not look like a TLS handshake');
}

/** @param usual the port where none is given */
async function dial({ pod, kubelet, address, port }: Place, usual: number, nodes: NodeStreams | undefined): Promise<Duplex> {
  if (!/^\d*$/.test(port)) throw new DialError(`dial tcp: lookup tcp/${port}: unknown port`);
  const number = port === '' ? usual : Number(port);
  if (number > 65_535) throw new DialError(`dial tcp: address ${number}: invalid port`);
  const failed = (why: string) => new DialError(`dial tcp ${hostPort(address, number)}: connect: ${why}`);
  if (kubelet !== undefined && nodes) {
    const socket = nodes.dialKubelet(kubelet);
    if (socket) return socket;
    throw failed('connection refused');
  }
  const node = pod?.['spec']?.nodeName;
  // What no kubelet of ours runs has an address of a network that is simulated: nothing is ever sent there.
  if (!pod || !node || !nodes?.reaches(node)) throw failed('no route to host');
  const socket = await nodes.dial(node, pod.metadata!.namespace!, pod.metadata!.name!, number);
  if (!socket) throw failed('connection refused');
  return socket;
}

async function placeOf(scope: Scope, namespace: string, id: string, target: Target): Promise<Place> {
  const { plural } = scope.definition;
  if (plural === 'services') return placeOfService(scope, namespace, id, target);
  if (plural === 'pods') return placeOfPod((await getObject(scope.store, namespace, target.name)).object, target.port);
  const { address, port } = await kubeletAddress(scope, target.name, 'nodes');
  checkAddress(address);
  if (target.port !== '' && target.port !== String(port)) return { address, port: target.port };
  return { kubelet: target.name, address, port: String(port) };
}

function placeOfPod(pod: KubeObject, asked: string): Place {
  const address: string = pod['status']?.podIP ?? '';
  checkAddress(address);
  const containers: { ports?: { containerPort: number }[] }[] = pod['spec'].containers;
  const first = containers.flatMap(({ ports }) => ports ?? [])[0];
  return { pod, address, port: asked || String(first?.containerPort ?? '') };
}

/** Requests are not sent to this machine itself, nor to addresses that mean a link or a group. @throws ApiError 400 */
function checkAddress(address: string): void {
  const ip = parseIP(address);
  if (!ip || !isGlobalUnicast(ip)) throw badRequest('address not allowed');
}

/** A port of one of the ready pods behind a Service. */
async function placeOfService({ parts, store }: Scope, namespace: string, id: string, { name, port: asked }: Target): Promise<Place> {
  let portName = asked;
  if (/^-?\d+$/.test(asked)) {
    const { object } = await getObject(store, namespace, name);
    const ports: { name?: string; port: number }[] = object['spec'].ports ?? [];
    const found = ports.find(({ port }) => port === Number(asked));
    if (!found) throw serviceUnavailable(`no service port ${Number(asked)} found for service ${goQuote(name)}`);
    portName = found.name ?? '';
  }
  const endpoints = parts.registry.storeOf('', 'v1', 'endpoints');
  const found = (await endpoints.read(endpoints.key(namespace, name)))?.object;
  if (!found) throw notFound({ group: '', resource: 'services' }, name);
  const subsets: Subset[] = found['subsets'] ?? [];
  if (subsets.length === 0) throw serviceUnavailable(`no endpoints available for service ${goQuote(name)}`);
  const pods = parts.registry.storeOf('', 'v1', 'pods');
  for (const { addresses = [], ports = [] } of fromAnywhere(subsets, store.parts.random)) {
    const port = ports.find((candidate) => (candidate.name ?? '') === portName);
    if (!port) continue;
    for (const { ip, targetRef } of fromAnywhere(addresses, store.parts.random)) {
      // Whoever may write Endpoints could send requests anywhere: only pods are believed.
      const pod =
        targetRef?.kind === 'Pod' ? (await pods.read(pods.key(targetRef.namespace ?? '', targetRef.name ?? '')))?.object : undefined;
      const addressesOfPod: { ip: string }[] = pod?.['status']?.podIPs ?? [];
      if (!pod || targetRef!.namespace !== namespace || !addressesOfPod.some((one) => one.ip === ip)) continue;
      return { pod, address: ip, port: String(port.port) };
    }
  }
  throw serviceUnavailable(`no endpoints available for service ${goQuote(id)}`);
}

interface Subset {
  readonly addresses?: { ip: string; targetRef?: { kind?: string; namespace?: string; name?: string } }[];
  readonly ports?: { name?: string; port: number }[];
}

/** All of them, from one that is picked on. */
function fromAnywhere<T>(all: readonly T[], random: Scope['store']['parts']['random']): readonly T[] {
  const from = Math.floor(random.next() * all.length);
  return [...all.slice(from), ...all.slice(0, from)];
}

/** The path behind `proxy`: empty where not even a slash follows. */
function restOf({ info }: RequestContext): string {
  if (info.rest.length === 0) return info.path.endsWith('/') ? '/' : '';
  return `/${info.rest.join('/')}${info.path.endsWith('/') ? '/' : ''}`;
}

/** As the client sent it. */
function queryOf({ request }: RequestContext): string {
  const { target = '' } = request;
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at);
}

function send(
  socket: Duplex,
  context: RequestContext,
  { path, prefix, upgrade }: { readonly path: string; readonly prefix: string; readonly upgrade: boolean },
): Promise<ForwardedAnswer> {
  const { request, signal } = context;
  const headers = context instanceof ServerContext ? passedHeaders(context) : {};
  headers['host'] ??= request.headers[':authority'] ?? '';
  if (upgrade) Object.assign(headers, upgradeHeaders(context));
  else {
    headers['x-forwarded-uri'] = path === '' ? prefix : prefix + path.replace(/\?.*$/s, '');
    headers['accept-encoding'] ??= 'gzip';
  }
  const outgoing = http.request({ createConnection: () => socket, method: request.method, path: path || '/', headers, signal });
  return exchange(outgoing, request.openBody?.()).catch(() => Promise.reject(new DialError('EOF')));
}

async function answerOf({ message, upgraded }: ForwardedAnswer, prefix: string, host: string, method: string): Promise<Answer> {
  if (upgraded) return switched(message, upgraded);
  const headers = returnedHeaders(message);
  const { location } = message.headers;
  if (location) headers['location'] = rewriteLink(location, prefix, host);
  const status = message.statusCode!;
  if (!isHtml(message) || method === 'HEAD') return { type: 'stream', status, headers, body: message };
  const page = rewriteLinks((await buffer(message)).toString('latin1'), prefix, host);
  const { 'content-type': contentType = '', 'content-length': _length, ...rest } = headers as Record<string, string>;
  return { type: 'raw', status, contentType, body: Buffer.from(page, 'latin1'), headers: rest };
}

function isHtml({ headers }: IncomingMessage): boolean {
  return (headers['content-type'] ?? '').split(';')[0]!.trim() === 'text/html' && !headers['content-encoding'];
}
