import { Duplex, Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../../machinery/logger.ts';
import type { Connection } from '../connection.ts';
import type { Front, FrontHandlers } from '../front.ts';
import type { OutgoingHeaders, Reply } from '../reply.ts';
import { NetworkRequest, WholeBody } from '../request.ts';
import type { TlsPortOptions } from '../tls-port.ts';
import { type FromFront, type Id, Outbox, type RemoteConnection, readMessage, sentStep, type ToFront } from './messages.ts';

export interface ThreadFrontParts {
  /** The module that calls `serveFront` when it is the entry of a thread. */
  readonly entry: URL;
  readonly options: TlsPortOptions;
  readonly logger: Logger;
}

type RequestNotice = Extract<FromFront, readonly ['request', ...unknown[]]>;

/** What this side keeps of a stream or a connection, and learns of it. */
interface Channel {
  onData(bytes: Buffer): void;
  onEnd(): void;
  onSent(bytes: number): void;
  onTimeout?(): void;
  /** The client has gone. */
  onGone(): void;
}

/** How much the thread may take of memory for what is young: it lives for a turn. */
const youngMegabytes = 24;
/** With so many bytes on the way to a client, whoever writes to it is told to wait, until no more than `lowWaterMark` are. */
const highWaterMark = 4 * sentStep;
const lowWaterMark = 2 * sentStep;

/** A front in a thread of its own. TLS and HTTP/2 take a quarter of a write's processor time, which the chain's thread then has for others. */
export function openThreadFront({ entry, options, logger }: ThreadFrontParts, handlers: FrontHandlers): Front {
  const worker = new Worker(entry, { workerData: options, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } });
  const outbox = new Outbox<ToFront>(worker);
  const connections = new Map<Id, Connection>();
  const channels = new Map<Id, Channel>();
  let listening: { resolve(port: number): void; reject(error: Error): void } | undefined;
  let closed: (() => void) | undefined;
  const debug = (what: string, message: string) => logger.debug({ err: new Error(message) }, `${what} failed`);

  const begin = ([, id, of, method, target, headers, state]: RequestNotice, bytes: Buffer) => {
    const connection = connections.get(of);
    // Gone before it was told of.
    if (!connection) return;
    const partial = state === 'partial' ? new RemoteBody(outbox, id, bytes) : undefined;
    const request = new NetworkRequest(method, target, headers, partial ?? new WholeBody(state === 'none' ? undefined : bytes));
    const reply = new RemoteReply(outbox, id, request, partial, () => channels.delete(id));
    channels.set(id, reply);
    handlers.request(request, connection, reply);
  };

  const receive = (notice: FromFront, take: (bytes: number) => Buffer): void => {
    switch (notice[0]) {
      case 'request':
        return begin(notice, take(notice[7]));
      case 'data': {
        const bytes = take(notice[2]);
        return channels.get(notice[1])?.onData(bytes);
      }
      case 'end':
        return channels.get(notice[1])?.onEnd();
      case 'sent':
        return channels.get(notice[1])?.onSent(notice[2]);
      case 'timeout':
        return channels.get(notice[1])?.onTimeout?.();
      case 'gone':
        return channels.get(notice[1])?.onGone();
      case 'connected':
        return void connections.set(notice[1], local(notice[2]));
      case 'disconnected':
        return void connections.delete(notice[1]);
      case 'http1': {
        const id = notice[1];
        const connection = connections.get(id)!;
        const socket = new RemoteSocket(outbox, id, connection.remoteAddress, () => channels.delete(id));
        channels.set(id, socket);
        return handlers.http1(socket, connection);
      }
      case 'handshakeFailed':
        handlers.handshakeFailed();
        return debug('TLS handshake', notice[1]);
      case 'broke':
        return debug(notice[1], notice[2]);
      case 'socketFailed':
        return logger.error({ err: new Error(notice[1]) }, 'server socket failed');
      case 'listening':
        return listening?.resolve(notice[1]);
      case 'notListening': {
        const { message, code } = notice[1];
        return listening?.reject(Object.assign(new Error(message), { code }));
      }
      case 'closed':
        return closed?.();
    }
  };

  worker.on('message', (message) => readMessage<FromFront>(message, receive));
  // Without it nobody can be served: it ends the process, as a failure of this thread would.
  worker.on('error', (error) => {
    throw error;
  });
  return {
    listen(port, address) {
      return new Promise((resolve, reject) => {
        listening = { resolve, reject };
        outbox.put(['listen', port, address]);
      });
    },
    goAway: () => outbox.put(['goAway']),
    async close() {
      await new Promise<void>((resolve) => {
        closed = resolve;
        outbox.put(['close']);
      });
      for (const channel of [...channels.values()]) channel.onGone();
      await worker.terminate();
    },
  };
}

function local({ certificate, frontProxyCertificate, ...rest }: RemoteConnection): Connection {
  const decoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'base64'));
  return {
    ...rest,
    certificateError: rest.certificateError,
    certificate: decoded(certificate),
    frontProxyCertificate: decoded(frontProxyCertificate),
    user: undefined,
  };
}

/** A body of which more comes while it is read. */
class RemoteBody extends Readable {
  readonly endAfterHeaders = false;
  private readonly outbox: Outbox<ToFront>;
  private readonly id: Id;

  constructor(outbox: Outbox<ToFront>, id: Id, begun: Buffer) {
    super();
    this.outbox = outbox;
    this.id = id;
    if (begun.length > 0) this.push(begun);
  }

  override _read(): void {
    this.outbox.put(['more', this.id]);
  }
}

/** The way back to the client of a stream of HTTP/2. */
class RemoteReply implements Reply, Channel {
  private readonly outbox: Outbox<ToFront>;
  private readonly id: Id;
  private readonly request: NetworkRequest;
  private readonly body: RemoteBody | undefined;
  private readonly forget: () => void;
  private closings: (() => void)[] = [];
  private drainings: (() => void)[] = [];
  private unsent = 0;
  private over = false;

  constructor(outbox: Outbox<ToFront>, id: Id, request: NetworkRequest, body: RemoteBody | undefined, forget: () => void) {
    this.outbox = outbox;
    this.id = id;
    this.request = request;
    this.body = body;
    this.forget = forget;
  }

  get gone(): boolean {
    return this.over;
  }

  head(status: number, headers: OutgoingHeaders, empty: boolean): void {
    if (this.over) return;
    this.outbox.put(['head', this.id, status, headers, empty, this.request.bodyRead]);
    if (empty) this.finish();
  }

  flush(): void {
    // HTTP/2 sends headers at once.
  }

  write(bytes: Buffer): boolean {
    if (this.over) return true;
    this.unsent += bytes.length;
    this.outbox.put(['write', this.id, this.outbox.share(bytes)]);
    return this.unsent < highWaterMark;
  }

  end(bytes?: Buffer): void {
    if (this.over) return;
    this.outbox.putLast(['finish', this.id, bytes ? this.outbox.share(bytes) : 0, this.request.bodyRead]);
    this.finish();
  }

  abort(): void {
    if (this.over) return;
    this.outbox.put(['abort', this.id]);
    this.finish();
  }

  pending(): number {
    return this.unsent;
  }

  drained(callback: () => void): void {
    if (this.over || this.unsent <= lowWaterMark) queueMicrotask(callback);
    else this.drainings.push(callback);
  }

  closed(callback: () => void): void {
    if (this.over) queueMicrotask(callback);
    else this.closings.push(callback);
  }

  onData(bytes: Buffer): void {
    this.body?.push(bytes);
  }

  onEnd(): void {
    this.body?.push(null);
  }

  onSent(bytes: number): void {
    this.unsent -= bytes;
    if (this.unsent <= lowWaterMark) this.callDrainings();
  }

  onGone(): void {
    if (this.over) return;
    this.over = true;
    this.close();
  }

  private finish(): void {
    this.over = true;
    queueMicrotask(() => this.close());
  }

  private close(): void {
    this.forget();
    this.body?.destroy();
    this.callDrainings();
    const { closings } = this;
    this.closings = [];
    for (const callback of closings) callback();
  }

  private callDrainings(): void {
    const { drainings } = this;
    if (drainings.length === 0) return;
    this.drainings = [];
    for (const callback of drainings) callback();
  }
}

/** A connection of HTTP/1.1 whose socket is the front's, as node:http uses sockets. */
class RemoteSocket extends Duplex implements Channel {
  readonly encrypted = true;
  readonly remoteAddress: string;
  private readonly outbox: Outbox<ToFront>;
  private readonly id: Id;
  private readonly forget: () => void;
  private unsent = 0;
  private written: (() => void) | undefined;
  private ended: (() => void) | undefined;
  private readsToEnd = false;
  private hasGone = false;

  constructor(outbox: Outbox<ToFront>, id: Id, remoteAddress: string, forget: () => void) {
    super();
    this.outbox = outbox;
    this.id = id;
    this.remoteAddress = remoteAddress;
    this.forget = forget;
  }

  override _read(): void {
    this.outbox.put(['more', this.id]);
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this._writev([{ chunk }], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) {
      if (chunk.length === 0) continue;
      this.unsent += chunk.length;
      this.outbox.put(['write', this.id, this.outbox.share(chunk)]);
    }
    if (this.unsent === 0) done();
    else this.written = done;
  }

  override _final(done: () => void): void {
    this.outbox.put(['finish', this.id, 0, true]);
    this.ended = done;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.forget();
    if (!this.hasGone) this.outbox.put(['abort', this.id]);
    done(error);
  }

  /** As a socket of node:net: ends once what was written has been sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.outbox.put(['limitIdle', this.id, milliseconds]);
    if (callback) this.once('timeout', callback);
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  onData(bytes: Buffer): void {
    this.push(bytes);
  }

  onEnd(): void {
    this.readsToEnd = true;
    this.push(null);
  }

  onSent(bytes: number): void {
    if (bytes === 0) return this.ended?.();
    this.unsent -= bytes;
    if (this.unsent > 0) return;
    const { written } = this;
    this.written = undefined;
    written?.();
  }

  onTimeout(): void {
    this.emit('timeout');
  }

  onGone(): void {
    this.hasGone = true;
    // What the client sent before it left is read, as from a socket.
    if (this.readsToEnd && !this.readableEnded) this.once('end', () => this.destroy());
    else this.destroy();
  }
}
