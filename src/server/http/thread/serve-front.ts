import type { ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { MessagePort } from 'node:worker_threads';
import type { Connection } from '../connection.ts';
import type { Headers } from '../headers.ts';
import { Http2Reply } from '../http2-reply.ts';
import { TlsPort, type TlsPortOptions } from '../tls-port.ts';
import { type BodyState, type FromFront, type Id, Outbox, type RemoteConnection, readMessage, sentStep, type ToFront } from './messages.ts';

/** A request whose body is still on its way waits for so many turns of the event loop: clients write head and body one after the other. */
const bodyTurns = 3;

/** What comes on a stream or a connection. */
class Incoming {
  chunks: Buffer[] = [];
  length = 0;
  ended = false;
  private readonly source: Readable;

  constructor(source: Readable, changed: () => void) {
    this.source = source;
    source.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.length += chunk.length;
      changed();
    });
    source.once('end', () => {
      this.ended = true;
      changed();
    });
  }

  /** What has come since it was last asked. */
  take(): readonly Buffer[] {
    const { chunks } = this;
    this.chunks = [];
    this.length = 0;
    return chunks;
  }

  /** No more is read until it is asked for. */
  pause(): void {
    if (!this.ended) this.source.pause();
  }

  more(): void {
    this.source.resume();
  }
}

/** One stream of HTTP/2 or one connection of HTTP/1.1, which has no heads and may be idle. */
interface Channel {
  readonly incoming: Incoming | undefined;
  head?(status: number, headers: Record<string, string | number | readonly string[]>, empty: boolean, bodyRead: boolean): void;
  write(bytes: Buffer): void;
  finish(bytes: Buffer | undefined, bodyRead: boolean): void;
  limitIdle?(milliseconds: number): void;
  abort(): void;
}

/** The life of a thread that has TLS and HTTP/2 as its work: it tells of requests and connections through the port, and sends what it is told. */
export function serveFront(options: TlsPortOptions, port: MessagePort): void {
  const channels = new Map<Id, Channel>();
  const connectionIds = new WeakMap<Connection, Id>();
  /** Requests that came in this turn. */
  let fresh: Http2Channel[] = [];
  /** What has had bytes or its end since. */
  const changed = new Map<Id, Incoming>();
  let last = 0;

  const tellIncoming = (id: Id, incoming: Incoming) => {
    const { length } = incoming;
    for (const chunk of incoming.take()) outbox.attach(chunk);
    incoming.pause();
    if (length > 0) outbox.put(['data', id, length]);
    if (incoming.ended) outbox.put(['end', id]);
  };
  const outbox = new Outbox<FromFront>(port, () => {
    fresh = fresh.filter((request) => !request.tell());
    for (const [id, incoming] of changed) if (channels.has(id)) tellIncoming(id, incoming);
    changed.clear();
    return fresh.length > 0;
  });
  const noteIncoming = (id: Id, incoming: Incoming) => {
    changed.set(id, incoming);
    outbox.schedule();
  };
  const broke = (what: string, error: Error) => outbox.put(['broke', what, error.message]);

  const idOf = (connection: Connection, closed: (callback: () => void) => void): Id => {
    const known = connectionIds.get(connection);
    if (known !== undefined) return known;
    const id = ++last;
    connectionIds.set(connection, id);
    outbox.put(['connected', id, remote(connection)]);
    closed(() => outbox.put(['disconnected', id]));
    return id;
  };

  /*
   * Stays until the next one closes: with the last object of a shape V8 collects the shape, and throws all code away that was optimized for it. After each
   * pause everything that a stream goes through would have to become quick anew.
   */
  const kept: { last?: Http2Channel } = {};

  class Http2Channel implements Channel {
    readonly incoming: Incoming | undefined;
    private readonly id = ++last;
    private readonly connection: Id;
    private readonly headers: Headers;
    private readonly reply: Http2Reply;
    private readonly request = { bodyRead: false };
    private turns = 0;
    private told = false;
    private answered = false;
    private sent = 0;

    constructor(stream: ServerHttp2Stream, headers: Headers, connection: Id) {
      this.connection = connection;
      this.headers = headers;
      this.reply = new Http2Reply(stream, this.request);
      this.incoming = stream.endAfterHeaders
        ? undefined
        : new Incoming(stream, () => this.told && !this.answered && noteIncoming(this.id, this.incoming!));
      channels.set(this.id, this);
      stream.once('close', () => {
        channels.delete(this.id);
        kept.last = this;
        if (!this.answered && this.told) outbox.put(['gone', this.id]);
      });
      fresh.push(this);
      outbox.schedule();
    }

    /** Tells of the request, with as much of its body as is there. @returns false if it waits for the body */
    tell(): boolean {
      const { incoming, headers } = this;
      if (!channels.has(this.id)) return true;
      if (incoming && !incoming.ended && ++this.turns < bodyTurns) return false;
      this.told = true;
      const state: BodyState = !incoming ? 'none' : incoming.ended ? 'whole' : 'partial';
      const length = incoming?.length ?? 0;
      for (const chunk of incoming?.take() ?? []) outbox.attach(chunk);
      const { ':method': method = 'GET', ':path': target = '' } = headers;
      outbox.put(['request', this.id, this.connection, method, target, headers, state, length]);
      return true;
    }

    head(status: number, headers: Record<string, string | number | readonly string[]>, empty: boolean, bodyRead: boolean): void {
      if (empty) this.answer(bodyRead);
      this.reply.head(status, headers, empty);
    }

    write(bytes: Buffer): void {
      this.reply.write(bytes, () => {
        this.sent += bytes.length;
        if (this.sent < sentStep) return;
        outbox.put(['sent', this.id, this.sent]);
        this.sent = 0;
      });
    }

    finish(bytes: Buffer | undefined, bodyRead: boolean): void {
      this.answer(bodyRead);
      this.reply.end(bytes);
    }

    // The other side is told that it is gone: whoever could not send an answer may still be writing to it.
    abort(): void {
      this.reply.abort();
    }

    private answer(bodyRead: boolean): void {
      this.answered = true;
      this.request.bodyRead = bodyRead;
    }
  }

  class Http1Channel implements Channel {
    readonly incoming: Incoming;
    private readonly id: Id;
    private readonly socket: TLSSocket;

    constructor(socket: TLSSocket, id: Id) {
      this.id = id;
      this.socket = socket;
      this.incoming = new Incoming(socket, () => noteIncoming(id, this.incoming));
      socket.on('error', (error) => broke('HTTP/1.1 connection', error));
      socket.on('timeout', () => outbox.put(['timeout', id]));
      socket.once('close', () => {
        // What came last may be of a turn with the end.
        if (changed.delete(id)) tellIncoming(id, this.incoming);
        channels.delete(id);
        outbox.put(['gone', id]);
      });
      channels.set(id, this);
      outbox.put(['http1', id]);
    }

    write(bytes: Buffer): void {
      this.socket.write(bytes, () => outbox.put(['sent', this.id, bytes.length]));
    }

    finish(): void {
      this.socket.end(() => outbox.put(['sent', this.id, 0]));
    }

    limitIdle(milliseconds: number): void {
      this.socket.setTimeout(milliseconds);
    }

    abort(): void {
      this.socket.destroy();
    }
  }

  const tlsPort = new TlsPort(options, {
    stream(stream, headers, connection) {
      const { session } = stream;
      new Http2Channel(
        stream,
        headers,
        idOf(connection, (closed) => session!.once('close', closed)),
      );
    },
    http1(socket, connection) {
      new Http1Channel(
        socket,
        idOf(connection, (closed) => socket.once('close', closed)),
      );
    },
    handshakeFailed: (error) => outbox.put(['handshakeFailed', error.message]),
    broke,
  });

  const obey = async (notice: ToFront): Promise<void> => {
    switch (notice[0]) {
      case 'listen':
        try {
          const taken = await tlsPort.listen(notice[1], notice[2], (error) => outbox.put(['socketFailed', error.message]));
          return outbox.put(['listening', taken]);
        } catch (error) {
          const { message, code } = error as NodeJS.ErrnoException;
          return outbox.put(['notListening', { message, code }]);
        }
      case 'goAway':
        return tlsPort.goAway();
      case 'close':
        await tlsPort.close();
        outbox.put(['closed']);
    }
  };

  const tell = (channel: Channel | undefined, notice: ToFront, take: (bytes: number) => Buffer): void => {
    switch (notice[0]) {
      case 'more':
        return channel?.incoming?.more();
      case 'head':
        return channel?.head?.(notice[2], notice[3], notice[4], notice[5]);
      case 'write': {
        const bytes = take(notice[2]);
        return channel?.write(bytes);
      }
      case 'finish': {
        const bytes = take(notice[2]);
        return channel?.finish(bytes.length > 0 ? bytes : undefined, notice[3]);
      }
      case 'limitIdle':
        return channel?.limitIdle?.(notice[2]);
      case 'abort':
        return channel?.abort();
    }
  };

  port.on('message', (message) =>
    readMessage<ToFront>(message, (notice, take) => {
      const [name, id] = notice;
      if (typeof id !== 'number' || name === 'listen') return void obey(notice);
      const channel = channels.get(id);
      try {
        tell(channel, notice, take);
      } catch (error) {
        // An answer that cannot be sent, for its headers are too large.
        broke('answer', error as Error);
        channel?.abort();
      }
    }),
  );
}

function remote({ certificate, frontProxyCertificate, user: _, ...rest }: Connection): RemoteConnection {
  return { ...rest, certificate: certificate?.toString('base64'), frontProxyCertificate: frontProxyCertificate?.toString('base64') };
}
