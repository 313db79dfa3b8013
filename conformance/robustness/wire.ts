import http2, { type ClientHttp2Session } from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import type { WireRequest } from './requests.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** How a request is sent. Only a `whole` one has to be answered. */
export type Manner = 'whole' | 'slow' | 'abandoned' | 'short' | 'garbled';

/** What came back: a status, or only that the connection ended (as it may for what is not HTTP). */
export interface Answer {
  readonly status: number | undefined;
  readonly type: string;
  readonly body: Buffer;
  /** HTTP/2: the code with which the stream was reset. */
  readonly reset?: number;
  /** The connection ended before the whole answer was there. */
  readonly cut?: boolean;
}

export class HangingError extends Error {}

const deadline = 20_000;
/** Node's default of 10 is soon reached by answers of several megabytes side by side; requests are refused then, or hang. */
const sessionMegabytes = 1_024;
/** With Node's default of 64 kB an answer of megabytes takes a hundred turns of two processes, which is long on a busy machine. */
const windowBytes = 16 * 1024 * 1024;
const none: Answer = { status: undefined, type: '', body: Buffer.alloc(0) };

/** Sends requests over HTTP/2, on one connection that is made anew when it ends. */
export class Http2Sender {
  private readonly server: Server;
  private session: ClientHttp2Session | undefined;

  constructor(server: Server) {
    this.server = server;
  }

  send({ method, target, headers, body }: WireRequest, manner: Manner): Promise<Answer> {
    const session = this.connected();
    return new Promise((resolve, reject) => {
      const { 'transfer-encoding': _, connection: __, ...allowed } = headers;
      const stream = session.request({ ':method': method, ':path': target, ...allowed }, { endStream: body === undefined });
      const end = (answer: Answer) => {
        clearTimeout(timer);
        // A server ends the connection of a client that resets too many streams; one that is over needs none.
        if (!stream.readableEnded || !stream.writableEnded) stream.close(http2.constants.NGHTTP2_CANCEL);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        reject(new HangingError('no answer in time'));
      }, deadline);
      const chunks: Buffer[] = [];
      let status: number | undefined;
      let type = '';
      let length = 0;
      const answer = (): Answer => {
        const body = Buffer.concat(chunks);
        const cut = status === undefined || (method !== 'HEAD' && body.length < length);
        return { status, type, body, reset: stream.rstCode, cut };
      };
      stream.on('response', (response) => {
        status = response[':status'];
        type = String(response['content-type'] ?? '');
        length = Number(response['content-length'] ?? 0);
        if (isEndless(target) && status! < 400) setImmediate(() => end({ ...answer(), cut: false }));
      });
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => end(answer()));
      stream.on('close', () => end(answer()));
      stream.on('error', () => end(answer()));
      if (body === undefined) return;
      const half = body.subarray(0, body.length >> 1);
      if (manner === 'abandoned') {
        stream.write(half, () => end(none));
      } else if (manner === 'slow') {
        stream.write(half, () => setTimeout(() => stream.end(body.subarray(half.length)), 200));
      } else {
        stream.end(body);
      }
    });
  }

  close(): void {
    this.session?.destroy();
  }

  private connected(): ClientHttp2Session {
    if (this.session && !this.session.destroyed && !this.session.closed) return this.session;
    const { host, port, authority, certificate, key } = this.server;
    const session = http2.connect(`https://${host}:${port}`, {
      ca: authority,
      cert: certificate,
      key,
      maxSessionMemory: sessionMegabytes,
      settings: { initialWindowSize: windowBytes },
    });
    session.once('connect', () => session.setLocalWindowSize(windowBytes));
    session.on('error', () => session.destroy());
    this.session = session;
    return session;
  }
}

export function post(sender: Http2Sender, target: string, body: unknown): Promise<Answer> {
  return request(sender, 'POST', target, body);
}

/** Sends one sound request and waits for the whole answer. */
export function request(sender: Http2Sender, method: string, target: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
  return sender.send({ method, target, headers, body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)) }, 'whole');
}

/** Sends one request over HTTP/1.1 on a connection of its own, byte by byte as it says. */
export async function sendHttp1(server: Server, request: WireRequest, manner: Manner): Promise<Answer> {
  const socket = connect({
    host: server.host,
    port: server.port,
    ca: server.authority,
    cert: server.certificate,
    key: server.key,
    ALPNProtocols: ['http/1.1'],
  });
  const chunks: Buffer[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new HangingError('no answer in time')), deadline);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        if (isEndless(request.target) && /^HTTP\/1\.1 2/.test(chunks[0]!.toString('latin1', 0, 12))) done();
      });
      socket.on('end', done);
      socket.on('close', done);
      socket.on('error', done);
      socket.on('secureConnect', () => write(socket, request, manner, done));
    });
  } finally {
    socket.destroy();
  }
  return parseAnswer(Buffer.concat(chunks));
}

function write(socket: TLSSocket, { method, target, headers, body }: WireRequest, manner: Manner, done: () => void): void {
  const length = body ? (manner === 'short' ? body.length + 100 : body.length) : undefined;
  const lines = Object.entries({
    host: 'orrery',
    connection: 'close',
    ...headers,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  });
  const head = Buffer.from(
    `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    'latin1',
  );
  const all = Buffer.concat([head, body ?? Buffer.alloc(0)]);
  if (manner === 'garbled') {
    const broken = Buffer.from(all);
    for (let i = 3; i < Math.min(broken.length, 400); i += 37) broken[i] = (broken[i]! * 7) & 0xff;
    socket.end(broken);
  } else if (manner === 'short') {
    socket.end(all);
  } else if (manner === 'abandoned') {
    socket.write(all.subarray(0, all.length >> 1), done);
  } else if (manner === 'slow') {
    socket.write(all.subarray(0, all.length >> 1));
    setTimeout(() => socket.write(all.subarray(all.length >> 1)), 200);
  } else {
    socket.write(all);
  }
}

/** A watch or a followed log: its answer has no end that one could wait for. */
function isEndless(target: string): boolean {
  return /[?&](watch|follow)|\/watch\b|%77/.test(target);
}

function parseAnswer(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n');
  const head = /^HTTP\/1\.1 (\d{3})/.exec(bytes.subarray(0, 20).toString('latin1'));
  if (!head || end < 0) return none;
  const status = Number(head[1]);
  if (status === 100) return parseAnswer(bytes.subarray(end + 4));
  const headers = bytes.subarray(0, end).toString('latin1');
  const type = /\r\ncontent-type: *([^\r]+)/i.exec(headers)?.[1] ?? '';
  const rest = bytes.subarray(end + 4);
  return { status, type, body: /\r\ntransfer-encoding: *chunked/i.test(headers) ? joined(rest) : rest };
}

function joined(chunked: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = chunked.indexOf('\r\n', at);
    const size = end < 0 ? 0 : Number.parseInt(chunked.subarray(at, end).toString('latin1'), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(chunked.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
