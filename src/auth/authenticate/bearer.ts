import type { Credentials } from '../types.ts';

const webSocketPrefix = 'base64url.bearer.authorization.k8s.io.';

/** The bearer token of a request, from the Authorization header or a WebSocket subprotocol; undefined if there is none. */
export function bearerToken(credentials: Credentials): string | undefined {
  // What follows a second space is not looked at.
  const [scheme, token] = (credentials.authorization ?? '').trim().split(' ', 2);
  if (token && scheme!.toLowerCase() === 'bearer') return token;
  for (const protocol of (credentials.webSocketProtocols ?? '').split(',')) {
    const name = protocol.trim();
    if (isTokenProtocol(name)) return Buffer.from(name.slice(webSocketPrefix.length), 'base64url').toString();
  }
  return undefined;
}

/** Whether a WebSocket subprotocol is no protocol, but a token. */
export function isTokenProtocol(name: string): boolean {
  return name.startsWith(webSocketPrefix);
}
