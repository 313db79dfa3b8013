import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const protocolHeader = 'X-Stream-Protocol-Version';

/** Answers a request that asks for another protocol with a refusal in plain text. */
export function refuseUpgrade(socket: Duplex, status: string, text: string): void {
  const length = Buffer.byteLength(text);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/**
 * Goes over to SPDY, with the first of the client's protocols that is spoken here.
 * @returns whether it could; if not, the refusal has been sent
 */
export function switchToSpdy({ headers, rawHeaders }: IncomingMessage, socket: Duplex, spoken: readonly string[]): boolean {
  if (headers.upgrade?.toLowerCase() !== 'spdy/3.1') {
    refuseUpgrade(socket, '400 Bad Request', 'unable to upgrade: missing upgrade headers in request\n');
    return false;
  }
  const offered = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && name.toLowerCase() === protocolHeader.toLowerCase() ? rawHeaders[index + 1]!.split(/,\s*/) : [],
  );
  const protocol = offered.find((name) => spoken.includes(name));
  if (protocol === undefined && offered.length > 0) {
    const accepted = `client supports [${offered.join(' ')}], server accepts [${spoken.join(' ')}]`;
    refuseUpgrade(socket, '403 Forbidden', `unable to negotiate protocol: ${accepted}`);
    return false;
  }
  const chosen = protocol === undefined ? '' : `${protocolHeader}: ${protocol}\r\n`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${chosen}\r\n`);
  return true;
}
