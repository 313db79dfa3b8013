import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defineResource } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { systemClock } from '../machinery/clock.ts';
import { openMemoryStorage } from '../storage/memory/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import type { ApiServer } from './api-server.ts';
import { openInProcessServer } from './testing/in-process-server.ts';

const configMaps = defineResource({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ConfigMap',
});
const namespaces = defineResource({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'Cluster',
  schema: 'io.k8s.api.core.v1.Namespace',
  returnsDeletedObject: true,
  staged: {
    mark: (object: KubeObject) => {
      object['status'] = { ...object['status'], phase: 'Terminating' };
    },
    holds: (object: KubeObject) => (object['spec']?.finalizers?.length ?? 0) > 0,
  },
});

describe('verbs in process', () => {
  let storage: Storage;
  let server: ApiServer;
  const admin = { username: 'admin', groups: ['system:masters'] };
  before(() => {
    storage = openMemoryStorage({ clock: systemClock });
    server = openInProcessServer(storage, [configMaps, namespaces]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });
  const cms = () => server.client(admin).resource(configMaps);
  const cm = (name: string, more: Partial<KubeObject> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'one' },
    data: { a: '1' },
    ...more,
  });

  test('create needs its namespace', async () => {
    await assert.rejects(cms().create('one', cm('a')), { code: 404, message: 'namespaces "one" not found' });
    await server
      .client(admin)
      .resource(namespaces)
      .create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
  });

  test('create, get, list', async () => {
    const created = await cms().create('one', cm('a'));
    assert.equal(created.metadata?.namespace, 'one');
    assert.match(created.metadata!.uid!, /^[0-9a-f-]{36}$/);
    assert.deepEqual(await cms().get('one', 'a'), created);
    assert.deepEqual(await cms().get('one', 'a', { resourceVersion: created.metadata!.resourceVersion! }), created);
    const list = await cms().list('one');
    assert.deepEqual(list.items, [created]);
    assert.equal(list.metadata.resourceVersion, created.metadata!.resourceVersion);
    await assert.rejects(cms().create('one', cm('a')), { code: 409, message: 'configmaps "a" already exists' });
    await assert.rejects(cms().get('one', 'none'), { code: 404, message: 'configmaps "none" not found' });
  });

  test('names are generated', async () => {
    const created = await cms().create('one', cm('', { metadata: { generateName: 'gen-' } }));
    assert.match(created.metadata!.name!, /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    await cms().delete('one', created.metadata!.name!);
  });

  test('update: conflict, no-op, change', async () => {
    const stored = await cms().get('one', 'a');
    assert.deepEqual(await cms().update('one', stored), stored);
    const changed = await cms().update('one', { ...stored, data: { a: '2' } });
    assert.notEqual(changed.metadata!.resourceVersion, stored.metadata!.resourceVersion);
    await assert.rejects(cms().update('one', { ...stored, data: { a: '3' } }), { code: 409, reason: 'Conflict' });
    await assert.rejects(cms().update('one', cm('none')), { code: 404 });
  });

  test('patch: merge, json, apply', async () => {
    const merged = await cms().patch('one', 'a', 'application/merge-patch+json', { data: { b: '1' } });
    assert.deepEqual(merged['data'], { a: '2', b: '1' });
    const patched = await cms().patch('one', 'a', 'application/json-patch+json', [{ op: 'remove', path: '/data/b' }]);
    assert.deepEqual(patched['data'], { a: '2' });
    const applied = await cms().patch('one', 'b', 'application/apply-patch+yaml', cm('b'), { fieldManager: 'me' });
    assert.equal(applied.metadata!.managedFields?.[0]?.manager, 'me');
    assert.equal(applied.metadata!.managedFields?.[0]?.operation, 'Apply');
  });

  test('chunked list', async () => {
    const first = await cms().list('one', { limit: 1 });
    assert.equal(first.items.length, 1);
    assert.equal(first.metadata.remainingItemCount, 1);
    const second = await cms().list('one', { limit: 1, continue: first.metadata.continue! });
    assert.deepEqual([first.items[0]!.metadata!.name, second.items[0]!.metadata!.name], ['a', 'b']);
    assert.equal(second.metadata.continue, undefined);
  });

  test('watch sees what happens', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of cms().watch('one', {}, abort.signal)) {
        seen.push(`${event.type} ${event.object.metadata!.name}`);
        if (seen.length === 2) await cms().create('one', cm('c'));
        if (event.type === 'ADDED' && event.object.metadata!.name === 'c') await cms().delete('one', 'c');
        if (event.type === 'DELETED') abort.abort();
      }
    })();
    await watching;
    assert.deepEqual(seen, ['ADDED a', 'ADDED b', 'ADDED c', 'DELETED c']);
  });

  test('delete: finalizers, preconditions, dry run', async () => {
    await cms().create('one', cm('f', { metadata: { name: 'f', finalizers: ['example.com/x'] } }));
    await assert.rejects(cms().delete('one', 'f', { preconditions: { uid: 'other' } }), { code: 409 });
    const marked = await cms().delete('one', 'f');
    assert.equal(marked.kind, 'ConfigMap');
    assert.ok(marked.metadata!.deletionTimestamp);
    assert.equal(marked.metadata!.deletionGracePeriodSeconds, 0);
    const gone = await cms().patch('one', 'f', 'application/merge-patch+json', { metadata: { finalizers: null } });
    assert.equal(gone.kind, 'ConfigMap');
    await assert.rejects(cms().get('one', 'f'), { code: 404 });
    assert.equal((await cms().delete('one', 'a', { dryRun: true }))['status'], 'Success');
    assert.equal((await cms().get('one', 'a')).metadata!.name, 'a');
  });

  test('deletecollection', async () => {
    await cms().deleteCollection('one');
    assert.deepEqual((await cms().list('one')).items, []);
  });
});
