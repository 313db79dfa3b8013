import { deepEqual, equal } from 'node:assert/strict';
import { KeyObject, type webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import 'reflect-metadata'; // which the certificate library's container asks for
import * as x509 from '@peculiar/x509';
import type { Connection } from './connection.ts';
import { TlsPort } from './tls-port.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;

interface Pair {
  readonly pem: string;
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly keyPem: string;
}

let serial = 1;

/** A certificate of `name`, which `issuer` signs; absent: itself. @param use what its key is for; default: nothing is said of it */
async function certify(
  name: string,
  issuer: Pair | undefined,
  purpose: 'authority' | string,
  notAfter = Date.now() + hour,
  use?: x509.KeyUsageFlags,
): Promise<Pair> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const authority = purpose === 'authority';
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `0${serial++}`,
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(Date.now() - 2 * hour),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: (issuer ?? { keys }).keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      ...(authority ? [] : [new x509.ExtendedKeyUsageExtension([purpose])]),
      ...(use === undefined ? [] : [new x509.KeyUsagesExtension(use, true)]),
    ],
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { pem: certificate.toString('pem'), name, keys, keyPem };
}

const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
const connections: Connection[] = [];
/** Whether the last client's certificates were handed on with it: some versions of Node drop them (nodejs/node#65579), and then only it is known. */
let cameAlong = false;
let port: TlsPort;
let number: number;
let root: Pair;
let middle: Pair;
let clients: Pair;
let proxies: Pair;

before(async () => {
  x509.cryptoProvider.set(globalThis.crypto);
  root = await certify('CN=root', undefined, 'authority');
  middle = await certify('CN=middle', root, 'authority');
  clients = await certify('CN=clients', undefined, 'authority');
  proxies = await certify('CN=proxies', undefined, 'authority');
  const server = await certify('CN=server', root, serverAuth);
  const parts = { key: server.keyPem, cert: server.pem, clientCa: `${middle.pem}\n${clients.pem}`, frontProxyCa: proxies.pem };
  port = new TlsPort(parts, {
    stream: () => {},
    http1(socket, connection) {
      connections.push(connection);
      cameAlong = socket.getPeerCertificate(true).issuerCertificate !== undefined;
      socket.once('data', () => socket.end());
    },
    handshakeFailed: () => {},
    broke: () => {},
  });
  number = await port.listen(0, '127.0.0.1', () => {});
});
after(() => port.close());

/** Says something and waits for the end. @returns the session, to be resumed */
async function exchange(socket: tls.TLSSocket): Promise<Buffer | undefined> {
  let last: Buffer | undefined;
  socket.on('session', (session) => {
    last = session;
  });
  socket.resume();
  socket.write('x');
  await once(socket, 'close');
  return last;
}

/** How the port takes what a client shows: its certificate first, then those that it sends along. */
async function shown(own: Pair, ...along: Pair[]): Promise<Connection> {
  const cert = [own, ...along].map(({ pem }) => pem).join('\n');
  await exchange(tls.connect({ port: number, host: '127.0.0.1', rejectUnauthorized: false, key: own.keyPem, cert }));
  return connections.pop()!;
}

const taken = ({ certificate, frontProxyCertificate, certificateError }: Connection) => ({
  client: certificate !== undefined,
  frontProxy: frontProxyCertificate !== undefined,
  error: certificateError,
});
const asClient = { client: true, frontProxy: false, error: undefined };

test('an authority of clients need not be a root', async () => {
  const user = await certify('CN=user', middle, clientAuth);
  deepEqual(taken(await shown(user)), asClient);
  deepEqual(taken(await shown(user, middle, root)), asClient);
});

test('others may stand between an authority and the client', async () => {
  const between = await certify('CN=between', clients, 'authority');
  const further = await certify('CN=further', between, clientAuth);
  const { certificate } = await shown(further, between);
  equal(certificate !== undefined, cameAlong);
  equal((await shown(further)).certificate, undefined);
});

test('a certificate for any purpose is one of a client, and so is an authority, whatever its key is for', async () => {
  const soon = Date.now() + hour;
  const { digitalSignature, keyCertSign, keyEncipherment } = x509.KeyUsageFlags;
  const any = '2.5.29.37.0';
  for (const issuer of [clients, middle]) {
    deepEqual(taken(await shown(await certify('CN=any', issuer, any))), asClient);
    deepEqual(taken(await shown(await certify('CN=any', issuer, any, soon, digitalSignature))), asClient);
    deepEqual(taken(await shown(await certify('CN=encrypts', issuer, clientAuth, soon, keyEncipherment))), asClient);
    deepEqual(taken(await shown(await certify('CN=signs', issuer, 'authority', soon, keyCertSign))), asClient);
  }
  deepEqual(taken(await shown(clients)), asClient);
  const fake = await certify('CN=clients', undefined, 'authority');
  const refused = [
    await certify('CN=root-any', root, any),
    await certify('CN=forged', fake, any),
    await certify('CN=forged', { ...middle, keys: fake.keys }, any),
    await certify('CN=old', middle, any, Date.now() - hour),
    await certify('CN=self', undefined, any),
    await certify('CN=self', undefined, 'authority', soon, keyCertSign),
    await certify('CN=server', clients, serverAuth, soon, keyEncipherment),
  ];
  for (const pair of refused) equal((await shown(pair)).certificate, undefined, pair.name);
  equal((await shown(await certify('CN=self', undefined, any), clients)).certificate, undefined);
});

test('a resumed session is of the client that began it', async () => {
  const user = await certify('CN=user', middle, clientAuth);
  const between = await certify('CN=between', clients, 'authority');
  const further = await certify('CN=further', between, clientAuth);
  await shown(further, between);
  for (const [own, ...along] of [[user], ...(cameAlong ? [[further, between]] : [])] as [Pair, ...Pair[]][]) {
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      const cert = [own, ...along].map(({ pem }) => pem).join('\n');
      const options = { port: number, host: '127.0.0.1', rejectUnauthorized: false, key: own.keyPem, cert, maxVersion };
      const session = await exchange(tls.connect(options));
      deepEqual(taken(connections.pop()!), asClient);
      // Without its certificate: the session has it.
      const second = tls.connect({ ...options, key: undefined, cert: undefined, session });
      await once(second, 'secureConnect');
      equal(second.isSessionReused(), true);
      await exchange(second);
      deepEqual(taken(connections.pop()!), asClient, `${own.name} ${maxVersion}`);
    }
  }
});

test('certificates of others, for something else, and out of their time prove nothing', async () => {
  const fake = await certify('CN=clients', undefined, 'authority');
  const refused = [
    [await certify('CN=root-user', root, clientAuth), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [await certify('CN=forged', fake, clientAuth), 'CERT_SIGNATURE_FAILURE'],
    [await certify('CN=server', clients, serverAuth), 'INVALID_PURPOSE'],
    [await certify('CN=forged', { ...middle, keys: fake.keys }, clientAuth), 'CERT_SIGNATURE_FAILURE'],
    [await certify('CN=server', middle, serverAuth), 'INVALID_PURPOSE'],
    [await certify('CN=old', middle, clientAuth, Date.now() - hour), 'CERT_HAS_EXPIRED'],
    [await certify('CN=old', clients, clientAuth, Date.now() - hour), 'CERT_HAS_EXPIRED'],
  ] as const;
  for (const [pair, why] of refused) {
    const { client, frontProxy, error } = taken(await shown(pair));
    deepEqual([client, frontProxy], [false, false], pair.name);
    equal(error, why);
  }
});

test('a client cannot make itself a front proxy with certificates that only look like issuers', async () => {
  const user = await certify('CN=user', clients, clientAuth);
  const madeUp = await certify('CN=clients', { ...proxies, keys: user.keys }, 'authority');
  deepEqual(taken(await shown(user, madeUp)), asClient);
  deepEqual(taken(await shown(user, madeUp, proxies)), asClient);
  const proxy = await certify('CN=proxy', proxies, clientAuth);
  deepEqual(taken(await shown(proxy)).frontProxy, true);
});
