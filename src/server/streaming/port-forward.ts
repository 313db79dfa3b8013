import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
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
/** Two channels a port, with the ports in the query. */
const channelProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** @throws ApiError 400 */
export function portsOf(query: URLSearchParams): number[] {
  return query.getAll('ports').map((text) => {
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
        const asText = protocol.includes('base64');
        const send = (channel: number, bytes: Buffer) => {
          if (webSocket.readyState !== webSocket.OPEN) return;
          webSocket.send(asText ? `${channel}${bytes.toString('base64')}` : Buffer.concat([Buffer.from([channel]), bytes]), {
            binary: !asText,
          });
        };
        const connections = ports.map((port, index) => {
          const number = Buffer.alloc(2);
          number.writeUInt16LE(port);
          send(2 * index, number);
          send(2 * index + 1, number);
          const connection = dial(port).catch((error: Error) => {
            send(2 * index + 1, Buffer.from(error.message));
            return undefined;
          });
          void connection.then((connected) => connected?.on('data', (bytes: Buffer) => send(2 * index, bytes)));
          return connection;
        });
        webSocket.on('message', (data: Buffer) => {
          const channel = asText ? data[0]! - '0'.charCodeAt(0) : data[0]!;
          const bytes = asText ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1);
          void connections[channel / 2]?.then((connected) => connected?.write(bytes));
        });
        webSocket.once('close', () => {
          for (const connection of connections) void connection.then((connected) => connected?.destroy());
        });
      });
    },
  };
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
