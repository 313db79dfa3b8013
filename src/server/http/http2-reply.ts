import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { OutgoingHeaders, Reply } from './reply.ts';

const destroyNow = (stream: ServerHttp2Stream, error?: Error): ServerHttp2Stream =>
  Object.getPrototypeOf(stream).destroy.call(stream, error);

/**
 * `destroy` of a stream that is answered. Node calls it when the last frame has been made, and learns only then that it has been written: each write to a
 * destroyed stream ends in an error that nobody sees, and takes up to 20 µs. A turn later it has been written, unless the connection is held up.
 */
function destroyOnceWritten(this: ServerHttp2Stream, error?: Error): ServerHttp2Stream {
  if (error || !this.closed || this.writableFinished) return destroyNow(this, error);
  setImmediate(destroyNow, this);
  return this;
}

/** Answers on the stream itself; the compatibility layer would make a request and a response object for each. */
export class Http2Reply implements Reply {
  private readonly stream: ServerHttp2Stream;
  private readonly request: { readonly bodyRead: boolean };

  constructor(stream: ServerHttp2Stream, request: { readonly bodyRead: boolean }) {
    this.stream = stream;
    this.request = request;
  }

  get gone(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  head(status: number, headers: OutgoingHeaders, empty: boolean): void {
    if (this.gone) return;
    headers[':status'] = status;
    this.stream.respond(headers as OutgoingHttpHeaders, { endStream: empty });
    if (empty) this.discardBody();
  }

  flush(): void {
    // HTTP/2 sends headers at once.
  }

  /** @param sent called when they have been sent */
  write(bytes: Buffer, sent?: () => void): boolean {
    return this.gone ? true : this.stream.write(bytes, sent);
  }

  end(bytes?: Buffer): void {
    if (this.gone) return;
    this.stream.destroy = destroyOnceWritten;
    this.stream.end(bytes);
    this.discardBody();
  }

  abort(): void {
    if (!this.gone) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  pending(): number {
    return this.stream.writableLength;
  }

  drained(callback: () => void): void {
    if (this.gone || this.stream.writableLength === 0) return queueMicrotask(callback);
    let called = false;
    const once = () => {
      if (called) return;
      called = true;
      this.stream.removeListener('drain', once);
      this.stream.removeListener('close', once);
      callback();
    };
    this.stream.once('drain', once);
    this.stream.once('close', once);
  }

  closed(callback: () => void): void {
    if (this.gone) queueMicrotask(callback);
    else this.stream.once('close', callback);
  }

  /** A body that nobody read: the client is told that it need not send the rest. */
  private discardBody(): void {
    if (this.stream.endAfterHeaders || this.stream.readableEnded) return;
    this.stream.resume();
    if (!this.request.bodyRead) this.stream.once('finish', () => this.stream.close(constants.NGHTTP2_NO_ERROR));
  }
}
