import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { UserInfo } from '../../auth/types.ts';

/** What is known of a TLS connection for all of its requests. */
export interface Connection {
  /** The client certificate in DER, if one was shown that our CA signed. */
  readonly certificate: Buffer | undefined;
  /** The certificate that was shown in DER, if the authority of front proxies signed it. */
  readonly frontProxyCertificate: Buffer | undefined;
  /** Why the certificate that was shown is none of a client. */
  readonly certificateError: string | undefined;
  /** When the client certificate or its authority ends, in milliseconds since the epoch. */
  readonly certificateEnds?: number;
  readonly remoteAddress: string;
  /** The user that the certificate proves, once it has been asked for. */
  user: UserInfo | undefined;
}

/** The authorities whose certificates are accepted. */
export interface Authorities {
  readonly clients: readonly X509Certificate[];
  readonly frontProxies: readonly X509Certificate[];
}

export function connectionOf(socket: TLSSocket, authorities: Authorities): Connection {
  // Node 20 never frees what `getPeerX509Certificate` has made: 4.6 kB of each connection.
  const shown = socket.getPeerCertificate?.();
  const certificate: Buffer | undefined = shown?.raw;
  const remoteAddress = socket.remoteAddress ?? '';
  const authority = certificate !== undefined && isVerified(socket) ? authorityOf(socket, authorities) : undefined;
  const isClient = authority !== undefined && includes(authorities.clients, authority);
  const isFrontProxy = authority !== undefined && includes(authorities.frontProxies, authority);
  return {
    ...(isClient
      ? { certificate, certificateEnds: Math.min(Date.parse(shown!.valid_to), Date.parse(authority.validTo)) }
      : { certificate: undefined }),
    frontProxyCertificate: isFrontProxy ? certificate : undefined,
    certificateError: certificate !== undefined && !isClient ? String(socket.authorizationError ?? 'unknown authority') : undefined,
    remoteAddress,
    user: undefined,
  };
}

/**
 * Whether everything is right with the certificate, up to one of our authorities. That one may be signed by another that nobody has named,
 * which a TLS server of Node's cannot be told: it calls this alone an error then, as any later one would have taken its place.
 */
function isVerified({ authorized, authorizationError }: TLSSocket): boolean {
  // A string, whatever its type says.
  return authorized || String(authorizationError) === 'UNABLE_TO_GET_ISSUER_CERT';
}

/**
 * The authority that signed the verified certificate, itself or through others.
 * Node links the certificates of a chain by their names alone, and a client may have made up one that fits: each signature is looked at.
 */
function authorityOf(socket: TLSSocket, { clients, frontProxies }: Authorities): X509Certificate | undefined {
  const authorities = [...clients, ...frontProxies];
  if (authorities.length === 1) return authorities[0];
  let below: X509Certificate | undefined;
  for (let link: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true); link; link = link.issuerCertificate) {
    const certificate = new X509Certificate(link.raw);
    if (below && !(certificate.ca && isSignedBy(below, certificate))) return undefined;
    const found = authorities.find((authority) => authority.raw.equals(certificate.raw) || isSignedBy(certificate, authority));
    // A certificate that signed itself is its own issuer.
    if (found || link === link.issuerCertificate) return found;
    below = certificate;
  }
  return undefined;
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function includes(list: readonly X509Certificate[], certificate: X509Certificate): boolean {
  return list.some(({ raw }) => raw.equals(certificate.raw));
}
