import { Readable } from 'node:stream';
import type { ApiRequest } from '../context.ts';
import { announcesBody, checkLength, nothing, readBody } from './body.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Shared by all requests without a query: nobody changes a request's parameters. */
const noParameters = new URLSearchParams();

/** What stands between two `&` and cannot be read: a semicolon is no separator, an escape has two hexadecimal digits. */
const unreadable = /;|%(?![0-9A-Fa-f]{2})/;

/** A query without the parameters that Go cannot read, which it leaves out. */
function readable(query: string): string {
  if (!unreadable.test(query)) return query;
  return query
    .split('&')
    .filter((parameter) => !unreadable.test(parameter))
    .join('&');
}

/** A body that is there as a whole. Absent bytes: the request says that it has none. */
export class WholeBody {
  readonly bytes: Buffer | undefined;

  constructor(bytes: Buffer | undefined) {
    this.bytes = bytes;
  }
}

/** A request from the network. Its parameters and its signal are made when they are first asked for. */
export class NetworkRequest implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly target: string;
  readonly headers: Headers;
  bodyRead = false;
  private readonly rawQuery: string;
  private readonly source: Readable | WholeBody;
  private parameters: URLSearchParams | undefined;
  private controller: AbortController | undefined;
  private gone = false;
  private reading: Promise<Buffer> | undefined;
  private readonly wanted: (() => void) | undefined;
  private broken: Error | undefined;

  /** @param target path and query as the client sent them; @param wanted called when somebody begins to read the body */
  constructor(method: string, target: string, headers: Headers, source: Readable | WholeBody, wanted?: () => void) {
    const at = target.indexOf('?');
    this.method = method;
    this.target = target;
    this.path = at < 0 ? target : target.slice(0, at);
    this.rawQuery = at < 0 ? '' : target.slice(at + 1);
    this.headers = headers;
    this.source = source;
    this.wanted = wanted;
  }

  get query(): URLSearchParams {
    if (this.rawQuery === '') return noParameters;
    this.parameters ??= new URLSearchParams(readable(this.rawQuery));
    return this.parameters;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.gone) this.controller.abort();
    }
    return this.controller.signal;
  }

  /** Read once: whoever asks again gets the same. */
  readBody(limit: number): Promise<Buffer> {
    this.bodyRead = true;
    this.reading ??= this.read(limit);
    return this.reading;
  }

  private read(limit: number): Promise<Buffer> {
    if (this.broken) return Promise.reject(this.broken);
    this.wanted?.();
    return this.source instanceof WholeBody
      ? checkLength(this.source.bytes ?? nothing, limit)
      : readBody(this.source, this.headers['content-length'], limit);
  }

  /** The rest of the body cannot be read. @param error what is told to whoever reads it, now or later */
  breakBody(error: Error): void {
    if (this.broken || this.source instanceof WholeBody) return;
    this.broken = error;
    if (this.source.listenerCount('error') > 0) this.source.emit('error', error);
  }

  openBody(): Readable | undefined {
    if (this.source instanceof WholeBody) {
      const { bytes } = this.source;
      this.bodyRead = true;
      return bytes && Readable.from(bytes);
    }
    // HTTP/2 says with the headers whether there is more.
    const { endAfterHeaders } = this.source as Readable & { readonly endAfterHeaders?: boolean };
    if (endAfterHeaders ?? !announcesBody(this.headers)) return undefined;
    this.bodyRead = true;
    const { broken } = this;
    if (broken)
      return new Readable({
        read() {
          this.destroy(broken);
        },
      });
    this.wanted?.();
    return this.source;
  }

  /** The client went away, or the answer is complete. */
  close(): void {
    this.gone = true;
    this.controller?.abort();
  }
}
