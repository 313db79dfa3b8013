import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

const blockType = (pem: string): string | undefined => /-----BEGIN ([^-]+)-----[\s\S]+?-----END \1-----/.exec(pem)?.[1];
const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');

/** What is wrong with a TLS certificate and its key, both base64 of PEM; in the words of Go's TLS library. */
export function keyPairWarnings(certificate: string | undefined, key: string | undefined): string[] {
  const problem = keyPairProblem(decode(certificate), decode(key));
  return problem === undefined ? [] : [problem];
}

function keyPairProblem(certificate: string, key: string): string | undefined {
  const certificateType = blockType(certificate);
  if (certificateType === undefined) return 'tls: failed to find any PEM data in certificate input';
  if (!certificate.includes('-----BEGIN CERTIFICATE-----')) {
    if (certificateType.endsWith('PRIVATE KEY') && blockType(key) === 'CERTIFICATE') {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certificateType}]`;
  }
  const keyType = blockType(key);
  if (keyType === undefined) return 'tls: failed to find any PEM data in key input';
  if (keyType === 'CERTIFICATE') return 'tls: found a certificate rather than a key in the PEM for the private key';
  if (!keyType.endsWith('PRIVATE KEY')) {
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyType}]`;
  }
  const parsed = attempt(() => new X509Certificate(certificate));
  if (!parsed) return 'x509: malformed certificate';
  const privateKey = attempt(() => createPrivateKey(key));
  if (!privateKey) return 'tls: failed to parse private key';
  return samePublicKey(parsed.publicKey, createPublicKey(privateKey)) ? undefined : mismatch(parsed.publicKey, privateKey);
}

// What a library cannot read is what the caller wants to know; why is its own affair.
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');
const samePublicKey = (a: KeyObject, b: KeyObject): boolean => spki(a) === spki(b);

function mismatch(publicKey: KeyObject, privateKey: KeyObject): string {
  return publicKey.asymmetricKeyType === privateKey.asymmetricKeyType
    ? 'tls: private key does not match public key'
    : 'tls: private key type does not match public key type';
}
