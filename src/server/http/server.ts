import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Answer } from '../answer.ts';
import type { AnswerEncoder } from '../encoding/encoder.ts';
import type { Next } from '../filters/stage.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { ServerContext } from '../request-context.ts';
import type { Connection } from './connection.ts';
import { type FrontHandlers, openFront } from './front.ts';
import { Http1Reply } from './http1-reply.ts';
import type { Reply } from './reply.ts';
import { NetworkRequest } from './request.ts';
import { type Responder, respond, respondOverWebSocket } from './respond.ts';
import { openThreadFront } from './thread/thread-front.ts';
import type { TlsPortOptions } from './tls-port.ts';
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
  readonly tls: TlsPortOptions;
  /** The module that calls `serveFront` when it is the entry of a thread: TLS and HTTP/2 are its work. Absent: they are this thread's. */
  readonly frontThread?: URL | undefined;
}

export interface HttpServer extends AsyncDisposable {
  /** @throws Error with `code` EADDRINUSE and the like; @returns the port that was taken */
  listen(port: number, address: string): Promise<number>;
  /** Ends watches, lets requests finish for up to `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>;
}

const graceDefault = 500;
/** What Go's server reads of a request line and its headers. */
const maxHttp1HeaderBytes = 1024 * 1024 + 4096;

/** One TLS port that speaks HTTP/2 and HTTP/1.1. HTTP/2 is answered on its streams directly, HTTP/1.1 by node:http, to which its connections are handed. */
export function createHttpServer({ handle, encoder, clock, logger, tls, metrics, frontThread }: HttpServerParts): HttpServer {
  const watches = new WatchStreams(metrics);
  const responder: Responder = { encoder, watches };
  const unknownMethods = new UnknownMethods();
  const connections = new WeakMap<object, Connection>();
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

  const h1Connection = (socket: Duplex): Connection => connections.get(socket)!;
  const requestOf = (message: IncomingMessage) =>
    new NetworkRequest(unknownMethods.methodOf(message), targetOf(message.url), message.headers as Record<string, string>, message);
  const serveHttp1 = (message: IncomingMessage, response: ServerResponse): void => {
    response.on('error', (error) => logger.debug({ err: error }, 'HTTP/1.1 answer failed'));
    const problem = problemOf(message);
    if (problem !== undefined) return refuse(message.socket, problem);
    if (hasOddEncoding(message)) return refuse(message.socket, unsupportedEncoding.status, unsupportedEncoding.text);
    const request = requestOf(message);
    serve(request, h1Connection(message.socket), new Http1Reply(message, response));
  };
  // It listens nowhere: connections are handed to it, whose timeouts it keeps as if it did.
  const server = http.createServer({
    maxHeaderSize: maxHttp1HeaderBytes,
    requireHostHeader: false,
    requestTimeout: 0,
    headersTimeout: 32_000,
    keepAliveTimeout: 90_000,
  });
  server.emit('listening');
  server.on('request', serveHttp1);
  // Whatever a client expects but a "100 Continue".
  server.on('checkExpectation', (_message, response) => response.writeHead(417, { connection: 'close', 'content-length': 0 }).end());
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
      if (respondOverWebSocket(responder, context, answer, { request: message, socket, head })) {
        // The end of a watch is told before the connection goes. Streams of logs end with it.
        if (answer.type === 'watch' && !socket.closed) {
          active++;
          socket.once('close', finished);
        }
        return;
      }
      response.assignSocket(socket as Socket);
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

  server.on('clientError', (error: ParseError, socket: Duplex) => {
    const replay = unknownMethods.replay(error, socket);
    if (replay === true) return;
    if (!replay) return answerClientError(error, socket);
    connections.set(replay, h1Connection(socket));
    server.emit('connection', replay);
  });

  const handlers: FrontHandlers = {
    request: serve,
    http1(socket, connection) {
      connections.set(socket, connection);
      server.emit('connection', socket);
    },
    handshakeFailed: () => metrics.handshakeFailed(),
  };
  const front = frontThread ? openThreadFront({ entry: frontThread, options: tls, logger }, handlers) : openFront(tls, handlers, logger);

  const shutDown = async (graceMs: number): Promise<void> => {
    front.goAway();
    server.closeIdleConnections();
    watches.endAll();
    const timer = { cancel: () => {} };
    await new Promise<void>((resolve) => {
      if (active === 0) return setImmediate(resolve);
      idle = resolve;
      timer.cancel = clock.timer(graceMs, resolve).cancel;
    });
    timer.cancel();
    await front.close();
    server.closeAllConnections();
    // Ends the timer of its timeouts.
    server.close();
  };

  return {
    listen: (port, address) => front.listen(port, address),
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

const unsupportedVersion = '505 HTTP Version Not Supported: unsupported protocol version';
const brokenEscape = /^[^?]*%(?![0-9A-Fa-f]{2})/;

/** The characters of a host to Go, be they in order or not. */
const host = /^[A-Za-z0-9!$%&'()*+,\-.:;=[\]_~]*$/;

/** Node keeps the first of them. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

const unsupportedEncoding = { status: '501 Not Implemented', text: 'Unsupported transfer encoding' };

/** Node's parser also takes other encodings before the last, which must be `chunked`. */
function hasOddEncoding({ headers }: IncomingMessage): boolean {
  const encoding = headers['transfer-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'chunked';
}

/** What Go's server refuses before any handler sees it, and Node's parser lets through. */
function problemOf({ headers, httpVersion, rawHeaders, url = '' }: IncomingMessage): string | undefined {
  if (!httpVersion.startsWith('1.')) return unsupportedVersion;
  if (headers.host === undefined) {
    if (httpVersion === '1.1') return '400 Bad Request: missing required Host header';
  } else {
    if (hasTwoHosts(rawHeaders)) return '400 Bad Request';
    if (!host.test(headers.host)) return '400 Bad Request: malformed Host header';
  }
  return url.includes('%') && brokenEscape.test(url) ? '400 Bad Request' : undefined;
}

/** A request line with a version that Go can read, if it is not one that it speaks. */
const versionLine = /^\S+ \S+ HTTP\/\d\.\d\r?\n/;

const clientErrors: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP gets a plain answer, as Go's server gives it, and the connection ends. */
function answerClientError(error: ParseError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  if (error.code === 'HPE_INVALID_VERSION' && versionLine.test(error.rawPacket?.toString('latin1') ?? '')) {
    return refuse(socket, unsupportedVersion);
  }
  // The parser has the same code for a length beside an encoding, which it never takes.
  if (error.code === 'HPE_INVALID_TRANSFER_ENCODING' && !error.reason?.includes('Content-Length')) {
    return refuse(socket, unsupportedEncoding.status, unsupportedEncoding.text);
  }
  refuse(socket, clientErrors[error.code ?? ''] ?? '400 Bad Request');
}

function refuse(socket: Duplex, status: string, text = status): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`);
}
