import http, { type IncomingMessage } from 'node:http';
import { type Duplex, finished } from 'node:stream';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { announcesBody } from './body.ts';
import type { Connection } from './connection.ts';
import { type Headers, headersOf } from './headers.ts';
import { brokenBody, type ParseError, parseProblem, type Refusal, requestProblem, unmetExpectation } from './http1-problems.ts';
import { Http1Reply, Http1Response } from './http1-reply.ts';
import type { Reply } from './reply.ts';
import { NetworkRequest } from './request.ts';
import { RewrittenRequests } from './rewritten-requests.ts';
import type { Upgrade } from './websocket-reply.ts';

export interface Http1Handlers {
  request(request: NetworkRequest, connection: Connection, reply: Reply): void;
  /** A request for another protocol, or for a tunnel. The connection is the handler's from now on. */
  upgrade(request: NetworkRequest, connection: Connection, upgrade: Upgrade): void;
}

/** What Go's server reads of a request line and its headers. */
const maxHeaderBytes = 1024 * 1024 + 4096;
/** How long a client that is refused may go on writing until the connection is cut, as in Go's server. */
const lingerMs = 500;
/** So many requests of a connection may wait for an answer to those before them until no more is read. */
const mostWaiting = 32;

/**
 * HTTP/1.1 as Go's server speaks it. Node's parser reads it, and decides what is no HTTP: it takes no line ends without CR, folded headers or repeated lengths, which Go does,
 * and it takes empty lines before a request and several spaces in its line, which Go does not. It listens nowhere: connections are handed to it.
 */
export class Http1Server {
  private readonly server: http.Server<typeof IncomingMessage, typeof Http1Response>;
  private readonly handlers: Http1Handlers;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly turns = new WeakMap<Duplex, Turns>();
  private readonly rewritten = new RewrittenRequests();

  constructor(handlers: Http1Handlers, clock: Clock, logger: Logger) {
    this.handlers = handlers;
    this.clock = clock;
    this.logger = logger;
    this.server = http.createServer({
      maxHeaderSize: maxHeaderBytes,
      requireHostHeader: false,
      requestTimeout: 0,
      headersTimeout: 32_000,
      keepAliveTimeout: 90_000,
      ServerResponse: Http1Response,
    });
    // Their bytes are limited, not their number: Node would leave out those beyond it.
    this.server.maxHeadersCount = 0;
    // The timeouts are kept by a server that listens.
    this.server.emit('listening');
    this.server.on('request', (message, response) => this.begin(message, response));
    this.server.on('checkContinue', (message, response) => this.begin(message, response));
    this.server.on('checkExpectation', (message, response) => this.begin(message, response));
    const upgrade = (message: IncomingMessage, socket: Duplex, head: Buffer) => this.upgrade({ request: message, socket, head });
    this.server.on('upgrade', upgrade);
    // Nothing is tunnelled: CONNECT is answered as any other method.
    this.server.on('connect', upgrade);
    this.server.on('clientError', (error: ParseError, socket: Duplex) => this.failed(error, socket));
  }

  /** Serves a connection, which is in the clear. */
  take(socket: Duplex, connection: Connection): void {
    this.turns.set(socket, new Turns(socket, connection));
    this.server.emit('connection', socket);
  }

  /** Ends connections on which nothing is asked. */
  closeIdle(): void {
    this.server.closeIdleConnections();
  }

  close(): void {
    this.server.closeAllConnections();
    // Ends the timer of its timeouts.
    this.server.close();
  }

  private begin(message: IncomingMessage, response: Http1Response): void {
    const { socket } = message;
    const turns = this.turns.get(socket)!;
    response.on('error', (error) => this.logger.debug({ err: error }, 'HTTP/1.1 answer failed'));
    const problem = requestProblem(message);
    const request = this.requestOf(message, response);
    turns.latest = { message, request };
    turns.take((done) => {
      if (problem) return this.refuse(socket, problem);
      response.once('close', done);
      if (unmetExpectation(message)) return response.refuseExpectation();
      this.handlers.request(request, turns.connection, new Http1Reply(message, response, () => this.lingerAtEnd(socket)));
    });
  }

  private requestOf(message: IncomingMessage, response?: Http1Response): NetworkRequest {
    const headers = headersOf(message.headers as Headers, message.rawHeaders);
    const { expect } = headers;
    // Said when somebody wants to read the body. To HTTP/1.0 it means nothing.
    const asks = expect !== undefined && message.httpVersion !== '1.0' && announcesBody(headers);
    const wanted = asks && response ? () => response.writeContinue() : undefined;
    return new NetworkRequest(this.rewritten.methodOf(message), targetOf(message.url), headers, message, wanted);
  }

  private upgrade(upgrade: Upgrade): void {
    const turns = this.turns.get(upgrade.socket)!;
    turns.take(() => this.handlers.upgrade(this.requestOf(upgrade.request), turns.connection, upgrade));
  }

  /** The connection broke, or what came is not what Node's parser takes. */
  private failed(error: ParseError, socket: Duplex): void {
    if (!error.code?.startsWith('HPE_')) return void socket.destroy();
    // Nothing more is read once the connection is to be closed.
    if (error.code === 'HPE_CLOSED_CONNECTION' || !socket.writable) return;
    const turns = this.turns.get(socket)!;
    const { latest } = turns;
    if (latest && !latest.message.complete) return latest.request.breakBody(brokenBody(error));
    // A parser that has failed tells of everything that follows as one more error.
    if (this.rewritten.follows(error, socket) || turns.failed) return;
    turns.failed = true;
    const replacement = this.rewritten.replace(error, socket);
    turns.take(() => (replacement ? this.take(replacement, turns.connection) : this.refuse(socket, parseProblem(error))));
  }

  private refuse(socket: Duplex, { status, text = status }: Refusal): void {
    socket.write(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`);
    this.linger(socket);
  }

  /** The answer that is being sent is the last one, though the client may not have sent all. */
  private lingerAtEnd(socket: Duplex & { destroySoon?: () => void }): void {
    // With it Node's server ends a connection.
    socket.destroySoon = () => this.linger(socket);
  }

  /** Ends a connection. What still comes is read and dropped for a while: with bytes that nobody has read, the client might lose the answer. */
  private linger(socket: Duplex): void {
    // The parser's.
    socket.removeAllListeners('data');
    socket.on('data', () => {});
    socket.resume();
    socket.end();
    const timer = this.clock.timer(lingerMs, () => socket.destroy());
    finished(socket, () => {
      timer.cancel();
      socket.destroy();
    });
  }
}

type Step = (done: () => void) => void;

/** What is done on one connection, one after the other: a request begins when the one before it has been answered. */
class Turns {
  readonly connection: Connection;
  /** The request whose body may still be on its way. */
  latest: { readonly message: IncomingMessage; readonly request: NetworkRequest } | undefined;
  /** Whether the parser has given up. */
  failed = false;
  private readonly socket: Duplex;
  private readonly waiting: Step[] = [];
  private busy = false;

  constructor(socket: Duplex, connection: Connection) {
    this.socket = socket;
    this.connection = connection;
  }

  /** @param step calls `done` when the next one may begin; it does not where the connection ends with it, or becomes another's */
  take(step: Step): void {
    if (!this.busy) return this.begin(step);
    this.waiting.push(step);
    if (this.waiting.length === mostWaiting) this.socket.pause();
  }

  private begin(step: Step): void {
    this.busy = true;
    // Nothing follows the answer with which the connection ends.
    if (this.socket.writable) step(this.next);
  }

  private readonly next = (): void => {
    this.busy = false;
    const step = this.waiting.shift();
    if (!step) return;
    if (this.waiting.length === mostWaiting - 1) this.socket.resume();
    this.begin(step);
  };
}

/** The path and query of a request line; proxies may send a whole URL, CONNECT names a host alone. */
function targetOf(url = ''): string {
  if (url.startsWith('/') || url === '*') return url;
  return /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] ?? '';
}
