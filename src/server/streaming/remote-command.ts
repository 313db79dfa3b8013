import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { ApiError, badRequest, internalError } from '../../registry/errors.ts';
import type { UpgradeAnswer } from '../answer.ts';
import { apiErrorOf, statusOf } from '../errors.ts';
import type { Upgrade } from '../http/websocket-reply.ts';
import type { CommandStreams, RunCommand } from './node-streams.ts';
import { SpdySession, type SpdyStream } from './spdy-session.ts';
import { refuseUpgrade, switchToSpdy } from './spdy-upgrade.ts';
import { acceptSocket, chosenProtocol } from './web-socket.ts';

/** Which streams a client asks for. */
export interface Wanted {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The protocols of remote commands. From v4 on, the error channel carries a Status; from v5 on, a client can end its input. */
const binaryProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'channel.k8s.io', ''];
const textProtocols = ['v4.base64.channel.k8s.io', 'base64.channel.k8s.io'];
const spdyProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io'];
const withStatus = /^v[45]\./;

/** Streams by the number of their channel. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
const closeChannel = 255;

/** @throws ApiError 400 where nothing is asked for */
export function wantedStreams(query: URLSearchParams): Wanted {
  const wants = (name: string) => isTrue(query.get(name));
  const tty = wants('tty');
  const wanted = { stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') && !tty, tty };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return wanted;
}

/** As Go's conversion of query parameters reads it. */
export function isTrue(text: string | null): boolean {
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}

/** Connects a client with a command, over the protocol that it asks for. @param command in words, for the message of its end */
export function remoteCommand(run: RunCommand, wanted: Wanted, command: readonly string[]): UpgradeAnswer {
  return {
    type: 'upgrade',
    accept({ socket, request, head }) {
      const message = request as IncomingMessage;
      const upgrade: Upgrade = { request: message, socket, head };
      if (message.headers.upgrade?.toLowerCase() === 'websocket') return overWebSocket(upgrade, run, wanted, command);
      return overSpdy(upgrade, run, wanted, command);
    },
  };
}

function overWebSocket(upgrade: Upgrade, run: RunCommand, wanted: Wanted, command: readonly string[]): void {
  const protocol = chosenProtocol(upgrade.request.headers['sec-websocket-protocol'], [...binaryProtocols, ...textProtocols]);
  if (protocol === undefined) return refuseUpgrade(upgrade.socket, '400 Bad Request', '');
  acceptSocket(upgrade, protocol, (webSocket) => {
    const ended = new AbortController();
    const stdin = wanted.stdin ? new PassThrough() : undefined;
    const asText = textProtocols.includes(protocol);
    const send = (channel: number, bytes: Buffer, done: () => void) => {
      if (webSocket.readyState !== webSocket.OPEN) return done();
      const data = asText ? `${channel}${bytes.toString('base64')}` : Buffer.concat([Buffer.from([channel]), bytes]);
      webSocket.send(data, { binary: !asText }, () => done());
    };
    webSocket.on('message', (data: Buffer) => {
      const channel = asText ? data[0]! - '0'.charCodeAt(0) : data[0];
      const bytes = asText ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1);
      if (channel === closeChannel) {
        if (bytes[0] === channels.stdin) stdin?.end();
      } else if (channel === channels.stdin && bytes.length > 0) stdin?.write(bytes);
    });
    webSocket.once('close', () => {
      ended.abort();
      stdin?.destroy();
    });
    const streamOf = (channel: number) => new Writable({ write: (bytes: Buffer, _encoding, done) => send(channel, bytes, () => done()) });
    // Clients learn of an open connection from its first, empty messages.
    const output = wanted.stdout ? channels.stdout : channels.stderr;
    send(output, Buffer.alloc(0), () => {});
    const streams: CommandStreams = {
      ...(stdin ? { stdin } : {}),
      ...(wanted.stdout ? { stdout: streamOf(channels.stdout) } : {}),
      ...(wanted.stderr ? { stderr: streamOf(channels.stderr) } : {}),
      signal: ended.signal,
    };
    void conduct(run, streams, command).then((end) => {
      const text = withStatus.test(protocol) ? JSON.stringify(end) : end.status === 'Success' ? '' : end.message!;
      send(channels.error, Buffer.from(text), () => closeSocket(webSocket));
    });
  });
}

function closeSocket(webSocket: WebSocket): void {
  if (webSocket.readyState === webSocket.OPEN) webSocket.close(1000);
}

function overSpdy({ request, socket }: Upgrade, run: RunCommand, wanted: Wanted, command: readonly string[]): void {
  if (!switchToSpdy(request, socket, spdyProtocols)) return;
  const expected = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name]), ...(wanted.tty ? ['resize'] : [])];
  const streams = new Map<string, SpdyStream>();
  const ended = new AbortController();
  socket.once('close', () => ended.abort());
  const session = new SpdySession(socket, (stream) => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    if (streams.size < expected.length || !expected.every((name) => streams.has(name))) return;
    const [stdin, stdout, stderr] = (['stdin', 'stdout', 'stderr'] as const).map((name) => (wanted[name] ? streams.get(name) : undefined));
    streams.get('resize')?.resume();
    const connected: CommandStreams = {
      ...(stdin ? { stdin: stdin as Readable } : {}),
      ...(stdout ? { stdout } : {}),
      ...(stderr ? { stderr } : {}),
      signal: ended.signal,
    };
    void conduct(run, connected, command).then(async (end) => {
      const outputs = [stdout, stderr].filter((output) => output !== undefined);
      for (const output of outputs) output.end();
      streams.get('error')!.end(JSON.stringify(end), () => session.close());
    });
  });
}

interface EndStatus {
  readonly metadata: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
}

/** Runs the command to its end. @returns what the error channel says of it; all output has been handed over */
async function conduct(run: RunCommand, streams: CommandStreams, command: readonly string[]): Promise<EndStatus> {
  try {
    const code = await run(streams);
    await Promise.all([streams.stdout, streams.stderr].map((output) => output && flushed(output)));
    if (code === 0) return { metadata: {}, status: 'Success' };
    const message = `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${code}`;
    const details = { causes: [{ reason: 'ExitCode', message: String(code) }] };
    return { metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details } as EndStatus;
  } catch (error) {
    const failure = apiErrorOf(error) ?? internalError((error as Error).message);
    const { kind: _, apiVersion: __, ...status } = statusOf(failure instanceof ApiError ? failure : internalError(String(failure)));
    return status as unknown as EndStatus;
  }
}

/** Resolves when everything written so far has been taken, or never will be. */
function flushed(output: Writable): Promise<void> {
  if (output.destroyed || output.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => output.write(Buffer.alloc(0), () => resolve()));
}
