import { createPrivateKey, createPublicKey, KeyObject, type webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata'; // which the certificate library's container asks for
import * as x509 from '@peculiar/x509';
import type { Clock } from '../machinery/clock.ts';
import { writeSecret } from '../machinery/files.ts';
import type { Random } from '../machinery/random.ts';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The cluster's keys: its certificate authority, the server's and the administrator's certificates, and the key that signs service-account tokens. */
export interface ClusterKeys {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  readonly admin: KeyPair;
  /** Another authority, which vouches for proxies that name the user in headers, and our own certificate of it, for requests to extension API servers. */
  readonly frontProxy: { readonly authority: KeyPair; readonly client: KeyPair };
  /** Signs certificates for components that run apart. */
  readonly serviceAccount: ServiceAccountKeys;
}

/** The key that signs service-account tokens, and those that may have signed them. */
export interface ServiceAccountKeys {
  readonly privateKey: KeyObject;
  readonly publicKeys: readonly KeyObject[];
}

/** The name in the certificate with which this server proves to extension API servers that it may name users. */
export const frontProxyName = 'front-proxy-client';

/** Keys or certificates that are there and cannot be used. The message says what the user may do. */
export class DamagedKeysError extends Error {}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const year = 365 * 24 * 3600 * 1000;

export interface KeysOptions {
  /** Where the keys lie; absent: they live in memory only. */
  readonly directory?: string;
  /** DNS names and IP addresses that the server's certificate is good for. */
  readonly serverNames: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Reads the cluster's keys, making those that are not there yet. A certificate is made anew when its names or its authority have changed, or it nears its end.
 * Private keys are readable by their owner alone.
 * @throws DamagedKeysError
 */
export async function loadClusterKeys(options: KeysOptions): Promise<ClusterKeys> {
  x509.cryptoProvider.set(globalThis.crypto);
  const store = options.directory ? await openDirectory(options.directory) : memoryStore();
  const authority = (name: string, subject: string) => store.pair(name, () => issue(options, { subject, years: 10, authority: true }));
  const client = (name: string, subject: string, issuer: Issuer) =>
    store.pair(
      name,
      () => issue(options, { subject, years: 1, issuer }),
      (pair) => covers(pair, issuer.pair, { ...options, serverNames: [] }),
    );
  // Side by side, as each of them waits for keys to be made and for files.
  const [cluster, frontProxy, serviceAccountKey] = await Promise.all([
    authority('ca', 'CN=kubernetes').then(async (pair) => {
      const issuer = issuerOf(pair);
      const [server, admin] = await Promise.all([
        store.pair(
          'apiserver',
          () => issue(options, { subject: 'CN=kube-apiserver', years: 1, names: options.serverNames, issuer }),
          (own) => covers(own, pair, options),
        ),
        client('admin', 'O=system:masters, CN=kubernetes-admin', issuer),
      ]);
      return { authority: pair, server, admin };
    }),
    authority('front-proxy-ca', 'CN=front-proxy-ca').then(async (pair) => ({
      authority: pair,
      client: await client('front-proxy-client', `CN=${frontProxyName}`, issuerOf(pair)),
    })),
    store.privateKey('sa.key', newKey).then(createPrivateKey),
  ]);
  return { ...cluster, frontProxy, serviceAccount: { privateKey: serviceAccountKey, publicKeys: [createPublicKey(serviceAccountKey)] } };
}

/** An authority that may have to sign. */
interface Issuer {
  readonly pair: KeyPair;
  /** Its certificate and key, read when they are first needed. */
  readonly signer: () => Promise<Signer>;
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

function issuerOf(pair: KeyPair): Issuer {
  let signer: Promise<Signer> | undefined;
  const read = async () => ({ certificate: new x509.X509Certificate(pair.certificate), key: await importKey(pair.key) });
  return { pair, signer: () => (signer ??= read()) };
}

interface Request {
  subject: string;
  years: number;
  authority?: boolean;
  names?: readonly string[];
  issuer?: Issuer;
}

async function issue({ clock, random }: KeysOptions, request: Request): Promise<KeyPair> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const signer = await request.issuer?.signer();
  const above = signer?.certificate;
  const issuer = { name: above?.subject ?? request.subject, key: signer?.key ?? keys.privateKey };
  const usages = request.authority
    ? x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.keyEncipherment
    : x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment;
  const purpose = request.names ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${random.bytes(15).toString('hex')}`,
    subject: request.subject,
    issuer: issuer.name,
    // A little in the past, for clients whose clock is behind.
    notBefore: dateOf(clock.now() - 3_600_000),
    notAfter: dateOf(clock.now() + request.years * year),
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(request.authority === true, undefined, true),
      new x509.KeyUsagesExtension(usages, true),
      // Authorities of one name are told apart by their keys.
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(above ? [await x509.AuthorityKeyIdentifierExtension.create(above.publicKey)] : []),
      ...(request.authority ? [] : [new x509.ExtendedKeyUsageExtension([purpose])]),
      ...(request.names ? [new x509.SubjectAlternativeNameExtension(request.names.map(alternativeName))] : []),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

// The x509 library wants Date objects; the time itself comes from the clock.
function dateOf(milliseconds: number): Date {
  return new Date(milliseconds);
}

function alternativeName(name: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name };
}

function covers(pair: KeyPair, issuer: KeyPair, { serverNames, clock }: Pick<KeysOptions, 'serverNames' | 'clock'>): boolean {
  if (!new X509Certificate(pair.certificate).verify(new X509Certificate(issuer.certificate).publicKey)) return false;
  const certificate = new x509.X509Certificate(pair.certificate);
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((item) => item.value) ?? [];
  const left = certificate.notAfter.getTime() - clock.now();
  return left > year / 12 && serverNames.every((name) => names.includes(name));
}

async function newKey(): Promise<string> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  return exportKey(keys.privateKey);
}

/** As SEC 1 (`EC PRIVATE KEY`), whose header tells the algorithm: Java clients take a key in PKCS #8 for an RSA one. */
async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return KeyObject.from(key).export({ type: 'sec1', format: 'pem' }) as string;
}

/** @param pem a key in SEC 1 or PKCS #8 */
export function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const encoded = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', encoded, algorithm, true, ['sign']);
}

interface KeyStore {
  pair(name: string, make: () => Promise<KeyPair>, good?: (pair: KeyPair) => boolean): Promise<KeyPair>;
  privateKey(file: string, make: () => Promise<string>): Promise<string>;
}

function memoryStore(): KeyStore {
  return { pair: (_name, make) => make(), privateKey: (_file, make) => make() };
}

async function openDirectory(directory: string): Promise<KeyStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const read = (file: string) =>
    readFile(join(directory, file), 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  return {
    async pair(name, make, good = () => true) {
      const [certificate, key] = [await read(`${name}.crt`), await read(`${name}.key`)];
      if (certificate && key) {
        const parsed = usable(directory, `${name}.crt`, () => new X509Certificate(certificate));
        const privateKey = usable(directory, `${name}.key`, () => createPrivateKey(key));
        if (!parsed.checkPrivateKey(privateKey)) throw damaged(directory, `${name}.key`);
        if (good({ certificate, key })) return { certificate, key };
      }
      const pair = await make();
      await writeSecret(join(directory, `${name}.key`), pair.key);
      await writeSecret(join(directory, `${name}.crt`), pair.certificate);
      return pair;
    },
    async privateKey(file, make) {
      const present = await read(file);
      if (present) {
        usable(directory, file, () => createPrivateKey(present));
        return present;
      }
      const made = await make();
      await writeSecret(join(directory, file), made);
      return made;
    },
  };
}

/** @throws DamagedKeysError where what lies in a file cannot be read */
function usable<T>(directory: string, file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw damaged(directory, file);
  }
}

function damaged(directory: string, file: string): DamagedKeysError {
  return new DamagedKeysError(
    `${join(directory, file)} is damaged; restore it from a copy, or move ${directory} away to have new keys, which no older kubeconfig and token fits`,
  );
}
