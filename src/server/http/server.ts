import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { certificatesOf } from '../../machinery/pem.ts';
import type { Answer } from '../answer.ts';
import type { AnswerEncoder } from '../encoding/encoder.ts';
import type { Next } from '../filters/stage.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { ServerContext } from '../request-context.ts';
import { type Authorities, type Connection, connectionOf } from './connection.ts';
import { Http1Reply } from './http1-reply.ts';
import { Http2Reply } from './http2-reply.ts';
import type { Reply } from './reply.ts';
import { NetworkRequest } from './request.ts';
import { type Responder, respond, respondOverWebSocket } from './respond.ts';
import { type ParseError, UnknownMethods } from './unknown-methods.ts';
import { WatchStreams } from './watch-stream.ts';

export interface HttpServerParts {
  /** The chain of network requests. */
  readonly handle: Next;
  readonly encoder: AnswerEncoder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where watch events are counted. */
  readonly metrics: RequestMetrics;
  readonly tls: {
    readonly key: string | Buffer;
    readonly cert: string | Buffer;
    /** The authorities that sign client certificates, PEM. */
    readonly clientCa: string;
    /** Those that sign the certificates of proxies which name the user in headers. Default: none. */
    readonly frontProxyCa?: string;
  };
}

export interface HttpServer extends AsyncDisposable {
  /** @throws Error with `code` EADDRINUSE and the like; @returns the port that was taken */
  listen(port: number, address: string): Promise<number>;
  /** Ends watches, lets requests finish for up to `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>;
}

/** Headers of one request, as kube-apiserver limits them. */
const maxHeaderBytes = 64 * 1024;
const graceDefault = 500;
/** In the order in which kube-apiserver prefers them. */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
].join(':');

/**
 * One TLS port that speaks HTTP/2 and HTTP/1.1, as the client chooses (ALPN). The socket server is node:https's; HTTP/2 connections are handed to an
 * http2 server that listens nowhere, and are answered on their streams directly.
 */
export function createHttpServer({ handle, encoder, clock, logger, tls, metrics }: HttpServerParts): HttpServer {
  const watches = new WatchStreams(metrics);
  const authorities: Authorities = {
    clients: certificatesOf(tls.clientCa).map(({ raw }) => raw),
    frontProxies: certificatesOf(tls.frontProxyCa ?? '').map(({ raw }) => raw),
  };
  const responder: Responder = { encoder, watches };
  const unknownMethods = new UnknownMethods();
  const connections = new WeakMap<object, Connection>();
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<TLSSocket>();
  let active = 0;
  let idle: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  const finished = () => {
    active--;
    if (active === 0) idle?.();
  };

  const serve = (request: NetworkRequest, connection: Connection, reply: Reply): void => {
    active++;
    reply.closed(() => {
      request.close();
      finished();
    });
    const context = new ServerContext(request, clock.now(), connection);
    const failed = (error: unknown) => {
      logger.error({ err: error, path: request.path }, 'request could not be answered');
      reply.abort();
    };
    const send = (answer: Answer) => {
      if (!reply.gone) respond(responder, context, answer, reply);
    };
    // Of the server as a whole; Go's answers for every handler.
    if (request.target === '*' && request.method === 'OPTIONS') return reply.head(200, { 'content-length': 0 }, true);
    try {
      const answer = handle(context);
      if (answer instanceof Promise) answer.then(send).catch(failed);
      else send(answer);
    } catch (error) {
      failed(error);
    }
  };

  const h2 = http2.createServer({
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024, maxHeaderListSize: maxHeaderBytes },
    // Their bytes are limited, not their number: an impersonated user may have hundreds of groups.
    maxHeaderListPairs: 10_000,
    maxSessionMemory: 128,
  });
  h2.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    // Uploads of many streams share the connection's window.
    session.setLocalWindowSize(16 * 1024 * 1024);
    connections.set(session, connectionOf(session.socket as unknown as TLSSocket, authorities));
    session.on('close', () => sessions.delete(session));
    session.on('error', (error) => logger.debug({ err: error }, 'HTTP/2 connection failed'));
  });
  h2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', (error) => logger.debug({ err: error }, 'HTTP/2 stream failed'));
    const session = stream.session;
    const connection = session && connections.get(session);
    if (!connection) return stream.close();
    if (headers['expect'] === '100-continue') stream.additionalHeaders({ ':status': 100 });
    // CONNECT alone has no path.
    const request = new NetworkRequest(headers[':method'] ?? 'GET', headers[':path'] ?? '', headers as Record<string, string>, stream);
    serve(request, connection, new Http2Reply(stream, request));
  });

  const h1Connection = (socket: Duplex): Connection => {
    let connection = connections.get(socket);
    if (!connection) {
      connection = connectionOf(socket as TLSSocket, authorities);
      connections.set(socket, connection);
    }
    return connection;
  };
  const requestOf = (message: IncomingMessage) =>
    new NetworkRequest(unknownMethods.methodOf(message), targetOf(message.url), message.headers as Record<string, string>, message);
  const serveHttp1 = (message: IncomingMessage, response: ServerResponse): void => {
    response.on('error', (error) => logger.debug({ err: error }, 'HTTP/1.1 answer failed'));
    if (message.headers.host === undefined && message.httpVersion === '1.1') {
      return refuse(message.socket, '400 Bad Request: missing required Host header');
    }
    const request = requestOf(message);
    serve(request, h1Connection(message.socket), new Http1Reply(message, response));
  };
  const server = https.createServer({
    key: tls.key,
    cert: tls.cert,
    ca: tls.frontProxyCa === undefined ? tls.clientCa : [tls.clientCa, tls.frontProxyCa],
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
    requestTimeout: 0,
    headersTimeout: 32_000,
    keepAliveTimeout: 90_000,
    noDelay: true,
    handshakeTimeout: 10_000,
    minVersion: 'TLSv1.2',
    ciphers: cipherSuites,
  });
  server.on('request', serveHttp1);
  const serveUpgrade = (message: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const request = requestOf(message);
    const response = new http.ServerResponse(message);
    response.shouldKeepAlive = false;
    const reply = new Http1Reply(message, response);
    const context = new ServerContext(request, clock.now(), h1Connection(socket));
    socket.on('error', (error) => logger.debug({ err: error }, 'upgraded connection failed'));
    socket.once('close', () => request.close());
    const send = (answer: Answer) => {
      if (answer.type === 'upgrade') return answer.accept({ socket, request: message, head });
      if (respondOverWebSocket(responder, context, answer, { request: message, socket, head })) return;
      response.assignSocket(socket as TLSSocket);
      response.once('finish', () => socket.end());
      respond(responder, context, answer, reply);
    };
    const failed = (error: unknown) => {
      logger.error({ err: error, path: request.path }, 'upgrade failed');
      socket.destroy();
    };
    Promise.resolve()
      .then(() => handle(context))
      .then(send)
      .catch(failed);
  };
  server.on('upgrade', serveUpgrade);
  // Nothing is tunnelled: CONNECT is answered as any other method.
  server.on('connect', serveUpgrade);

  // Connections that chose HTTP/2 go to its server; all others keep the way that node:https has set up.
  const http1Listeners = server.listeners('secureConnection') as ((socket: Duplex) => void)[];
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (closing) return void socket.destroy();
    if (socket.alpnProtocol === 'h2') h2.emit('connection', socket);
    else for (const listener of http1Listeners) listener.call(server, socket);
  });
  server.on('tlsClientError', (error) => {
    metrics.handshakeFailed();
    logger.debug({ err: error }, 'TLS handshake failed');
  });
  server.on('clientError', (error: ParseError, socket: Duplex) => {
    const replay = unknownMethods.replay(error, socket);
    if (replay === true) return;
    if (!replay) return answerClientError(error, socket);
    connections.set(replay, h1Connection(socket));
    for (const listener of http1Listeners) listener.call(server, replay);
  });

  const shutDown = async (graceMs: number): Promise<void> => {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) if (!session.destroyed) session.goaway();
    server.closeIdleConnections();
    watches.endAll();
    const timer = { cancel: () => {} };
    await new Promise<void>((resolve) => {
      if (active === 0) return setImmediate(resolve);
      idle = resolve;
      timer.cancel = clock.timer(graceMs, resolve).cancel;
    });
    timer.cancel();
    for (const session of sessions) if (!session.destroyed) session.close();
    // What is still being sent gets one more turn; connections that a client keeps open are cut.
    await new Promise((resolve) => setImmediate(resolve));
    for (const session of sessions) session.destroy();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    h2.close();
    await stopped;
  };

  return {
    listen: (port, address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, () => {
          server.removeListener('error', reject);
          server.on('error', (error) => logger.error({ err: error }, 'server socket failed'));
          resolve((server.address() as AddressInfo).port);
        });
      }),
    close: (graceMs = graceDefault) => {
      closing ??= shutDown(graceMs);
      return closing;
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

/** The path and query of a request line; proxies may send a whole URL, CONNECT names a host alone. */
function targetOf(url = ''): string {
  if (url.startsWith('/') || url === '*') return url;
  if (!url.includes('://')) return '';
  const match = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url);
  return match?.[1]?.startsWith('/') ? match[1] : '/';
}

const clientErrors: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_INVALID_VERSION: '505 HTTP Version Not Supported: unsupported protocol version',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP gets a plain answer, as Go's server gives it, and the connection ends. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  refuse(socket, clientErrors[error.code ?? ''] ?? '400 Bad Request');
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
}
