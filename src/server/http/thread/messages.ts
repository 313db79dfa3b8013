import type { MessagePort } from 'node:worker_threads';
import type { Connection } from '../connection.ts';
import type { OutgoingHeaders } from '../reply.ts';

/*
 * What the thread of the front and the thread of the chain tell each other. All that one of them has to say in a turn of its event loop leaves as one
 * message: a JSON text with its notices, and one buffer with their bytes, which lie in the order of the notices. That costs a fraction of what structured
 * cloning of an object for each request would.
 */

/** A connection, a stream of HTTP/2 or a connection of HTTP/1.1, numbered by the front. */
export type Id = number;

/** Bytes that were sent on a stream are told of when there are so many. */
export const sentStep = 64 * 1024;

/** What of a request's body is there: it says that it has none; all of it; more comes when it is asked for. */
export type BodyState = 'none' | 'whole' | 'partial';

export type FromFront =
  | readonly ['listening', number]
  | readonly ['notListening', { readonly message: string; readonly code: string | undefined }]
  | readonly ['socketFailed', string]
  | readonly ['closed']
  | readonly ['handshakeFailed', string]
  | readonly ['broke', what: string, message: string]
  /** A connection, with its certificate in base64. */
  | readonly ['connected', Id, RemoteConnection]
  | readonly ['disconnected', Id]
  /** A stream of HTTP/2 with a request, and so many bytes of its body. */
  | readonly ['request', Id, connection: Id, method: string, target: string, Readonly<Record<string, string>>, BodyState, bytes: number]
  /** A connection that speaks HTTP/1.1. */
  | readonly ['http1', Id]
  /** So many bytes came; the next are asked for with `more`. */
  | readonly ['data', Id, bytes: number]
  | readonly ['end', Id]
  /** So many more bytes have been sent; 0 when a connection of HTTP/1.1 has been ended. */
  | readonly ['sent', Id, bytes: number]
  | readonly ['timeout', Id]
  | readonly ['gone', Id];

export type ToFront =
  | readonly ['listen', port: number, address: string]
  | readonly ['goAway']
  | readonly ['close']
  | readonly ['more', Id]
  | readonly ['head', Id, status: number, OutgoingHeaders, empty: boolean, bodyRead: boolean]
  /** Bytes to send. What several clients get is in a message once: a negative number names the place among the bytes before, `-1` the first ones. */
  | readonly ['write', Id, bytes: number]
  | readonly ['finish', Id, bytes: number, bodyRead: boolean]
  | readonly ['limitIdle', Id, milliseconds: number]
  | readonly ['abort', Id];

/** A connection as it goes through JSON. */
export type RemoteConnection = Omit<Connection, 'certificate' | 'frontProxyCertificate' | 'user'> & {
  readonly certificate: string | undefined;
  readonly frontProxyCertificate: string | undefined;
};

type Notice = readonly [name: string, ...rest: unknown[]];
type Message = readonly [text: string, bytes: Uint8Array | undefined];

/** So many notices that nothing more follows leave before the turn ends: the other thread and the clients have work while the rest is made. */
const eagerLasts = 4;

/** Gathers the notices of a turn, and sends them at its end. */
export class Outbox<T extends Notice> {
  private readonly port: Pick<MessagePort, 'postMessage'>;
  private readonly beforeSending: () => boolean;
  private notices: T[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  private places = new Map<Buffer, number>();
  private scheduled = false;
  private lasts = 0;

  /** @param beforeSending called at the end of a turn, may still put notices; returns whether it is to be called after the next turn as well */
  constructor(port: Pick<MessagePort, 'postMessage'>, beforeSending = () => false) {
    this.port = port;
    this.beforeSending = beforeSending;
  }

  put(notice: T): void {
    this.notices.push(notice);
    this.schedule();
  }

  /** Puts the last notice of an answer. */
  putLast(notice: T): void {
    this.put(notice);
    if (++this.lasts >= eagerLasts) this.send();
  }

  /** Bytes of the notice that is put next, which says how many they are. */
  attach(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  /** As `attach`, for bytes that several notices of a turn may have. @returns what the notice says of them: how many they are, or where they are already */
  share(bytes: Buffer): number {
    if (bytes.length === 0) return 0;
    const known = this.places.get(bytes);
    if (known !== undefined) return -known;
    this.attach(bytes);
    this.places.set(bytes, this.chunks.length);
    return bytes.length;
  }

  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.turnEnds);
  }

  private readonly turnEnds = (): void => {
    const again = this.beforeSending();
    this.scheduled = false;
    if (again) this.schedule();
    this.send();
  };

  private send(): void {
    this.lasts = 0;
    if (this.notices.length === 0) return;
    const text = JSON.stringify(this.notices);
    this.notices = [];
    if (this.length === 0) return this.port.postMessage([text, undefined] satisfies Message);
    const bytes = Buffer.allocUnsafeSlow(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [];
    this.places.clear();
    this.length = 0;
    this.port.postMessage([text, bytes] satisfies Message, [bytes.buffer as ArrayBuffer]);
  }
}

/** Takes a message apart. @param each called with each notice, and a function that takes its bytes by what the notice says of them */
export function readMessage<T extends Notice>([text, content]: Message, each: (notice: T, take: (bytes: number) => Buffer) => void): void {
  const bytes = content ? Buffer.from(content.buffer, content.byteOffset, content.byteLength) : nothing;
  const taken: Buffer[] = [];
  let at = 0;
  const take = (length: number): Buffer => {
    if (length < 0) return taken[-length - 1]!;
    if (length === 0) return nothing;
    const part = bytes.subarray(at, at + length);
    at += length;
    taken.push(part);
    return part;
  };
  for (const notice of JSON.parse(text) as T[]) each(notice, take);
}

const nothing = Buffer.alloc(0);
