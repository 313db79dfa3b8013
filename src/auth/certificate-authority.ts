import { X509Certificate } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import type { CertificateRequest } from '../../api/certificates.k8s.io/v1/certificate-request.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyUsageBits as bits,
  extendedKeyUsage,
  type KeyPair,
  keyUsage,
  purposes,
  serialNumber,
  signedCertificate,
} from './certificate.ts';

const backdate = 5 * 60_000;
const usageBits: Readonly<Record<string, number>> = {
  'digital signature': bits.digitalSignature,
  signing: bits.digitalSignature,
  'content commitment': bits.nonRepudiation,
  'key encipherment': bits.keyEncipherment,
  'key agreement': bits.keyAgreement,
  'data encipherment': bits.dataEncipherment,
  'cert sign': bits.keyCertSign,
  'crl sign': bits.cRLSign,
  'encipher only': bits.encipherOnly,
  'decipher only': bits.decipherOnly,
};
const usagePurposes: Readonly<Record<string, string>> = {
  any: purposes.any,
  'server auth': purposes.serverAuth,
  'client auth': purposes.clientAuth,
  'code signing': purposes.codeSigning,
  'email protection': purposes.emailProtection,
  's/mime': purposes.emailProtection,
  'ipsec end system': purposes.ipsecEndSystem,
  'ipsec tunnel': purposes.ipsecTunnel,
  'ipsec user': purposes.ipsecUser,
  timestamping: purposes.timeStamping,
  'ocsp signing': purposes.ocspSigning,
  'microsoft sgc': purposes.microsoftServerGatedCrypto,
  'netscape sgc': purposes.netscapeServerGatedCrypto,
};

/** The library that reads requests, and the container that it asks for, are loaded by the first one: they would take a twentieth of each start. */
async function library(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** @param request PEM of a PKCS#10 request @throws Error for anything else */
export async function readCertificateRequest(request: string): Promise<CertificateRequest> {
  const { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } = await library();
  const { subjectName, extensions } = new Pkcs10CertificateRequest(request);
  const names = extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension)?.names.items ?? [];
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
  return Date.parse(new X509Certificate(certificate).validTo);
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
  const { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } = await library();
  const wanted = new Pkcs10CertificateRequest(request);
  const notBefore = clock.now() - backdate;
  const flags = usages.flatMap((usage) => usageBits[usage] ?? []);
  const extended = usages.flatMap((usage) => usagePurposes[usage] ?? []);
  const names = wanted.extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension);
  const contents = {
    serialNumber: serialNumber(random),
    subject: Buffer.from(wanted.subjectName.toArrayBuffer()),
    notBefore,
    notAfter: Math.min(notBefore + milliseconds, certificateEnd(authority.certificate)),
    publicKey: Buffer.from(wanted.publicKey.rawData),
    extensions: [
      ...(flags.length > 0 ? [keyUsage(flags)] : []),
      ...(extended.length > 0 ? [extendedKeyUsage(extended)] : []),
      basicConstraints(false),
      ...authorityKeyIdentifier(authority.certificate),
      ...(names ? [Buffer.from(names.rawData)] : []),
    ],
  };
  return signedCertificate(contents, authority);
}
