import http from 'node:http';
import { Duplex } from 'node:stream';
import type { ParseError } from './http1-problems.ts';

const known = new Set(http.METHODS);
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)( +\S+ +HTTP\/)(\d\.\d)\r?\n/;
/** The beginning of a line, of which more may come. */
const beginning = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: [^\n]*)?$/;
const wordAtEnd = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/;
const lineFeed = 10;
const longestLine = 64 * 1024;
/** Versions that Go takes for 1.1, and Node's parser for none. */
const laterVersion = /^1\.[2-9]$/;
/** Parsed as any other method; what the client said is remembered beside it. */
const substitute = 'SEARCH';
/** How a client begins that speaks HTTP/2 without having agreed on it. Go's server takes it for a request, with which the connection ends. */
const preface = 'PRI * HTTP/2.0\r\n\r\n';

interface Rewritten {
  /** Absent: the one that stands in the line. */
  readonly method?: string;
  readonly bytes: Buffer;
}

/**
 * Requests over HTTP/1.1 with methods or minor versions that Node's parser does not know. To kube-apiserver a method is a word like any other: it answers in a Status that the
 * resource does not allow it. Such a connection is parsed anew from that request on, with another method in its place, and version 1.1. A request whose method
 * comes in several packets is only known where its beginning alone is none that Node knows.
 */
export class RewrittenRequests {
  private readonly replacements = new WeakMap<Duplex, Replacement>();
  private readonly methods = new WeakMap<Duplex, string>();

  /** @returns the stream that stands for the connection from now on; nothing where Node's parser failed for another reason */
  replace(error: ParseError, socket: Duplex): Duplex | undefined {
    const packet = lineOf(error);
    if (!packet) return undefined;
    const text = packet.toString('latin1', 0, longestLine);
    if (!rewritten(packet, text) && !beginning.test(text)) return undefined;
    const replacement = new Replacement(socket, (bytes) => {
      const found = rewritten(bytes, bytes.toString('latin1', 0, longestLine));
      if (found?.method) this.methods.set(replacement, found.method);
      return found?.bytes;
    });
    replacement.receive(packet);
    this.replacements.set(socket, replacement);
    return replacement;
  }

  /** @returns whether the bytes belong to a stream that stands for the connection */
  follows({ rawPacket }: ParseError, socket: Duplex): boolean {
    const replacement = this.replacements.get(socket);
    if (replacement && rawPacket) replacement.receive(rawPacket);
    return replacement !== undefined;
  }

  /** The method of the next request on a connection. */
  methodOf({ socket, method = 'GET' }: http.IncomingMessage): string {
    if (method !== substitute) return method;
    const told = this.methods.get(socket);
    // Those that follow tell theirs themselves.
    this.methods.delete(socket);
    return told ?? method;
  }
}

/** The bytes from the request on in whose line the parser gave up; nothing where it was elsewhere. */
function lineOf({ code, rawPacket, bytesParsed = 0 }: ParseError): Buffer | undefined {
  if (!rawPacket) return undefined;
  switch (code) {
    case 'HPE_PAUSED_H2_UPGRADE':
      return rawPacket.subarray(Math.max(0, rawPacket.lastIndexOf(preface, bytesParsed)));
    case 'HPE_INVALID_METHOD': {
      // The body of the request before it may end without a line end.
      const text = rawPacket.toString('latin1', 0, bytesParsed);
      return rawPacket.subarray(text.length - wordAtEnd.exec(text)![0].length);
    }
    case 'HPE_INVALID_VERSION':
    case 'HPE_INVALID_CONSTANT':
      // Seen at its end, or before.
      return rawPacket.subarray(rawPacket.lastIndexOf(lineFeed, Math.max(0, bytesParsed - 2)) + 1);
    default:
      return undefined;
  }
}

/** @param text the bytes as text, as far as a line may reach; @returns nothing where the line is one that Node knows, or none at all */
function rewritten(bytes: Buffer, text: string): Rewritten | undefined {
  if (text.startsWith(preface)) {
    const line = `${substitute} * HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n`;
    return { method: 'PRI', bytes: Buffer.concat([Buffer.from(line), bytes.subarray(preface.length)]) };
  }
  const [, method, target, version] = requestLine.exec(text) ?? [];
  if (method === undefined) return undefined;
  const isKnown = known.has(method);
  const isLater = laterVersion.test(version!);
  if (isKnown && !isLater) return undefined;
  const line = `${isKnown ? method : substitute}${target}${isLater ? '1.1' : version}`;
  const rest = bytes.subarray(method.length + target!.length + version!.length);
  return { ...(!isKnown && { method }), bytes: Buffer.concat([Buffer.from(line, 'latin1'), rest]) };
}

/** Stands for a connection from a request line on, which is rewritten once it is whole. */
class Replacement extends Duplex {
  private readonly socket: Duplex;
  private readonly rewrite: (bytes: Buffer) => Buffer | undefined;
  /** Present until the line is whole. */
  private begun: Buffer | undefined = Buffer.alloc(0);

  /** @param rewrite returns nothing for bytes that are to stay as they are */
  constructor(socket: Duplex, rewrite: (bytes: Buffer) => Buffer | undefined) {
    super();
    this.socket = socket;
    this.rewrite = rewrite;
    socket.once('end', () => this.push(null));
    socket.once('close', () => this.destroy());
  }

  receive(packet: Buffer): void {
    if (this.readableEnded || this.destroyed) return;
    if (!this.begun) return void this.push(packet);
    const begun = Buffer.concat([this.begun, packet]);
    const isWhole = begun.includes(lineFeed) || begun.length >= longestLine;
    this.begun = isWhole ? undefined : begun;
    if (isWhole) this.push(this.rewrite(begun) ?? begun);
  }

  /** As a socket of node:net: ends once what was written has been sent. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
