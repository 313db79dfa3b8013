import type { Readable } from 'node:stream';
import type { Upgrade } from '../http/websocket-reply.ts';
import { refuseUpgrade } from './spdy-upgrade.ts';
import { acceptSocket, chosenProtocol } from './web-socket.ts';

const asBytes = 'binary.k8s.io';
const asBase64 = 'base64.binary.k8s.io';

/** Sends bytes over a WebSocket as they come, each piece a message of its own: binary, or in base64 where the client asks for that. */
export function sendOverWebSocket(body: Readable, upgrade: Upgrade): void {
  const protocol = chosenProtocol(upgrade.request.headers['sec-websocket-protocol'], ['', asBytes, asBase64]);
  if (protocol === undefined) {
    body.destroy();
    return refuseUpgrade(upgrade.socket, '400 Bad Request', '');
  }
  acceptSocket(upgrade, protocol, (webSocket) => {
    const text = protocol === asBase64;
    webSocket.once('close', () => body.destroy());
    body.on('data', (bytes: Buffer) => webSocket.send(text ? bytes.toString('base64') : bytes, { binary: !text }));
    body.once('end', () => webSocket.close(1000));
    body.once('error', () => webSocket.terminate());
  });
}
