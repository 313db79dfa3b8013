import type { Duplex } from 'node:stream';
import type { Logger } from '../../machinery/logger.ts';
import type { Connection } from './connection.ts';
import { Http2Reply } from './http2-reply.ts';
import type { Reply } from './reply.ts';
import { NetworkRequest } from './request.ts';
import { TlsPort, type TlsPortOptions } from './tls-port.ts';

/** What a front hands on. */
export interface FrontHandlers {
  /** A request over HTTP/2, and the way back. */
  request(request: NetworkRequest, connection: Connection, reply: Reply): void;
  /** A connection that speaks HTTP/1.1, in the clear. */
  http1(socket: Duplex, connection: Connection): void;
  handshakeFailed(): void;
}

/** Where clients connect: TLS and HTTP/2, in this thread or in one of its own. */
export interface Front {
  /** @throws Error with `code` EADDRINUSE and the like; @returns the port that was taken */
  listen(port: number, address: string): Promise<number>;
  /** Takes no more connections, and tells those that there are. */
  goAway(): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** A front in this thread. */
export function openFront(options: TlsPortOptions, handlers: FrontHandlers, logger: Logger): Front {
  const broke = (what: string, error: Error) => logger.debug({ err: error }, `${what} failed`);
  const port = new TlsPort(options, {
    stream(stream, headers, connection) {
      // CONNECT alone has no path.
      const request = new NetworkRequest(headers[':method'] ?? 'GET', headers[':path'] ?? '', headers, stream);
      handlers.request(request, connection, new Http2Reply(stream, request));
    },
    http1: handlers.http1,
    handshakeFailed(error) {
      handlers.handshakeFailed();
      broke('TLS handshake', error);
    },
    broke,
  });
  return {
    listen: (number, address) => port.listen(number, address, (error) => logger.error({ err: error }, 'server socket failed')),
    goAway: () => port.goAway(),
    close: () => port.close(),
  };
}
