import { Duplex } from 'node:stream';
import { HeaderCodec, type Headers } from './spdy-headers.ts';

const version = 3;
const headerLength = 8;
/** So much of one frame is read. */
const frameLimit = 1024 * 1024;

const frameTypes = { synStream: 1, synReply: 2, resetStream: 3, ping: 6, goAway: 7 } as const;
const fin = 1;
const cancelled = 5;

/** One stream of a SPDY connection: what the other side writes can be read, and the other way round. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  private readonly session: SpdySession;

  constructor(session: SpdySession, id: number, headers: Headers) {
    super({ allowHalfOpen: true });
    this.session = session;
    this.id = id;
    this.headers = headers;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.session.sendData(this.id, bytes, false, done);
  }

  override _final(done: () => void): void {
    this.session.sendData(this.id, Buffer.alloc(0), true, () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.session.forget(this, error !== null || !this.writableFinished);
    done(error);
  }
}

/**
 * The server's side of a SPDY/3.1 connection, as far as Kubernetes' clients use it: they open streams, and both sides write to them. There is no flow
 * control, as there is none in the library that those clients use.
 */
export class SpdySession {
  private readonly socket: Duplex;
  private readonly codec = new HeaderCodec();
  private readonly streams = new Map<number, SpdyStream>();
  private readonly opened: (stream: SpdyStream) => void;
  private pending: Buffer = Buffer.alloc(0);
  /** Frames are understood one after the other, as the compression of their headers wants it. */
  private work: Promise<void> = Promise.resolve();

  /** @param opened called for each stream that the client opens; it has been accepted */
  constructor(socket: Duplex, opened: (stream: SpdyStream) => void) {
    this.socket = socket;
    this.opened = opened;
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.once('close', () => {
      for (const stream of this.streams.values()) stream.destroy();
      this.codec.close();
    });
    socket.on('error', () => socket.destroy());
  }

  /** Everything that was written is sent, and then the connection ends. */
  close(): void {
    this.work = this.work.then(() => void this.socket.end());
  }

  sendData(id: number, bytes: Buffer, last: boolean, done: (error?: Error | null) => void): void {
    const head = Buffer.alloc(headerLength);
    head.writeUInt32BE(id, 0);
    head.writeUInt32BE(bytes.length, 4);
    if (last) head[4] = fin;
    if (this.socket.destroyed) return done();
    this.socket.write(head);
    this.socket.write(bytes, (error) => done(error));
  }

  /** @param early the other side does not know yet that it is over */
  forget({ id }: SpdyStream, early: boolean): void {
    if (!this.streams.delete(id) || !early || this.socket.destroyed) return;
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(id, 0);
    payload.writeUInt32BE(cancelled, 4);
    this.sendControl(frameTypes.resetStream, payload);
  }

  private sendControl(type: number, payload: Buffer): void {
    const head = Buffer.alloc(headerLength);
    head.writeUInt16BE(0x8000 | version, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(payload.length, 4);
    this.socket.write(Buffer.concat([head, payload]));
  }

  private receive(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    for (;;) {
      if (this.pending.length < headerLength) return;
      const length = this.pending.readUIntBE(5, 3);
      if (length > frameLimit) return void this.socket.destroy(new Error('the frame is too long'));
      if (this.pending.length < headerLength + length) return;
      const head = this.pending.subarray(0, headerLength);
      const payload = this.pending.subarray(headerLength, headerLength + length);
      this.pending = this.pending.subarray(headerLength + length);
      this.work = this.work.then(() => this.understand(head, payload)).catch((error) => void this.socket.destroy(error));
    }
  }

  private async understand(head: Buffer, payload: Buffer): Promise<void> {
    const isLast = (head[4]! & fin) !== 0;
    if (!(head[0]! & 0x80)) {
      const stream = this.streams.get(head.readUInt32BE(0));
      if (payload.length > 0) stream?.push(payload);
      if (isLast) stream?.push(null);
      return;
    }
    switch (head.readUInt16BE(2)) {
      case frameTypes.synStream:
        return this.open(payload, isLast);
      case frameTypes.resetStream:
        return void this.streams.get(payload.readUInt32BE(0))?.destroy();
      case frameTypes.ping:
        return this.sendControl(frameTypes.ping, payload);
      case frameTypes.goAway:
        return;
      // Settings, windows and further headers change nothing here.
    }
  }

  private async open(payload: Buffer, isLast: boolean): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    const stream = new SpdyStream(this, id, await this.codec.decode(payload.subarray(10)));
    stream.on('error', () => {});
    this.streams.set(id, stream);
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(id);
    this.sendControl(frameTypes.synReply, Buffer.concat([answer, await this.codec.encode(new Map())]));
    if (isLast) stream.push(null);
    this.opened(stream);
  }
}
