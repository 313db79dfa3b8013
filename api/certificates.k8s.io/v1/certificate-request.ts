/** PKCS#10 certificate requests, as far as an API server looks into them: their form and their own signature (RFC 2986). */
import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { goQuote } from '../../meta/go-quote.ts';
import { type Element, MalformedError, readElement } from './der.ts';

const sequence = 0x30;
const bitString = 0x03;

/** What a certificate request asks for. */
export interface CertificateRequest {
  readonly organizations: readonly string[];
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

const parameters =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}';

function readSequence(data: Buffer, type: string): Element {
  const element = readElement(data);
  if (element.tag === sequence) return element;
  const { tag, content } = element;
  const found = `{class:${tag >> 6} tag:${tag & 0x1f} length:${content.length} isCompound:${(tag & 0x20) !== 0}}`;
  throw new MalformedError(`asn1: structure error: tags don't match (16 vs ${found}) ${parameters} ${type} @2`);
}

/** Elements of a PEM text: one of the type if there is a well-formed first one. */
function firstBlock(
  text: string,
): { readonly type: string; readonly headers: boolean; readonly der: Buffer; readonly rest: string } | undefined {
  const match =
    /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n((?:[^\n]*:[^\n]*\n)*)\s*([A-Za-z0-9+/=\s]*?)-----END \1-----[ \t\r]*(?:\n|$)/.exec(text);
  if (!match) return undefined;
  const [all, type, headers, body] = match as unknown as [string, string, string, string];
  return { type, headers: headers !== '', der: Buffer.from(body, 'base64'), rest: text.slice(match.index + all.length) };
}

/** What is wrong with a request in PEM form (itself in base64), in the words of Go's crypto/x509; undefined for a good one. */
export function requestProblem(request: string): string | undefined {
  const block = firstBlock(Buffer.from(request, 'base64').toString('latin1'));
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return signatureProblem(block.der);
  } catch (error) {
    if (error instanceof MalformedError) return error.message;
    throw error;
  }
}

function signatureProblem(der: Buffer): string | undefined {
  const outer = readSequence(der, 'certificateRequest');
  if (outer.rest.length > 0) throw new MalformedError('asn1: syntax error: trailing data');
  const signed = readSequence(outer.content, 'tbsCertificateRequest');
  const algorithm = readSequence(signed.rest, 'AlgorithmIdentifier');
  const signature = readElement(algorithm.rest);
  if (signature.tag !== bitString) throw new MalformedError("asn1: structure error: tags don't match");
  const version = readElement(signed.content);
  const subject = readSequence(version.rest, 'RawValue');
  const keyInfo = readSequence(subject.rest, 'publicKeyInfo');
  checkCurve(readSequence(keyInfo.content, 'AlgorithmIdentifier'));
  const key = publicKey(keyInfo.whole);
  const scheme = schemes[readElement(algorithm.content).content.toString('hex')];
  if (scheme?.insecure) return `x509: cannot verify signature: insecure algorithm ${scheme.insecure}`;
  if (!key || !scheme) return 'x509: cannot verify signature: algorithm unimplemented';
  if (key.asymmetricKeyType !== scheme.key) {
    return `x509: signature algorithm specifies an ${scheme.name} public key, but have public key of type ${goTypes[key.asymmetricKeyType ?? '']}`;
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < leastBits) {
    return `crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`;
  }
  return verify(scheme.hash, signed.whole, key, signature.content.subarray(1)) ? undefined : scheme.failure;
}

const leastBits = 1024;
const objectIdentifier = 0x06;
const ellipticKey = '2a8648ce3d0201';
/** P-256, P-224, P-384 and P-521. */
const curves: readonly string[] = ['2a8648ce3d030107', '2b81040021', '2b81040022', '2b81040023'];

/** Go reads keys of these curves alone, and those by their names. @throws MalformedError */
function checkCurve({ content }: Element): void {
  const kind = readElement(content);
  if (kind.content.toString('hex') !== ellipticKey) return;
  const curve = readElement(kind.rest);
  if (curve.tag !== objectIdentifier) throw new MalformedError('x509: invalid ECDSA parameters');
  if (!curves.includes(curve.content.toString('hex'))) throw new MalformedError('x509: unsupported elliptic curve');
}

function publicKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    // Go, too, only finds it unusable when it is needed.
    return undefined;
  }
}

interface Scheme {
  readonly key: string;
  readonly name: string;
  readonly hash: string | null;
  readonly failure: string;
  /** The name of an algorithm that is not trusted any more. */
  readonly insecure?: string;
}

const rsa = (hash: string): Scheme => ({ key: 'rsa', name: 'RSA', hash, failure: 'crypto/rsa: verification error' });
const ecdsa = (hash: string): Scheme => ({ key: 'ec', name: 'ECDSA', hash, failure: 'x509: ECDSA verification failure' });

/** Signature algorithms by the content of their object identifier. */
const schemes: Readonly<Record<string, Scheme>> = {
  '2a864886f70d010104': { ...rsa('md5'), insecure: 'MD5-RSA' },
  '2a864886f70d010105': rsa('sha1'),
  '2a864886f70d01010b': rsa('sha256'),
  '2a864886f70d01010c': rsa('sha384'),
  '2a864886f70d01010d': rsa('sha512'),
  '2a8648ce3d0401': ecdsa('sha1'),
  '2a8648ce3d040302': ecdsa('sha256'),
  '2a8648ce3d040303': ecdsa('sha384'),
  '2a8648ce3d040304': ecdsa('sha512'),
  '2b6570': { key: 'ed25519', name: 'Ed25519', hash: null, failure: 'x509: Ed25519 verification failure' },
};

const goTypes: Readonly<Record<string, string>> = { rsa: '*rsa.PublicKey', ec: '*ecdsa.PublicKey', ed25519: 'ed25519.PublicKey' };

/** What is wrong with the certificates that a signer gave, in PEM form (itself in base64); undefined for good or no ones. */
export function certificateProblem(certificate: string | undefined): string | undefined {
  if (!certificate) return undefined;
  let text = Buffer.from(certificate, 'base64').toString('latin1');
  let count = 0;
  for (let block = firstBlock(text); block; block = firstBlock(text)) {
    if (block.type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(block.type)}`;
    if (block.headers) return 'no PEM block headers are permitted';
    if (block.der.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates';
    count++;
    try {
      new X509Certificate(block.der);
    } catch {
      return 'x509: malformed certificate';
    }
    text = block.rest;
  }
  return count === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}
