import type { IncomingMessage, ServerResponse } from 'node:http';
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

export class Http1Reply implements Reply {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
  }

  get gone(): boolean {
    return this.response.destroyed || this.response.writableEnded || this.response.socket?.destroyed === true;
  }

  head(status: number, headers: OutgoingHeaders, empty: boolean): void {
    if (this.gone) return;
    const canonical: OutgoingHeaders = {};
    for (const name in headers) canonical[canonicalNames.get(name) ?? capitalized(name)] = headers[name]!;
    // A body that was not read to its end would be taken for the next request. A request without one may not count as complete yet.
    if (!this.request.complete && announcesBody(this.request.headers)) canonical['Connection'] = 'close';
    // Go's server says nothing of a connection that goes on, which is the rule in HTTP/1.1.
    else if (this.response.shouldKeepAlive && this.request.httpVersion === '1.1') this.response.removeHeader('Connection');
    this.response.writeHead(status, canonical as Record<string, string>);
    if (empty) this.response.end();
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
