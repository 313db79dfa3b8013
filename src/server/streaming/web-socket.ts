import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Upgrade } from '../http/websocket-reply.ts';

/** So much of one message is read. */
const messageLimit = 16 * 1024 * 1024;

/** Of the protocols that a client offers, the first that is spoken here; '' where it offers none and that will do; undefined if there is none. */
export function chosenProtocol(offered: string | undefined, spoken: readonly string[]): string | undefined {
  const names = (offered ?? '').split(',').flatMap((name) => name.trim() || []);
  if (names.length === 0) return spoken.includes('') ? '' : undefined;
  return names.find((name) => spoken.includes(name));
}

/** Accepts a WebSocket with the protocol that was chosen. */
export function acceptSocket({ request, socket, head }: Upgrade, protocol: string, accepted: (webSocket: WebSocket) => void): void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: messageLimit,
    handleProtocols: () => protocol || false,
  });
  server.handleUpgrade(request, socket, head, (webSocket) => {
    // A client that breaks the protocol is closed by the library; `close` follows.
    webSocket.on('error', () => webSocket.terminate());
    accepted(webSocket);
  });
}
