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
  /**
   * Which authority a certificate was found to be of through others, by its fingerprint: a session that is resumed has the client's own certificate
   * and no longer those that stand between.
   */
  readonly found: Map<string, X509Certificate>;
}

const mostFound = 1000;

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
  return authorized || errorOf(authorizationError) === 'UNABLE_TO_GET_ISSUER_CERT' || isOfDoubtfulPurpose(authorizationError);
}

/**
 * OpenSSL wants more of a client's certificate than Go: a key that may sign, and no purposes such as "any". With this error only what it looks at later,
 * signatures and times, is known to be right; that an authority was not found is told before.
 */
function isOfDoubtfulPurpose(error: unknown): boolean {
  return errorOf(error) === 'INVALID_PURPOSE';
}

// A string, whatever its type says.
const errorOf = (error: unknown): string => String(error);

/**
 * The authority that signed the verified certificate, itself or through others.
 * Node links the certificates of a chain by their names alone, and a client may have made up one that fits: each signature is looked at. Versions of Node
 * that do not hand on what a client sends along (nodejs/node#65579: 24.21.0, 26.8.0) know no authority of a client behind others, which is refused.
 */
function authorityOf(socket: TLSSocket, { clients, frontProxies, found: foundBefore }: Authorities): X509Certificate | undefined {
  const authorities = [...clients, ...frontProxies];
  const isDoubtful = isOfDoubtfulPurpose(socket.authorizationError);
  if (authorities.length === 1 && !isDoubtful) return authorities[0];
  const chain: X509Certificate[] = [];
  for (let link: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true); link; link = link.issuerCertificate) {
    const certificate = new X509Certificate(link.raw);
    const below = chain.at(-1);
    if (below && !(certificate.ca && isSignedBy(below, certificate))) break;
    chain.push(certificate);
    const found = authorities.find((authority) => authority.raw.equals(certificate.raw) || isSignedBy(certificate, authority));
    if (found) {
      if (isDoubtful && ![...chain, found].every(isForClients)) return undefined;
      if (chain.length > 1) remember(foundBefore, chain[0]!.fingerprint256, found);
      return found;
    }
    // A certificate that signed itself is its own issuer.
    if (link === link.issuerCertificate) break;
  }
  return socket.isSessionReused() ? foundBefore.get(chain[0]!.fingerprint256) : undefined;
}

function remember(found: Authorities['found'], fingerprint: string, authority: X509Certificate): void {
  found.delete(fingerprint);
  found.set(fingerprint, authority);
  if (found.size > mostFound) found.delete(found.keys().next().value!);
}

const forClients: readonly string[] = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/** Whether clients are among the purposes of a certificate, as Go sees it. */
function isForClients({ keyUsage }: X509Certificate): boolean {
  // These are the extended ones, whatever Node calls them.
  return !keyUsage?.length || keyUsage.some((purpose) => forClients.includes(purpose));
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function includes(list: readonly X509Certificate[], certificate: X509Certificate): boolean {
  return list.some(({ raw }) => raw.equals(certificate.raw));
}
