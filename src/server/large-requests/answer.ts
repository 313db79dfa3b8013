import type { Clock } from '../../machinery/clock.ts';
import type { ApiRequest } from '../context.ts';
import type { AnswerEncoder } from '../encoding/encoder.ts';
import type { Next } from '../filters/stage.ts';
import type { OutgoingHeaders, Reply } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import { WatchStreams } from '../http/watch-stream.ts';
import { ServerContext } from '../request-context.ts';
import type { LargeAnswer, LargeRequest } from './messages.ts';

export interface AnsweringParts {
  /** `Chain.handedOver`. */
  readonly handle: Next;
  readonly encoder: AnswerEncoder;
  readonly clock: Clock;
}

/** What the transport of the other thread says by itself. */
const ownOfTransport: ReadonlySet<string> = new Set(['content-type', 'content-length', 'cache-control', 'audit-id', 'warning']);

/** Answers a request that another thread has let in: the rest of the chain, and the encoding. */
export async function answerHandedOver(parts: AnsweringParts, request: LargeRequest, signal: AbortSignal): Promise<LargeAnswer> {
  const { body, user, auditId } = request;
  const context = new ServerContext(
    apiRequestOf(request, Buffer.from(body.buffer, body.byteOffset, body.byteLength), signal),
    parts.clock.now(),
  );
  context.user = user;
  context.auditId = auditId;
  const answer = await parts.handle(context);
  const { status, headers, bytes } = await new Promise<Collected>((resolve) =>
    respond({ encoder: parts.encoder, watches: new WatchStreams() }, context, answer, new CollectingReply(resolve)),
  );
  return {
    status,
    contentType: String(headers['content-type'] ?? ''),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (ownOfTransport.has(name) ? [] : [[name, String(value)]])),
    ),
    body: bytes,
    warnings: context.warnings,
  };
}

function apiRequestOf({ method, target, headers }: LargeRequest, body: Buffer, signal: AbortSignal): ApiRequest {
  const at = target.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : target.slice(at + 1));
  return { method, target, path: at < 0 ? target : target.slice(0, at), query, headers, readBody: async () => body, signal };
}

interface Collected {
  readonly status: number;
  readonly headers: OutgoingHeaders;
  readonly bytes: Buffer;
}

/** An answer that is gathered, rather than sent. */
class CollectingReply implements Reply {
  readonly gone = false;
  private readonly done: (collected: Collected) => void;
  private readonly chunks: Buffer[] = [];
  private status = 0;
  private headers: OutgoingHeaders = {};

  constructor(done: (collected: Collected) => void) {
    this.done = done;
  }

  head(status: number, headers: OutgoingHeaders, empty: boolean): void {
    this.status = status;
    this.headers = headers;
    if (empty) this.end();
  }

  flush(): void {}

  write(bytes: Buffer): boolean {
    this.chunks.push(bytes);
    return true;
  }

  end(bytes?: Buffer): void {
    if (bytes) this.chunks.push(bytes);
    this.done({
      status: this.status,
      headers: this.headers,
      bytes: this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks),
    });
  }

  abort(): void {
    this.end();
  }

  pending(): number {
    return 0;
  }

  drained(callback: () => void): void {
    queueMicrotask(callback);
  }

  closed(): void {}
}
