import type { Socket } from 'node:net';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Answer } from '../answer.ts';
import type { AnswerEncoder } from '../encoding/encoder.ts';
import type { Next } from '../filters/stage.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { ServerContext } from '../request-context.ts';
import type { Connection } from './connection.ts';
import { type FrontHandlers, openFront } from './front.ts';
import { Http1Reply, Http1Response } from './http1-reply.ts';
import { Http1Server } from './http1-server.ts';
import type { Reply } from './reply.ts';
import type { NetworkRequest } from './request.ts';
import { type Responder, respond, respondOverWebSocket } from './respond.ts';
import { openThreadFront } from './thread/thread-front.ts';
import type { TlsPortOptions } from './tls-port.ts';
import { WatchStreams } from './watch-stream.ts';
import type { Upgrade } from './websocket-reply.ts';

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

/** One TLS port that speaks HTTP/2 and HTTP/1.1. HTTP/2 is answered on its streams directly, HTTP/1.1 by node:http, to which its connections are handed. */
export function createHttpServer({ handle, encoder, clock, logger, tls, metrics, frontThread }: HttpServerParts): HttpServer {
  const watches = new WatchStreams(metrics);
  const responder: Responder = { encoder, watches };
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

  const serveUpgrade = (request: NetworkRequest, connection: Connection, upgrade: Upgrade): void => {
    const { socket } = upgrade;
    const response = new Http1Response(upgrade.request);
    response.shouldKeepAlive = false;
    const reply = new Http1Reply(upgrade.request, response, () => {});
    const context = new ServerContext(request, clock.now(), connection);
    socket.on('error', (error) => logger.debug({ err: error }, 'upgraded connection failed'));
    socket.once('close', () => request.close());
    const send = (answer: Answer) => {
      if (answer.type === 'upgrade') return answer.accept(upgrade);
      if (respondOverWebSocket(responder, context, answer, upgrade)) {
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
  const http1 = new Http1Server({ request: serve, upgrade: serveUpgrade }, clock, logger);

  const handlers: FrontHandlers = {
    request: serve,
    http1: (socket, connection) => http1.take(socket, connection),
    handshakeFailed: () => metrics.handshakeFailed(),
  };
  const front = frontThread ? openThreadFront({ entry: frontThread, options: tls, logger }, handlers) : openFront(tls, handlers, logger);

  const shutDown = async (graceMs: number): Promise<void> => {
    front.goAway();
    http1.closeIdle();
    watches.endAll();
    const timer = { cancel: () => {} };
    await new Promise<void>((resolve) => {
      if (active === 0) return setImmediate(resolve);
      idle = resolve;
      timer.cancel = clock.timer(graceMs, resolve).cancel;
    });
    timer.cancel();
    await front.close();
    http1.close();
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
