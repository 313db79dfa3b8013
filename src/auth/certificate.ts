import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { type Element, readElement, readElements } from '../../api/certificates.k8s.io/v1/der.ts';
import { parseIP } from '../../api/meta/ip.ts';
import { formatTime } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';

/*
 * X.509 certificates of version 3 (RFC 5280). A library for all of X.509 reads what others ask for (`certificate-authority.ts`); with it the four
 * certificates of a new cluster took a sixth of its start (ARCHITECTURE.md).
 */

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateContents {
  /** At most 20 bytes, the first of them positive. */
  readonly serialNumber: Uint8Array;
  /** DER of a Name. */
  readonly subject: Uint8Array;
  /** Milliseconds since the epoch; parts of a second are cut off. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of a SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Each DER of an Extension. */
  readonly extensions: readonly Uint8Array[];
}

/** Who signs: a key (PEM), and what its certificate says; without one a certificate is its own issuer's. */
export interface Signer {
  readonly key: string;
  readonly certificate?: string;
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
};
const utcTime = 0x17;
const generalizedTime = 0x18;
/** The first year that UTCTime cannot tell. */
const firstGeneralizedYear = '2050';

/** @returns PEM */
export function signedCertificate(contents: CertificateContents, signer: Signer): string {
  const { serialNumber, subject, publicKey, extensions } = contents;
  const key = createPrivateKey(signer.key);
  const algorithm = signatureAlgorithms[key.asymmetricKeyType!];
  if (!algorithm) throw new Error(`an authority with a key of type ${key.asymmetricKeyType} cannot sign`);
  const issuer = signer.certificate === undefined ? subject : partsOf(signer.certificate).subject;
  const version3 = element(0xa0, element(tags.integer, Buffer.of(2)));
  const validity = sequence(time(contents.notBefore), time(contents.notAfter));
  const serial = element(tags.integer, serialNumber);
  const toBeSigned = sequence(version3, serial, algorithm, issuer, validity, subject, publicKey, element(0xa3, sequence(...extensions)));
  const der = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, key)));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** A positive number of 16 bytes, 15 of which nobody guesses. */
export function serialNumber(random: Random): Buffer {
  return Buffer.concat([Buffer.of(1), random.bytes(15)]);
}

export interface Subject {
  readonly organization?: string;
  readonly commonName: string;
}

/** @returns DER of a Name */
export function distinguishedName({ organization, commonName }: Subject): Buffer {
  const attribute = (type: string, text: string) =>
    element(tags.set, sequence(objectIdentifier(type), element(tags.utf8String, Buffer.from(text))));
  return sequence(...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]), attribute('2.5.4.3', commonName));
}

export function basicConstraints(authority: boolean): Buffer {
  return extension('2.5.29.19', true, sequence(...(authority ? [element(tags.boolean, Buffer.of(0xff))] : [])));
}

/** The numbers of the bits, as RFC 5280 has them. */
export const keyUsageBits = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

/** @param usages at least one of `keyUsageBits` */
export function keyUsage(usages: readonly number[]): Buffer {
  const last = Math.max(...usages);
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const usage of usages) bytes[usage >> 3]! |= 0x80 >> (usage & 7);
  return extension('2.5.29.15', true, bitString(bytes, 7 - (last & 7)));
}

/** Object identifiers of what a key is for. */
export const purposes = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ipsecEndSystem: '1.3.6.1.5.5.7.3.5',
  ipsecTunnel: '1.3.6.1.5.5.7.3.6',
  ipsecUser: '1.3.6.1.5.5.7.3.7',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  microsoftServerGatedCrypto: '1.3.6.1.4.1.311.10.3.3',
  netscapeServerGatedCrypto: '2.16.840.1.113730.4.1',
} as const;

/** @param wanted of `purposes` */
export function extendedKeyUsage(wanted: readonly string[]): Buffer {
  return extension('2.5.29.37', false, sequence(...wanted.map(objectIdentifier)));
}

const subjectKeyIdentifierType = '2.5.29.14';

/** @param publicKey DER of a SubjectPublicKeyInfo */
export function subjectKeyIdentifier(publicKey: Buffer): Buffer {
  const [, key] = readElements(readElement(publicKey).content);
  const identifier = createHash('sha1').update(key!.content.subarray(1)).digest();
  return extension(subjectKeyIdentifierType, false, element(tags.octetString, identifier));
}

/** Which of an issuer's keys signs: authorities of one name are told apart by them. @returns nothing where the issuer's certificate does not say */
export function authorityKeyIdentifier(issuer: string): Buffer[] {
  const wanted = objectIdentifier(subjectKeyIdentifierType);
  for (const { content } of partsOf(issuer).extensions) {
    const parts = readElements(content);
    if (!parts[0]!.whole.equals(wanted)) continue;
    return [extension('2.5.29.35', false, sequence(element(0x80, readElement(parts.at(-1)!.content).content)))];
  }
  return [];
}

/** @param names DNS names and IP addresses */
export function alternativeNames(names: readonly string[]): Buffer {
  const general = (name: string) => {
    const ip = parseIP(name);
    return ip
      ? element(0x87, Buffer.from(ip.bits.toString(16).padStart(ip.version === 4 ? 8 : 32, '0'), 'hex'))
      : element(0x82, Buffer.from(name));
  };
  return extension('2.5.29.17', false, sequence(...names.map(general)));
}

function extension(type: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [element(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(objectIdentifier(type), ...flag, element(tags.octetString, value));
}

const sequence = (...contents: readonly Uint8Array[]) => element(tags.sequence, ...contents);

/** By type of key, each with SHA-256. */
const signatureAlgorithms: Readonly<Record<string, Buffer>> = {
  ec: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  rsa: sequence(objectIdentifier('1.2.840.113549.1.1.11'), Buffer.of(0x05, 0)),
};

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const long = length < 0x80 ? [] : [...Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : 4, '0'), 'hex')];
  return Buffer.concat([Buffer.from(long.length === 0 ? [tag, length] : [tag, 0x80 | long.length, ...long]), ...contents]);
}

function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return element(tags.bitString, Buffer.of(unused), bytes);
}

function objectIdentifier(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = [first! * 40 + second!, ...rest].flatMap((number) => {
    const septets = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) septets.unshift(0x80 | (left & 0x7f));
    return septets;
  });
  return element(tags.objectIdentifier, Buffer.from(bytes));
}

function time(milliseconds: number): Buffer {
  const digits = formatTime(milliseconds).replace(/[-:T]/g, '');
  return digits < firstGeneralizedYear ? element(utcTime, Buffer.from(digits.slice(2))) : element(generalizedTime, Buffer.from(digits));
}

function partsOf(certificate: string): { readonly subject: Buffer; readonly extensions: readonly Element[] } {
  const parts = readElements(readElement(readElement(new X509Certificate(certificate).raw).content).content);
  // Without its version a certificate is of the first one.
  const subject = parts[parts[0]!.tag === 0xa0 ? 5 : 4]!.whole;
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  return { subject, extensions: extensions ? readElements(readElement(extensions.content).content) : [] };
}
