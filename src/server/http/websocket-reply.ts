import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { OutgoingHeaders, Reply } from './reply.ts';

/** How a watch is sent over a WebSocket: every event is a message of its own. */
export interface WebSocketForm {
  /** Protobuf events come as binary messages, all others as text. */
  readonly binary: boolean;
}

const normalClosure = 1000;

/** A connection whose client asks for another protocol. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request's head. */
  readonly head: Buffer;
}

/**
 * Accepts a WebSocket for a watch, as the library of kube-apiserver does: a request without an Origin is refused, and of subprotocols there may be one at most.
 * @param accepted called with the way to send frames
 */
export function acceptWatchSocket({ request, socket, head }: Upgrade, form: WebSocketForm, accepted: (reply: Reply) => void): void {
  const { origin } = request.headers;
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').filter((name) => name.trim() !== '');
  if (!origin) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  if (protocols.length > 1) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
  server.handleUpgrade(request, socket, head, (webSocket) => accepted(new WebSocketReply(webSocket, form)));
}

/** The way to a client over a WebSocket. What the client sends is read and left. */
class WebSocketReply implements Reply {
  private readonly socket: WebSocket;
  private readonly binary: boolean;

  constructor(socket: WebSocket, { binary }: WebSocketForm) {
    this.socket = socket;
    this.binary = binary;
    // A client that breaks the protocol is closed by the library; `close` follows.
    socket.on('error', () => socket.terminate());
  }

  get gone(): boolean {
    return this.socket.readyState !== this.socket.OPEN;
  }

  head(_status: number, _headers: OutgoingHeaders, _empty: boolean): void {}

  flush(): void {}

  write(bytes: Buffer): boolean {
    if (!this.gone) this.socket.send(bytes, { binary: this.binary });
    return true;
  }

  writeFrames(frames: readonly Buffer[]): void {
    for (const frame of frames) this.write(frame);
  }

  end(): void {
    this.socket.close(normalClosure);
  }

  abort(): void {
    this.socket.terminate();
  }

  pending(): number {
    return this.socket.bufferedAmount;
  }

  drained(callback: () => void): void {
    // The callback of an empty message comes when all before it are sent.
    if (this.gone) callback();
    else this.socket.ping(undefined, false, () => callback());
  }

  closed(callback: () => void): void {
    this.socket.once('close', callback);
  }
}
