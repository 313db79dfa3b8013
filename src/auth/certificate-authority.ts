import 'reflect-metadata'; // which the certificate library's container asks for
import * as x509 from '@peculiar/x509';
import type { CertificateRequest } from '../../api/certificates.k8s.io/v1/certificate-request.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { importKey, type KeyPair } from './pki.ts';

const backdate = 5 * 60_000;
const keyUsages: Readonly<Record<string, x509.KeyUsageFlags>> = {
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  signing: x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
  'cert sign': x509.KeyUsageFlags.keyCertSign,
  'crl sign': x509.KeyUsageFlags.cRLSign,
  'encipher only': x509.KeyUsageFlags.encipherOnly,
  'decipher only': x509.KeyUsageFlags.decipherOnly,
};
const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': x509.ExtendedKeyUsage.serverAuth,
  'client auth': x509.ExtendedKeyUsage.clientAuth,
  'code signing': x509.ExtendedKeyUsage.codeSigning,
  'email protection': x509.ExtendedKeyUsage.emailProtection,
  's/mime': x509.ExtendedKeyUsage.emailProtection,
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: x509.ExtendedKeyUsage.timeStamping,
  'ocsp signing': x509.ExtendedKeyUsage.ocspSigning,
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/** @param request PEM of a PKCS#10 request @throws Error for anything else */
export function readCertificateRequest(request: string): CertificateRequest {
  const { subjectName, extensions } = new x509.Pkcs10CertificateRequest(request);
  const names = extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const ofType = (type: string) => names.filter((name) => name.type === type).map(({ value }) => value);
  return {
    organizations: subjectName.getField('O'),
    commonName: subjectName.getField('CN').at(-1) ?? '',
    dnsNames: ofType('dns'),
    emailAddresses: ofType('email'),
    ipAddresses: ofType('ip'),
    uris: ofType('url'),
  };
}

/** When a certificate ends, in milliseconds since the epoch. @throws Error */
export function certificateEnd(certificate: string): number {
  return new x509.X509Certificate(certificate).notAfter.getTime();
}

export interface Signing {
  readonly authority: KeyPair;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A certificate for what a request asks for, signed by the cluster's authority, not beyond whose own end.
 * @param usages as CertificateSigningRequests name them
 * @returns PEM
 */
export async function signCertificate(
  { authority, clock, random }: Signing,
  request: string,
  usages: readonly string[],
  milliseconds: number,
): Promise<string> {
  x509.cryptoProvider.set(globalThis.crypto);
  const wanted = new x509.Pkcs10CertificateRequest(request);
  const issuer = new x509.X509Certificate(authority.certificate);
  const notBefore = clock.now() - backdate;
  const notAfter = Math.min(notBefore + milliseconds, issuer.notAfter.getTime());
  const flags = usages.reduce((all, usage) => all | (keyUsages[usage] ?? 0), 0);
  const extended = usages.flatMap((usage) => purposes[usage] ?? []);
  const names = wanted.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${random.bytes(15).toString('hex')}`,
    subject: wanted.subjectName,
    issuer: issuer.subjectName,
    notBefore: dateOf(notBefore),
    notAfter: dateOf(notAfter),
    publicKey: wanted.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    extensions: [
      ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
      ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names ? [names] : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

// The x509 library wants Date objects; the time itself comes from the clock.
function dateOf(milliseconds: number): Date {
  return new Date(milliseconds);
}
