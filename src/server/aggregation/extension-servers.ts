import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { refused, type ServiceAddress } from '../../admission/webhook/services.ts';
import type { KeyPair } from '../../auth/pki.ts';
import type { UserInfo } from '../../auth/types.ts';
import { trustsAsGo } from '../../machinery/trust.ts';
import { dialMessage } from '../../machinery/webhook-client.ts';
import { exchange, type ForwardedAnswer } from '../forwarding.ts';
import type { RemoteApiService } from './api-service-set.ts';

export interface ExtensionServersParts {
  /** @throws Error in the words of upstream's resolver or dialer */
  readonly resolve: (namespace: string, name: string, port: number) => Promise<ServiceAddress>;
  /** Proves to extension servers that this server may name the user; absent: none is shown. */
  readonly proxyClient: KeyPair | undefined;
}

export interface ExtensionRequest {
  readonly method: string;
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** In whose name. */
  readonly user: UserInfo;
  readonly body?: Readable;
  readonly signal: AbortSignal;
}

interface Transport {
  /** What of the APIService it was made for. */
  readonly fingerprint: string;
  readonly agent: https.Agent;
}

/** In whose name the aggregator itself asks. */
export const aggregatorUser: UserInfo = { username: 'system:kube-aggregator', groups: ['system:masters'] };
const defaultPort = 443;

/** Requests to the servers of APIServices, in the name of a user whom headers name. Connections are kept, each APIService's for itself. */
export class ExtensionServers implements AsyncDisposable {
  private readonly parts: ExtensionServersParts;
  private readonly transports = new Map<string, Transport>();

  constructor(parts: ExtensionServersParts) {
    this.parts = parts;
  }

  /** Where the service of an APIService is. @throws Error as the resolver */
  locate({ service: { namespace, name, port } }: RemoteApiService): Promise<ServiceAddress> {
    return this.parts.resolve(namespace!, name!, port ?? defaultPort);
  }

  /**
   * Sends a request and returns what comes back, its body unread. A request without a body whose kept connection turns out to be closed is sent again.
   * @throws Error of the network or of TLS
   */
  async send(target: RemoteApiService, address: ServiceAddress, request: ExtensionRequest): Promise<ForwardedAnswer> {
    try {
      return await this.sendOnce(target, address, request);
    } catch (error) {
      if (!(error instanceof ClosedConnectionError) || request.body || request.signal.aborted) throw error;
      return this.sendOnce(target, address, request);
    }
  }

  private async sendOnce(target: RemoteApiService, address: ServiceAddress, request: ExtensionRequest): Promise<ForwardedAnswer> {
    const { method, path, headers, user, body, signal } = request;
    const common = {
      method,
      path,
      headers: { host: address.shown, ...(headers as Record<string, string | string[]>), ...userHeaders(user) },
      signal,
    };
    if (address.dial) {
      const socket = await address.dial();
      if (!socket) throw refused(address.host, address.port);
      return exchange(http.request({ ...common, createConnection: () => socket }), body);
    }
    const outgoing = https.request({ ...common, agent: this.agentOf(target), host: address.host, port: address.port });
    try {
      return await exchange(outgoing, body);
    } catch (error) {
      const closed = (error as NodeJS.ErrnoException).code === 'ECONNRESET' && outgoing.reusedSocket;
      throw closed ? new ClosedConnectionError((error as Error).message, { cause: error }) : error;
    }
  }

  private agentOf({ name, service, object }: RemoteApiService): https.Agent {
    const { caBundle = '', insecureSkipTLSVerify = false } = object.spec!;
    const servername = `${service.name}.${service.namespace}.svc`;
    const fingerprint = [servername, insecureSkipTLSVerify, caBundle].join(' ');
    const present = this.transports.get(name);
    if (present?.fingerprint === fingerprint) return present.agent;
    if (present) retire(present.agent);
    const { proxyClient } = this.parts;
    const agent = new https.Agent({
      keepAlive: true,
      servername,
      rejectUnauthorized: !insecureSkipTLSVerify,
      ...trustsAsGo,
      ...(caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64') }),
      ...(proxyClient ? { cert: proxyClient.certificate, key: proxyClient.key } : {}),
    });
    this.transports.set(name, { fingerprint, agent });
    return agent;
  }

  /** The APIService is gone, or no longer for another server. */
  forget(name: string): void {
    const transport = this.transports.get(name);
    if (transport) retire(transport.agent);
    this.transports.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { agent } of this.transports.values()) agent.destroy();
    this.transports.clear();
  }
}

/** What is under way ends by itself, and no connection is kept. */
function retire(agent: https.Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** The server had closed a kept connection when it was used again. */
class ClosedConnectionError extends Error {
  readonly code = 'ECONNRESET';
}

/** The user, as front proxies name it: the headers that every extension server knows from `extension-apiserver-authentication`. */
function userHeaders({ username, uid, groups, extra = {} }: UserInfo): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'X-Remote-User': headerValue(username) };
  if (uid) headers['X-Remote-Uid'] = headerValue(uid);
  if (groups.length > 0) headers['X-Remote-Group'] = groups.map(headerValue);
  for (const [key, values] of Object.entries(extra)) headers[`X-Remote-Extra-${headerKey(key)}`] = values.map(headerValue);
  return headers;
}

/** Go writes texts as UTF-8, where Node takes a character for a byte. */
function headerValue(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** What may not stand in a header's name is percent-encoded. */
function headerKey(key: string): string {
  let encoded = '';
  for (const byte of Buffer.from(key)) {
    const character = String.fromCharCode(byte);
    encoded += /[\w!#$&'*+.^`|~-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return encoded;
}

/** What went wrong with a request, in the words of Go's client. */
export function failureMessage(error: unknown): string {
  const { name } = error as Error;
  return name === 'AbortError' || name === 'TimeoutError' ? 'context deadline exceeded' : dialMessage(error as NodeJS.ErrnoException);
}
