import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type TLSSocket } from 'node:tls';
import { nextTurn } from '../../machinery/next-turn.ts';
import { certificatesOf } from '../../machinery/pem.ts';
import { type Authorities, type Connection, connectionOf } from './connection.ts';
import { type Headers, headersOf } from './headers.ts';

/** With which certificate a port serves, and whose certificates it takes. */
export interface TlsPortOptions {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** The authorities that sign client certificates, PEM. */
  readonly clientCa: string;
  /** Those that sign the certificates of proxies which name the user in headers. Default: none. */
  readonly frontProxyCa?: string;
}

/** What a port does with what comes. */
export interface TlsPortHandlers {
  /** A request over HTTP/2. */
  stream(stream: ServerHttp2Stream, headers: Headers, connection: Connection): void;
  /** A connection that speaks HTTP/1.1, as bytes in the clear. */
  http1(socket: TLSSocket, connection: Connection): void;
  handshakeFailed(error: Error): void;
  /** A connection or a stream broke. @param what which of them */
  broke(what: string, error: Error): void;
}

/** Headers of one request over HTTP/2. */
const maxHeaderBytes = 64 * 1024;
/** In the order in which kube-apiserver prefers them. */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
].join(':');

/** A TLS port that speaks HTTP/2 and HTTP/1.1, as the client chooses (ALPN). HTTP/2 connections go to an http2 server that listens nowhere. */
export class TlsPort {
  private readonly server: tls.Server;
  private readonly http2: http2.Http2Server;
  private readonly sessions = new Set<ServerHttp2Session>();
  private readonly sockets = new Set<TLSSocket>();
  private stopped: Promise<void> | undefined;

  constructor({ key, cert, clientCa, frontProxyCa = '' }: TlsPortOptions, handlers: TlsPortHandlers) {
    const authorities: Authorities = { clients: certificatesOf(clientCa), frontProxies: certificatesOf(frontProxyCa), found: new Map() };
    const connections = new WeakMap<object, Connection>();
    this.http2 = http2.createServer({
      settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024, maxHeaderListSize: maxHeaderBytes },
      // Their bytes are limited, not their number: an impersonated user may have hundreds of groups.
      maxHeaderListPairs: 10_000,
      maxSessionMemory: 128,
    });
    this.http2.on('session', (session: ServerHttp2Session) => {
      this.sessions.add(session);
      // Uploads of many streams share the connection's window.
      session.setLocalWindowSize(16 * 1024 * 1024);
      connections.set(session, connectionOf(session.socket as unknown as TLSSocket, authorities));
      session.on('close', () => this.sessions.delete(session));
      session.on('error', (error) => handlers.broke('HTTP/2 connection', error));
    });
    this.http2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: readonly string[]) => {
      stream.on('error', (error) => handlers.broke('HTTP/2 stream', error));
      const connection = stream.session && connections.get(stream.session);
      if (!connection) return stream.close();
      if (headers['expect'] === '100-continue') stream.additionalHeaders({ ':status': 100 });
      handlers.stream(stream, headersOf(headers as Headers, rawHeaders), connection);
    });
    this.server = tls.createServer({
      key,
      cert,
      ca: [clientCa, frontProxyCa].filter((bundle) => bundle !== ''),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      noDelay: true,
      handshakeTimeout: 10_000,
      minVersion: 'TLSv1.2',
      ciphers: cipherSuites,
    });
    this.server.on('secureConnection', (socket: TLSSocket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      if (this.stopped) return void socket.destroy();
      if (socket.alpnProtocol === 'h2') this.http2.emit('connection', socket as Duplex);
      else handlers.http1(socket, connectionOf(socket, authorities));
    });
    this.server.on('tlsClientError', (error) => handlers.handshakeFailed(error));
  }

  /** @param failed called when the socket that listens fails later on; @throws Error with `code` EADDRINUSE and the like; @returns the port that was taken */
  listen(port: number, address: string, failed: (error: Error) => void): Promise<number> {
    const { server } = this;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.removeListener('error', reject);
        server.on('error', failed);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections, and tells those that there are. */
  goAway(): void {
    this.stopped ??= new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const session of this.sessions) if (!session.destroyed) session.goaway();
  }

  /** What is still being sent gets one more turn; connections that a client keeps open are cut. */
  async close(): Promise<void> {
    this.goAway();
    for (const session of this.sessions) if (!session.destroyed) session.close();
    await nextTurn();
    for (const session of this.sessions) session.destroy();
    for (const socket of this.sockets) socket.destroy();
    this.http2.close();
    await this.stopped;
  }
}
