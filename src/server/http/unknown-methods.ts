import http from 'node:http';
import { Duplex } from 'node:stream';

/** What node:http tells of bytes that it could not parse. */
export interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  /** In words of the parser. */
  readonly reason?: string;
}

const known = new Set(http.METHODS);
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)( +\S+ +HTTP\/)(\d\.\d)\r?\n/;
/** Versions that Go takes for 1.1, and Node's parser for none. */
const laterVersion = /^1\.[2-9]$/;
/** Parsed as any other method; what the client said is remembered beside it. */
const substitute = 'SEARCH';

/**
 * Requests over HTTP/1.1 with methods or minor versions that Node's parser does not know. To kube-apiserver a method is a word like any other: it answers in a Status that the
 * resource does not allow it. Such a connection is parsed anew from that request on, with another method in its place, and version 1.1.
 */
export class UnknownMethods {
  private readonly replays = new WeakMap<Duplex, Duplex>();
  private readonly methods = new WeakMap<Duplex, string>();

  /** @returns the stream that stands for the connection from now on; nothing where neither method nor version is to blame; `true` where the bytes belong to such a stream */
  replay({ rawPacket }: ParseError, socket: Duplex): Duplex | true | undefined {
    const begun = this.replays.get(socket);
    if (begun) {
      // A parser that has failed tells of everything that follows as one more error.
      if (rawPacket && !begun.readableEnded && !begun.destroyed) begun.push(rawPacket);
      return true;
    }
    const [, method, target, version] = (rawPacket && requestLine.exec(rawPacket.toString('latin1'))) ?? [];
    if (rawPacket === undefined || method === undefined) return undefined;
    const isKnown = known.has(method);
    const isLater = laterVersion.test(version!);
    if (isKnown && !isLater) return undefined;
    const replay = standIn(socket);
    const line = `${isKnown ? method : substitute}${target}${isLater ? '1.1' : version}`;
    replay.push(Buffer.concat([Buffer.from(line, 'latin1'), rawPacket.subarray(method.length + target!.length + version!.length)]));
    this.replays.set(socket, replay);
    if (!isKnown) this.methods.set(replay, method);
    return replay;
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

function standIn(socket: Duplex): Duplex {
  const replay = new Duplex({
    read() {},
    write: (chunk, _, done) => void socket.write(chunk, done),
    final: (done) =>
      void socket.end(() => {
        socket.destroy();
        done();
      }),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.once('end', () => replay.push(null));
  socket.once('close', () => replay.destroy());
  return replay;
}
