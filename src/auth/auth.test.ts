import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import 'reflect-metadata'; // which the certificate library's container asks for
import * as x509 from '@peculiar/x509';
import type { KubeObject } from '../../api/meta/object.ts';
import { VirtualClock } from '../machinery/clock.ts';
import { seededRandom } from '../machinery/random.ts';
import { withFolder } from '../machinery/testing/folder.ts';
import { clientCertificateAuthenticator } from './authenticate/client-certificate.ts';
import { readTokenFile } from './authenticate/token-file.ts';
import { anonymousUser, unionAuthenticator } from './authenticate/union.ts';
import { RbacAuthorizer } from './authorize/rbac.ts';
import { superuserAuthorizer, unionAuthorizer } from './authorize/union.ts';
import { bootstrapObjects } from './bootstrap/index.ts';
import { bootstrapPolicy } from './bootstrap/rbac.ts';
import { DamagedKeysError, loadClusterKeys } from './pki.ts';
import { ServiceAccountTokens, serviceAccountUser } from './service-account-tokens.ts';
import type { AccessAttributes, UserInfo } from './types.ts';

const start = Date.UTC(2026, 0, 1);

test('keys are made once, kept private and read again', () =>
  withFolder(async (folder) => {
    const options = {
      directory: join(folder, 'pki'),
      clock: new VirtualClock(start),
      random: seededRandom(1),
      serverNames: ['localhost', '127.0.0.1'],
    };
    const first = await loadClusterKeys(options);
    const again = await loadClusterKeys(options);
    deepEqual([again.authority, again.server, again.admin], [first.authority, first.server, first.admin]);
    const server = new X509Certificate(first.server.certificate);
    ok(server.verify(new X509Certificate(first.authority.certificate).publicKey));
    equal(server.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
    equal((await stat(join(folder, 'pki/ca.key'))).mode & 0o777, 0o600);
    equal((await stat(join(folder, 'pki'))).mode & 0o777, 0o700);
    const more = await loadClusterKeys({ ...options, serverNames: [...options.serverNames, '10.96.0.1'] });
    notEqual(more.server.certificate, first.server.certificate);
    equal(more.authority.certificate, first.authority.certificate);
  }));

test('damaged keys are told, and certificates follow their authority', () =>
  withFolder(async (directory) => {
    const load = () => loadClusterKeys({ directory, serverNames: ['localhost'], clock: new VirtualClock(start), random: seededRandom(1) });
    const first = await load();
    for (const file of ['ca.crt', 'ca.key', 'sa.key', 'admin.crt']) {
      const good = await readFile(join(directory, file));
      await writeFile(join(directory, file), 'garbage');
      await rejects(
        load(),
        (error) => error instanceof DamagedKeysError && error.message.startsWith(`${join(directory, file)} is damaged`),
      );
      await writeFile(join(directory, file), good);
    }
    deepEqual((await load()).admin, first.admin);
    await rm(join(directory, 'ca.crt'));
    const second = await load();
    ok(new X509Certificate(second.admin.certificate).verify(new X509Certificate(second.authority.certificate).publicKey));
  }));

test('a client certificate names the user and its groups', async () => {
  const keys = await loadClusterKeys({ clock: new VirtualClock(start), random: seededRandom(2), serverNames: [] });
  const authenticator = unionAuthenticator([clientCertificateAuthenticator()]);
  const user = await authenticator.authenticate({ clientCertificate: new X509Certificate(keys.admin.certificate).raw });
  equal(user?.username, 'kubernetes-admin');
  deepEqual(user?.groups, ['system:masters', 'system:authenticated']);
});

test('a subject is read attribute by attribute, whatever its values look like', async () => {
  x509.cryptoProvider.set(globalThis.crypto);
  const keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const userOf = async (...name: x509.JsonName) => {
    const made = await x509.X509CertificateGenerator.createSelfSigned({ name, keys, serialNumber: '01' });
    const { username, uid, groups } = (await clientCertificateAuthenticator().authenticate({
      clientCertificate: Buffer.from(made.rawData),
    }))!;
    return { username, ...(uid === undefined ? {} : { uid }), groups };
  };
  const uid = '1.3.6.1.4.1.57683.2';
  deepEqual(await userOf({ O: ['a', 'b'], CN: ['first'] }, { CN: ['last'] }, { O: ['c'] }), { username: 'last', groups: ['a', 'b', 'c'] });
  const odd = { username: 'Jürgen, x+y=z ', groups: [' a\nO=system:masters'] };
  deepEqual(await userOf({ O: [odd.groups[0]!] }, { CN: [odd.username] }), odd);
  deepEqual(await userOf({ CN: ['u'] }, { [uid]: ['8f12'] }), { username: 'u', uid: '8f12', groups: [] });
  await rejects(userOf({ CN: ['u'] }, { [uid]: ['1', '2'] }), /^Error: expected 1 UID, but found multiple: \[1 2\]$/);
  await rejects(userOf({ CN: ['u'] }, { [uid]: [''] }), /^Error: UID cannot be an empty string$/);
  await rejects(userOf({ CN: ['u'] }, { CN: [''] }), /no common name/);
});

test('the token file is read in kube-apiserver’s form', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'tokens.csv');
    await writeFile(file, 'a-token,alice,1,"dev,ops"\nb-token,bob,2\n\n');
    const authenticator = unionAuthenticator([await readTokenFile(file)]);
    const user = (authorization?: string) => authenticator.authenticate({ authorization });
    deepEqual(await user('Bearer a-token'), { username: 'alice', uid: '1', groups: ['dev', 'ops', 'system:authenticated'] });
    deepEqual((await user('bearer b-token'))?.groups, ['system:authenticated']);
    equal(await user('Bearer other'), undefined);
    equal(await user(), anonymousUser);
    await writeFile(file, 'a-token,alice\n');
    await rejects(readTokenFile(file), /tokens\.csv:1: expected token,user,uid/);
  }));

function access(user: UserInfo, verb: string, path: string): AccessAttributes {
  const [namespace = '', resource = '', name = ''] = path.split('/');
  const [plain, group = ''] = resource.split('@');
  const [kind, subresource = ''] = plain!.split(':');
  return { user, verb, resourceRequest: true, path: '', group, version: 'v1', resource: kind!, subresource, namespace, name };
}

test('RBAC decides by the bindings of the user, its groups and its namespace', async () => {
  const rbac = new RbacAuthorizer();
  for (const object of bootstrapPolicy()) rbac.set(object);
  const authorizer = unionAuthorizer([superuserAuthorizer, rbac]);
  const decide = async (user: UserInfo, verb: string, path: string) => (await authorizer.authorize(access(user, verb, path))).decision;
  const alice: UserInfo = { username: 'alice', groups: ['dev', 'system:authenticated'] };
  const binding = (namespace: string | undefined, name: string, role: string, subjects: KubeObject[]): KubeObject => ({
    kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: { name, namespace },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects,
  });
  equal(await decide(alice, 'get', 'a/pods/x'), 'no-opinion');
  rbac.set(binding('a', 'view', 'view', [{ kind: 'Group', name: 'dev' }]));
  equal(await decide(alice, 'get', 'a/pods/x'), 'allow');
  equal(await decide(alice, 'get', 'a/pods:log/x'), 'allow');
  equal(await decide(alice, 'get', 'b/pods/x'), 'no-opinion');
  equal(await decide(alice, 'get', 'a/secrets/x'), 'no-opinion');
  equal(await decide(alice, 'delete', 'a/pods/x'), 'no-opinion');
  const allowed = await authorizer.authorize(access(alice, 'list', 'a/deployments@apps'));
  equal(allowed.reason, 'RBAC: allowed by RoleBinding "view/a" of ClusterRole "view" to Group "dev"');
  rbac.remove('RoleBinding', 'a', 'view');
  equal(await decide(alice, 'get', 'a/pods/x'), 'no-opinion');
  rbac.set(binding(undefined, 'x', 'missing', [{ kind: 'User', name: 'alice' }]));
  equal(
    (await authorizer.authorize(access(alice, 'get', 'a/pods/x'))).reason,
    'RBAC: clusterrole.rbac.authorization.k8s.io "missing" not found',
  );
  const controller = serviceAccountUser('kube-system', 'deployment-controller');
  equal(await decide(controller, 'create', 'a/replicasets@apps'), 'allow');
  equal(await decide(controller, 'create', 'a/secrets'), 'no-opinion');
  equal(await decide({ username: 'root', groups: ['system:masters'] }, 'escalate', '/clusterroles@rbac.authorization.k8s.io'), 'allow');
});

test('decisions that hang on names are kept by name, and bindings of one role stand for one another', () => {
  const rbac = new RbacAuthorizer();
  const jane: UserInfo = { username: 'jane', groups: ['dev'] };
  const roleRef = { kind: 'ClusterRole', name: 'one' };
  const subjects = [
    { kind: 'User', name: 'jane' },
    { kind: 'Group', name: 'dev' },
  ];
  const rules = [
    { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] },
    { verbs: ['list'], apiGroups: [''], resources: ['secrets'] },
  ];
  rbac.set({ kind: 'ClusterRole', metadata: { name: 'one' }, rules });
  for (const name of ['a', 'b']) rbac.set({ kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects });
  const decide = (verb: string, path: string) => rbac.authorize(access(jane, verb, path)).decision;
  for (let i = 0; i < 2; i++) {
    deepEqual(
      [decide('get', 'x/secrets/mine'), decide('get', 'x/secrets/other'), decide('get', 'y/secrets/mine'), decide('list', 'x/secrets')],
      ['allow', 'no-opinion', 'allow', 'allow'],
    );
  }
  rbac.remove('ClusterRoleBinding', '', 'a');
  equal(
    rbac.authorize(access(jane, 'list', 'x/secrets')).reason,
    'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "one" to User "jane"',
  );
  rbac.remove('ClusterRoleBinding', '', 'b');
  equal(decide('get', 'x/secrets/mine'), 'no-opinion');
});

test('anonymous users may ask for health and version, and nothing else', async () => {
  const rbac = new RbacAuthorizer();
  for (const object of bootstrapPolicy()) rbac.set(object);
  const ask = (path: string) =>
    rbac.authorize({ ...access(anonymousUser, 'get', ''), resourceRequest: false, path, resource: '' }).decision;
  deepEqual(['/healthz', '/livez', '/readyz', '/version', '/api', '/metrics'].map(ask), [
    'allow',
    'allow',
    'allow',
    'allow',
    'no-opinion',
    'no-opinion',
  ]);
});

test('the bootstrap objects are those of kube-apiserver', () => {
  const counts: Record<string, number> = {};
  for (const { kind } of bootstrapObjects(true)) counts[kind!] = (counts[kind!] ?? 0) + 1;
  deepEqual(counts, {
    PriorityLevelConfiguration: 8,
    FlowSchema: 11,
    PriorityClass: 2,
    ClusterRole: 69,
    ClusterRoleBinding: 50,
    Role: 7,
    RoleBinding: 7,
  });
});

test('service account tokens are made with the key that is given, and good by any of those to check with', async () => {
  const pair = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
  const [old, rsa] = [generateKeyPairSync('ec', { namedCurve: 'secp384r1' }), pair(2048)];
  const account: KubeObject = { metadata: { namespace: 'a', name: 'builder', uid: 'u-1' } };
  const tokensOf = (privateKey: KeyObject, publicKeys: KeyObject[]) =>
    new ServiceAccountTokens({
      issuers: ['https://issuer'],
      keys: { privateKey, publicKeys },
      clock: new VirtualClock(start),
      random: seededRandom(4),
      read: async () => account,
    });
  const before = tokensOf(old.privateKey, [old.publicKey]);
  const after = tokensOf(rsa.privateKey, [pair(2048).publicKey, rsa.publicKey, old.publicKey]);
  for (const [tokens, alg] of [
    [before, 'ES384'],
    [after, 'RS256'],
  ] as const) {
    const { token } = await tokens.issue({ serviceAccount: account, audiences: [], expirationSeconds: 600 });
    equal(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).alg, alg);
    equal((await after.authenticate({ authorization: `Bearer ${token}` }))?.username, 'system:serviceaccount:a:builder');
    if (alg === 'RS256') await rejects(before.authenticate({ authorization: `Bearer ${token}` }), /cryptographic primitive/);
  }
  equal(((await after.keySet()) as { keys: unknown[] }).keys.length, 3);
});

test('a service account token holds until it ends or its account is gone', async () => {
  const clock = new VirtualClock(start);
  const keys = await loadClusterKeys({ clock, random: seededRandom(3), serverNames: [] });
  const account: KubeObject = { metadata: { namespace: 'a', name: 'builder', uid: 'u-1' } };
  let present: KubeObject | undefined = account;
  const tokens = new ServiceAccountTokens({
    issuers: ['https://kubernetes.default.svc.cluster.local'],
    keys: keys.serviceAccount,
    clock,
    random: seededRandom(4),
    read: async () => present,
  });
  const { token, expires } = await tokens.issue({ serviceAccount: account, audiences: [], expirationSeconds: 600 });
  equal(expires, start + 600_000);
  const authenticate = () => tokens.authenticate({ authorization: `Bearer ${token}` });
  const user = await authenticate();
  equal(user?.username, 'system:serviceaccount:a:builder');
  equal(user?.uid, 'u-1');
  deepEqual(user?.groups, ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated']);
  await rejects(tokens.review(token, ['other']), /audiences/);
  equal(await tokens.authenticate({ authorization: 'Bearer not-ours' }), undefined);
  present = undefined;
  await rejects(authenticate(), /serviceaccounts "builder" not found/);
  present = account;
  await clock.advance(601_000);
  await rejects(authenticate(), /expired/);
  match(JSON.stringify(await tokens.keySet()), /"alg":"ES256"/);
});
