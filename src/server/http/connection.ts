import type { TLSSocket } from 'node:tls';
import type { UserInfo } from '../../auth/types.ts';

/** What is known of a TLS connection for all of its requests. */
export interface Connection {
  /** The client certificate in DER, if one was shown that our CA signed. */
  readonly certificate: Buffer | undefined;
  /** Why the certificate that was shown does not hold. */
  readonly certificateError: string | undefined;
  readonly remoteAddress: string;
  /** Client and server are on the same machine: compressing would only cost. */
  readonly isLocal: boolean;
  /** The user that the certificate proves, once it has been asked for. */
  user: UserInfo | undefined;
}

export function connectionOf(socket: TLSSocket): Connection {
  const certificate = socket.getPeerX509Certificate?.()?.raw;
  const remoteAddress = socket.remoteAddress ?? '';
  const holds = certificate !== undefined && socket.authorized;
  return {
    certificate: holds ? certificate : undefined,
    certificateError: certificate !== undefined && !holds ? String(socket.authorizationError ?? 'not verified') : undefined,
    remoteAddress,
    isLocal: remoteAddress === '::1' || remoteAddress.startsWith('127.') || remoteAddress.startsWith('::ffff:127.'),
    user: undefined,
  };
}
