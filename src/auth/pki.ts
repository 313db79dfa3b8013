import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../machinery/clock.ts';
import { writeSecret } from '../machinery/files.ts';
import type { Random } from '../machinery/random.ts';
import {
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  extendedKeyUsage,
  type KeyPair,
  keyUsage,
  keyUsageBits,
  purposes,
  type Subject,
  serialNumber,
  signedCertificate,
  subjectKeyIdentifier,
} from './certificate.ts';

export type { KeyPair } from './certificate.ts';

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
  const store = options.directory ? await openDirectory(options.directory) : memoryStore();
  const authority = (name: string, commonName: string) => store.pair(name, () => issue(options, { subject: { commonName }, years: 10 }));
  const client = (name: string, subject: Subject, issuer: KeyPair) =>
    store.pair(
      name,
      () => issue(options, { subject, years: 1, issuer }),
      (pair) => covers(pair, issuer, { ...options, serverNames: [] }),
    );
  // Side by side, as each of them waits for files.
  const [cluster, frontProxy, serviceAccountKey] = await Promise.all([
    authority('ca', 'kubernetes').then(async (pair) => {
      const [server, admin] = await Promise.all([
        store.pair(
          'apiserver',
          () => issue(options, { subject: { commonName: 'kube-apiserver' }, years: 1, names: options.serverNames, issuer: pair }),
          (own) => covers(own, pair, options),
        ),
        client('admin', { organization: 'system:masters', commonName: 'kubernetes-admin' }, pair),
      ]);
      return { authority: pair, server, admin };
    }),
    authority('front-proxy-ca', 'front-proxy-ca').then(async (pair) => ({
      authority: pair,
      client: await client('front-proxy-client', { commonName: frontProxyName }, pair),
    })),
    store.privateKey('sa.key', newKey).then(createPrivateKey),
  ]);
  return { ...cluster, frontProxy, serviceAccount: { privateKey: serviceAccountKey, publicKeys: [createPublicKey(serviceAccountKey)] } };
}

interface Request {
  readonly subject: Subject;
  readonly years: number;
  /** The names of a server; without any it is a client. */
  readonly names?: readonly string[];
  /** Absent for an authority, which signs itself. */
  readonly issuer?: KeyPair;
}

function issue({ clock, random }: KeysOptions, { subject, years, names, issuer }: Request): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encoded = publicKey.export({ type: 'spki', format: 'der' });
  const key = exportKey(privateKey);
  const { digitalSignature, keyEncipherment, keyCertSign } = keyUsageBits;
  const contents = {
    serialNumber: serialNumber(random),
    subject: distinguishedName(subject),
    // A little in the past, for clients whose clock is behind.
    notBefore: clock.now() - 3_600_000,
    notAfter: clock.now() + years * year,
    publicKey: encoded,
    extensions: [
      basicConstraints(!issuer),
      keyUsage([digitalSignature, keyEncipherment, ...(issuer ? [] : [keyCertSign])]),
      subjectKeyIdentifier(encoded),
      ...(issuer
        ? [...authorityKeyIdentifier(issuer.certificate), extendedKeyUsage([names ? purposes.serverAuth : purposes.clientAuth])]
        : []),
      ...(names ? [alternativeNames(names)] : []),
    ],
  };
  return { certificate: signedCertificate(contents, issuer ?? { key }), key };
}

function covers(pair: KeyPair, issuer: KeyPair, { serverNames, clock }: Pick<KeysOptions, 'serverNames' | 'clock'>): boolean {
  const certificate = new X509Certificate(pair.certificate);
  if (!certificate.verify(new X509Certificate(issuer.certificate).publicKey)) return false;
  const left = Date.parse(certificate.validTo) - clock.now();
  return left > year / 12 && serverNames.every((name) => isFor(certificate, name));
}

function isFor(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: 'never' })) !== undefined;
}

function newKey(): string {
  return exportKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** As SEC 1 (`EC PRIVATE KEY`), whose header tells the algorithm: Java clients take a key in PKCS #8 for an RSA one. */
function exportKey(key: KeyObject): string {
  return key.export({ type: 'sec1', format: 'pem' }) as string;
}

interface KeyStore {
  pair(name: string, make: () => KeyPair, good?: (pair: KeyPair) => boolean): Promise<KeyPair>;
  privateKey(file: string, make: () => string): Promise<string>;
}

function memoryStore(): KeyStore {
  return { pair: async (_name, make) => make(), privateKey: async (_file, make) => make() };
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
      const pair = make();
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
      const made = make();
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
