import http, { type IncomingMessage } from 'node:http';
import { announcesBody } from './body.ts';
import type { OutgoingHeaders, Reply } from './reply.ts';

/** Header names as Go writes them, of the headers that nearly every answer has; others are turned when they come. */
const canonicalNames: ReadonlyMap<string, string> = new Map(
  [
    ...['audit-id', 'cache-control', 'content-length', 'content-type', 'vary', 'warning'],
    ...['x-content-type-options', 'x-kubernetes-pf-flowschema-uid', 'x-kubernetes-pf-prioritylevel-uid'],
  ].map((name) => [name, capitalized(name)]),
);

/** `x-kubernetes-pf-flowschema-uid` → `X-Kubernetes-Pf-Flowschema-Uid` */
function capitalized(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Node's own way to begin an answer, which its types leave out. */
type StoreHeader = (firstLine: string, headers: unknown) => void;
const storeHeader = (http.ServerResponse.prototype as unknown as { _storeHeader: StoreHeader })._storeHeader;

/** An answer of Node's server, in what Go's does otherwise. */
export class Http1Response<Request extends IncomingMessage = IncomingMessage> extends http.ServerResponse<Request> {
  /** Whether the client has been told to send the body that it asked about. */
  continued = false;
  /** Node's note that a client has asked: with it Node ends a connection of which it has not told the client to go on, also where there is no body, and does not say so. */
  declare _expect_continue: boolean;

  override writeContinue(): void {
    if (this.continued || this.headersSent) return;
    this.continued = true;
    super.writeContinue();
  }

  refuseExpectation(): void {
    this.writeHead(417, { Connection: 'close', 'Content-Length': 0 }).end();
  }

  // Answers have the version of the request; Node always says 1.1.
  _storeHeader(firstLine: string, headers: unknown): void {
    storeHeader.call(this, this.req.httpVersion === '1.0' ? firstLine.replace('HTTP/1.1', 'HTTP/1.0') : firstLine, headers);
  }
}

/** So much of a body that no handler has read is read nevertheless, so that the connection can go on. */
const mostDropped = 256 * 1024;

export class Http1Reply implements Reply {
  private readonly request: IncomingMessage;
  private readonly response: Http1Response;
  private readonly endsEarly: () => void;

  /** @param endsEarly called before the head of an answer with which the connection ends, though the client may still be sending the body */
  constructor(request: IncomingMessage, response: Http1Response, endsEarly: () => void) {
    this.request = request;
    this.response = response;
    this.endsEarly = endsEarly;
  }

  get gone(): boolean {
    return this.response.destroyed || this.response.writableEnded || this.response.socket?.destroyed === true;
  }

  head(status: number, headers: OutgoingHeaders, empty: boolean): void {
    if (this.gone) return;
    const canonical: OutgoingHeaders = {};
    for (const name in headers) canonical[canonicalNames.get(name) ?? capitalized(name)] = headers[name]!;
    // Another server's answer, which was passed on, may say of what type it would have been; Go's server says so over HTTP/2 alone.
    if (status === 304) delete canonical['Content-Type'];
    this.sayWhetherItGoesOn(canonical);
    this.response.writeHead(status, canonical as Record<string, string>);
    if (empty) this.response.end();
  }

  // Go's server says nothing of a connection with which it does what is the rule for the version.
  private sayWhetherItGoesOn(headers: OutgoingHeaders): void {
    const { request, response } = this;
    const isOld = request.httpVersion === '1.0';
    response._expect_continue = false;
    if (this.leavesBody()) {
      response.shouldKeepAlive = false;
      this.endsEarly();
    }
    if (isOld && headers['Content-Length'] === undefined) response.shouldKeepAlive = false;
    const isTheRule = response.shouldKeepAlive !== isOld;
    if (isTheRule) response.removeHeader('Connection');
    else headers['Connection'] = isOld ? 'keep-alive' : 'close';
  }

  // Whether more of the body may come than is passed over. A request without a body may not count as complete yet.
  private leavesBody(): boolean {
    const { complete, headers } = this.request;
    if (complete || !announcesBody(headers)) return false;
    if (headers.expect !== undefined && !this.response.continued) return true;
    return !(Number(headers['content-length']) < mostDropped);
  }

  flush(): void {
    if (!this.gone) this.response.flushHeaders();
  }

  write(bytes: Buffer): boolean {
    return this.gone ? true : this.response.write(bytes);
  }

  end(bytes?: Buffer): void {
    if (!this.gone) this.response.end(bytes);
  }

  abort(): void {
    this.response.destroy();
  }

  pending(): number {
    return this.response.writableLength;
  }

  drained(callback: () => void): void {
    if (this.gone || !this.response.writableNeedDrain) return queueMicrotask(callback);
    let called = false;
    const once = () => {
      if (called) return;
      called = true;
      this.response.removeListener('drain', once);
      this.response.removeListener('close', once);
      callback();
    };
    this.response.once('drain', once);
    this.response.once('close', once);
  }

  closed(callback: () => void): void {
    if (this.response.destroyed) queueMicrotask(callback);
    else this.response.once('close', callback);
  }
}
