import { deepStrictEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { KmsPlugin } from './kms-plugin.ts';
import { requester } from './requester.ts';

const secrets = '/api/v1/namespaces/default/secrets';
const key1 = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const key2 = Buffer.from('1123456789abcdef0123456789abcdef').toString('base64');
const keyed = (provider: string, name: string, secret: string) => ({ [provider]: { keys: [{ name, secret }] } });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-encryption-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configure = (resources: object[]) =>
  writeFile(
    join(folder, 'encryption.yaml'),
    JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources }),
  );

/** A cluster over the folder's data, encrypted as its configuration says. */
async function cluster(...flags: string[]) {
  const running = await startCluster({
    folder,
    flags: ['--nodes', '0', '--components', 'apiserver', '--encryption-provider-config', join(folder, 'encryption.yaml'), ...flags],
  });
  const client = await requester(running.kubeconfig);
  return {
    ask: client.ask,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await running[Symbol.asyncDispose]();
    },
  };
}

/** Everything that the database's files hold. */
async function disk(): Promise<Buffer> {
  const store = join(folder, 'data/store');
  const files = await readdir(store);
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(store, file)))));
}

const secret = (name: string, value: string) => ({ metadata: { name }, stringData: { value } });
const message = ({ body }: { body: any }) => body.message;

test('secrets lie encrypted on the disk and are read again after a restart; without their key they are told to be unreadable', async () => {
  await configure([{ resources: ['secrets'], providers: [keyed('aescbc', 'key1', key1), { identity: {} }] }]);
  {
    await using running = await cluster();
    const { ask } = running;
    equal((await ask('POST', secrets, { body: secret('lost', 'hidden-text') })).status, 201);
    const plain = { metadata: { name: 'plain' }, data: { a: 'plain-text' } };
    equal((await ask('POST', '/api/v1/namespaces/default/configmaps', { body: plain })).status, 201);
  }
  const bytes = await disk();
  const marks = ['k8s:enc:aescbc:v1:key1:', Buffer.from('hidden-text').toString('base64'), 'plain-text'];
  deepStrictEqual(
    marks.map((mark) => bytes.includes(mark)),
    [true, false, true],
  );
  {
    await using running = await cluster();
    const read = await running.ask('GET', `${secrets}/lost`);
    equal(Buffer.from(read.body.data.value, 'base64').toString(), 'hidden-text');
  }
  await configure([{ resources: ['secrets'], providers: [keyed('aesgcm', 'key1', key1), { identity: {} }] }]);
  await using running = await cluster();
  const { ask } = running;
  const reason = 'no matching prefix found';
  const inList = `unable to transform key "/registry/secrets/default/lost": ${reason}`;
  const internal = (text: string) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${text}`,
    reason: 'InternalError',
    details: { causes: [{ message: text }] },
    code: 500,
  });
  const loading = `storage is (re)initializing: failed to list *core.Secret: ${inList}`;
  deepStrictEqual((await ask('GET', `${secrets}/lost`)).body, internal(reason));
  deepStrictEqual((await ask('DELETE', `${secrets}/lost`)).body, internal(reason));
  deepStrictEqual((await ask('PUT', `${secrets}/lost`, { body: secret('lost', 'y') })).body, internal(reason));
  const merge = { body: { metadata: { labels: { a: 'b' } } }, contentType: 'application/merge-patch+json' };
  deepStrictEqual((await ask('PATCH', `${secrets}/lost`, merge)).body, internal(reason));
  equal(message(await ask('POST', secrets, { body: secret('lost', 'y') })), 'secrets "lost" already exists');
  for (const query of ['', '?resourceVersion=0', '?watch=true']) {
    const { body, status, headers } = await ask('GET', secrets + query);
    deepStrictEqual([status, headers['retry-after'], body.message], [429, '1', loading]);
  }
});

test('keys are rotated while the server runs: the first one writes, the others read, and an empty update writes anew', async () => {
  await configure([{ resources: ['secrets'], providers: [{ identity: {} }] }]);
  await using running = await cluster('--encryption-provider-config-automatic-reload');
  const { ask } = running;
  const made = await ask('POST', secrets, { body: secret('old', 'plainly-written') });
  const plainMark = Buffer.from('plainly-written').toString('base64');
  ok((await disk()).includes(plainMark));
  // A dry run or a no-op changes nothing as long as the form is the newest.
  const untouched = await ask('PUT', `${secrets}/old`, { body: made.body });
  equal(untouched.body.metadata.resourceVersion, made.body.metadata.resourceVersion);

  await configure([{ resources: ['secrets'], providers: [keyed('secretbox', 'new', key1), { identity: {} }] }]);
  // The file is read at some moment after this; an update that changes nothing tells whether it has been.
  let updated = untouched;
  while (updated.body.metadata.resourceVersion === made.body.metadata.resourceVersion) {
    updated = await ask('PUT', `${secrets}/old`, { body: made.body });
    equal(updated.status, 200);
    await new Promise((resolve) => setImmediate(resolve));
  }
  ok((await disk()).includes('k8s:enc:secretbox:v1:new:'));
  const again = await ask('PUT', `${secrets}/old`, { body: updated.body });
  equal(again.body.metadata.resourceVersion, updated.body.metadata.resourceVersion);
  equal((await ask('GET', '/readyz/kms-providers')).body, 'ok');
});

test('wildcards cover groups and everything, and a custom resource is encrypted by its group', async () => {
  await configure([
    { resources: ['*.example.com', 'deployments.apps'], providers: [keyed('aesgcm', 'custom', key1)] },
    { resources: ['*.*'], providers: [keyed('aescbc', 'rest', key2)] },
  ]);
  {
    await using running = await cluster();
    const { ask } = running;
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const names = { plural: 'things', singular: 'thing', kind: 'Thing' };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const body = { metadata: { name: 'things.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions } };
    equal((await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body })).status, 201);
    let made = await ask('GET', '/apis/example.com/v1');
    while (made.status !== 200) made = await ask('GET', '/apis/example.com/v1');
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, note: 'custom-text' };
    equal((await ask('POST', '/apis/example.com/v1/namespaces/default/things', { body: thing })).status, 201);
    await ask('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'c' }, data: { a: 'config-text' } } });
  }
  const bytes = await disk();
  const marks = ['k8s:enc:aesgcm:v1:custom:', 'k8s:enc:aescbc:v1:rest:', 'custom-text', 'config-text'];
  deepStrictEqual(
    marks.map((mark) => bytes.includes(mark)),
    [true, true, false, false],
  );
  await using running = await cluster();
  equal((await running.ask('GET', '/apis/example.com/v1/namespaces/default/things/a')).body.note, 'custom-text');
});

test('a KMS plugin encrypts the seed: it is asked once a start, a new key rotates, and its absence is told', async () => {
  const socket = join(folder, 'kms.sock');
  await configure([{ resources: ['secrets'], providers: [{ kms: { apiVersion: 'v2', name: 'test', endpoint: `unix://${socket}` } }] }]);
  {
    await using plugin = await KmsPlugin.start(socket);
    await using running = await cluster();
    const { ask } = running;
    for (const name of ['a', 'b']) equal((await ask('POST', secrets, { body: secret(name, 'kms-hidden') })).status, 201);
    equal((await ask('GET', '/healthz/kms-providers')).body, 'ok');
    equal(plugin.decrypted, 0);
  }
  const bytes = await disk();
  deepStrictEqual([bytes.includes('k8s:enc:kms:v2:test:'), bytes.includes(Buffer.from('kms-hidden').toString('base64'))], [true, false]);
  {
    await using running = await cluster();
    const { ask } = running;
    equal(message(await ask('GET', `${secrets}/a`)), 'Internal error occurred: got unexpected nil transformer');
    equal(message(await ask('POST', secrets, { body: secret('c', 'x') })), 'Internal error occurred: got unexpected nil transformer');
    const health = await ask('GET', '/healthz/kms-providers');
    equal(health.status, 500);
    match(
      health.body,
      /^internal server error: failed to perform status section of the healthz check for KMS Provider test, error: rpc error: code = Unavailable/,
    );
  }
  await using plugin = await KmsPlugin.start(socket);
  plugin.keyId = 'key-2';
  plugin.forgets = true;
  {
    await using running = await cluster();
    const lost = message(await running.ask('GET', `${secrets}/a`));
    equal(lost, 'Internal error occurred: failed to decrypt DEK, error: rpc error: code = Unknown desc = no such key');
  }
  plugin.forgets = false;
  plugin.decrypted = 0;
  await using running = await cluster();
  const { ask } = running;
  const list = await ask('GET', secrets);
  deepStrictEqual(
    list.body.items.map((item: any) => item.data.value),
    ['a', 'b'].map(() => Buffer.from('kms-hidden').toString('base64')),
  );
  equal(plugin.decrypted, 1);
  const [first] = list.body.items;
  const rewritten = await ask('PUT', `${secrets}/a`, { body: first });
  ok(rewritten.body.metadata.resourceVersion !== first.metadata.resourceVersion);
  const still = await ask('PUT', `${secrets}/a`, { body: rewritten.body });
  equal(still.body.metadata.resourceVersion, rewritten.body.metadata.resourceVersion);
});
