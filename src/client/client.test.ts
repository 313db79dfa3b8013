import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { systemClock } from '../machinery/clock.ts';
import { ApiError } from '../registry/errors.ts';
import { startTestServer, type TestServer } from '../server/testing/test-server.ts';
import { things } from '../server/testing/things.ts';
import type { Client, WatchEvent } from './client.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import { createInProcessClient } from './in-process.ts';

const thing = (name: string, size: number): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, size });

/** The same conversation through any client. */
function clientSuite(title: string, open: (server: TestServer, user: string) => Promise<{ client: Client; close?: () => Promise<void> }>) {
  describe(title, () => {
    let server: TestServer;
    let client: Client;
    let close: (() => Promise<void>) | undefined;
    before(async () => {
      server = await startTestServer();
      ({ client, close } = await open(server, 'admin'));
    });
    after(async () => {
      await close?.();
      await server[Symbol.asyncDispose]();
    });

    test('create, get, update, patch, list and delete', async () => {
      const resource = client.resource(things);
      const given = thing('a', 1);
      const created = await resource.create('x', given);
      assert.equal(created.metadata?.namespace, 'x');
      assert.deepEqual(given, thing('a', 1));
      assert.deepEqual(await resource.get('x', 'a'), created);
      assert.equal((await resource.update('x', { ...created, size: 2 }))['size'], 2);
      assert.equal((await resource.patch('x', 'a', 'application/merge-patch+json', { size: 3 }))['size'], 3);
      const list = await resource.list('x');
      assert.deepEqual(list.items, [await resource.get('x', 'a')]);
      assert.match(list.metadata.resourceVersion, /^\d+$/);
      assert.equal((await resource.delete('x', 'a'))['status'], 'Success');
      assert.deepEqual((await resource.list('x')).items, []);
    });

    test('failures are ApiErrors', async () => {
      const resource = client.resource(things);
      const failure = async (promise: Promise<unknown>) => {
        const error = await promise.then(
          () => assert.fail('should fail'),
          (reason) => reason,
        );
        assert.ok(error instanceof ApiError, String(error));
        return [error.code, error.reason, error.message, error.details];
      };
      assert.deepEqual(await failure(resource.get('x', 'none')), [
        404,
        'NotFound',
        'things "none" not found',
        { name: 'none', kind: 'things' },
      ]);
      await resource.create('x', thing('twice', 1));
      assert.equal((await failure(resource.create('x', thing('twice', 1))))[1], 'AlreadyExists');
      const other = await open(server, 'bob');
      assert.deepEqual(await failure(other.client.resource(things).list('y')), [
        403,
        'Forbidden',
        'things is forbidden: User "bob" cannot list resource "things" in API group "" in the namespace "y"',
        { kind: 'things' },
      ]);
      const watched = other.client.resource(things).watch('y', {}, AbortSignal.timeout(5000));
      assert.equal((await failure(watched[Symbol.asyncIterator]().next()))[0], 403);
      await other.close?.();
    });

    test('watch delivers events in order and ends when it is aborted', async () => {
      const resource = client.resource(things);
      const controller = new AbortController();
      const seen: string[] = [];
      for await (const event of resource.watch('w', {}, controller.signal)) {
        if (event.object.metadata?.namespace !== 'w') {
          await resource.create('w', thing('one', 1));
          continue;
        }
        seen.push(`${event.type} ${event.object.metadata?.name} ${event.object['size']}`);
        if (event.type === 'ADDED') await resource.patch('w', 'one', 'application/merge-patch+json', { size: 2 });
        if (event.type === 'MODIFIED') await resource.delete('w', 'one');
        if (event.type === 'DELETED') controller.abort();
      }
      assert.deepEqual(seen, ['ADDED one 1', 'MODIFIED one 2', 'DELETED one 2']);
    });

    test('a watch that its reader leaves is stopped at the server', async () => {
      const resource = client.resource(things);
      const first: WatchEvent<KubeObject>[] = [];
      for await (const event of resource.watch('', {}, new AbortController().signal)) {
        first.push(event);
        break;
      }
      assert.equal(first[0]?.type, 'ADDED');
      while (server.store.sinks.size > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  });
}

clientSuite('in-process client', async (server, username) => ({
  client: createInProcessClient(server.chain.inProcess, { username, groups: [] }, { clock: systemClock }),
}));

clientSuite('HTTP client with a token', async (server, token) => {
  const client: HttpClient = createHttpClient({ server: server.url, certificateAuthority: server.keys.authority.certificate, token });
  return { client, close: () => client.close() };
});

clientSuite('HTTP client with a certificate', async (server, username) => {
  const { admin, authority } = server.keys;
  const proof = username === 'admin' ? { clientKey: admin.key, clientCertificate: admin.certificate } : { token: username };
  const client = createHttpClient({ server: server.url, certificateAuthority: authority.certificate, ...proof });
  return { client, close: () => client.close() };
});
