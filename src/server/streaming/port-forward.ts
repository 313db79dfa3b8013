import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { badRequest } from '../../registry/errors.ts';
import type { UpgradeAnswer } from '../answer.ts';
import type { Upgrade } from '../http/websocket-reply.ts';
import { SpdySession, type SpdyStream } from './spdy-session.ts';
import { refuseUpgrade, switchToSpdy } from './spdy-upgrade.ts';
import { acceptSocket, chosenProtocol } from './web-socket.ts';

/** Connects to a port of the pod. */
export type Dial = (port: number) => Promise<Duplex>;

const spdyProtocol = 'portforward.k8s.io';
/** SPDY within the messages of a WebSocket. */
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';
/** Two channels a port, with the ports in the query; also spoken to who names no protocol. */
const channelProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', ''];

/** Parameters name one port or several, between commas. @throws ApiError 400 */
export function portsOf(query: URLSearchParams): number[] {
  const ports = query.getAll('ports').flatMap((text) => text.split(','));
  return ports.map((text) => {
    const problem = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > highestPort ? 'value out of range' : undefined;
    if (problem !== undefined) throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${goQuote(text)}: ${problem}`);
    return Number(text);
  });
}

const highestPort = 65_535;

/** Connects a client with ports of a pod. @param ports those that the query names, for the protocol that needs them there */
export function portForward(dial: Dial, ports: readonly number[]): UpgradeAnswer {
  return {
    type: 'upgrade',
    accept({ socket, request, head }) {
      const message = request as IncomingMessage;
      const upgrade: Upgrade = { request: message, socket, head };
      if (message.headers.upgrade?.toLowerCase() !== 'websocket') {
        if (switchToSpdy(message, socket, [spdyProtocol])) serveSpdy(socket, dial);
        return;
      }
      const protocol = chosenProtocol(message.headers['sec-websocket-protocol'], [tunnelProtocol, ...channelProtocols]);
      if (protocol === undefined) return refuseUpgrade(socket, '400 Bad Request', '');
      acceptSocket(upgrade, protocol, (webSocket) => {
        if (protocol === tunnelProtocol) return serveSpdy(createWebSocketStream(webSocket), dial);
        serveChannels(webSocket, protocol.includes('base64'), dial, ports);
      });
    },
  };
}

/** One connection a port, for as long as the socket: once the last of them is over, the socket is closed, which is how a client learns of it. */
function serveChannels(webSocket: WebSocket, asText: boolean, dial: Dial, ports: readonly number[]): void {
  const send = (channel: number, bytes: Buffer) => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    webSocket.send(asText ? `${channel}${bytes.toString('base64')}` : Buffer.concat([Buffer.from([channel]), bytes]), { binary: !asText });
  };
  const forward = async (port: number, index: number): Promise<Duplex | undefined> => {
    const [data, error] = [2 * index, 2 * index + 1];
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    send(data, number);
    send(error, number);
    try {
      const connection = await dial(port);
      connection.on('data', (bytes: Buffer) => send(data, bytes));
      return connection;
    } catch (failure) {
      send(error, Buffer.from((failure as Error).message));
      return undefined;
    }
  };
  const connections = ports.map(forward);
  webSocket.on('message', (message: Buffer) => {
    const channel = asText ? message[0]! - '0'.charCodeAt(0) : message[0]!;
    const bytes = asText ? Buffer.from(message.toString('latin1', 1), 'base64') : message.subarray(1);
    void connections[channel / 2]?.then((connected) => connected?.write(bytes));
  });
  webSocket.once('close', () => {
    for (const connection of connections) void connection.then((connected) => connected?.destroy());
  });
  void Promise.all(connections.map(async (connection) => over(await connection))).then(() => webSocket.close(1000));
}

/** Resolves when nothing more comes of a connection. */
async function over(connection: Duplex | undefined): Promise<void> {
  if (!connection || connection.readableEnded || connection.destroyed) return;
  await new Promise<void>((resolve) => connection.once('end', resolve).once('close', resolve));
}

/** Each connection is a pair of streams, one for data and one for what goes wrong, with the same request id. */
function serveSpdy(socket: Duplex, dial: Dial): void {
  const waiting = new Map<string, Map<string, SpdyStream>>();
  new SpdySession(socket, (stream) => {
    const id = stream.headers.get('requestid') ?? String(Math.floor((stream.id - 1) / 4));
    const pair = waiting.get(id) ?? new Map<string, SpdyStream>();
    waiting.set(id, pair);
    pair.set(stream.headers.get('streamtype') ?? '', stream);
    const [data, error] = [pair.get('data'), pair.get('error')];
    if (!data || !error) return;
    waiting.delete(id);
    void forward(data, error, dial);
  });
}

async function forward(data: SpdyStream, error: SpdyStream, dial: Dial): Promise<void> {
  const port = Number(data.headers.get('port'));
  error.resume();
  try {
    const connection = await dial(port);
    connection.on('error', () => data.destroy());
    data.once('close', () => connection.destroy());
    connection.once('end', () => error.end());
    data.pipe(connection).pipe(data);
  } catch (failure) {
    error.end((failure as Error).message);
    data.resume();
    data.end();
  }
}
