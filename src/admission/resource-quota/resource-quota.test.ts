import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { configMap } from '../../../api/core/v1/configmap.ts';
import { namespace } from '../../../api/core/v1/namespace.ts';
import { resourceQuota } from '../../../api/core/v1/resourcequota.ts';
import { definitions } from '../../../api/index.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { systemClock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { openInProcessServer } from '../../server/testing/in-process-server.ts';
import { openMemoryStorage } from '../../storage/memory/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import { resourceQuotaPlugin } from './resource-quota.ts';

const admin = { username: 'admin', groups: ['system:masters'] };

function open(storage: Storage): ApiServer {
  const server: ApiServer = openInProcessServer(storage, definitions, ({ lookup }) => [
    resourceQuotaPlugin(
      lookup,
      {
        read: (space, name) => quotas(server).get(space, name),
        updateStatus: (quota) => quotas(server).update(quota.metadata!.namespace!, quota, { subresource: 'status' }),
      },
      systemClock,
    ),
  ]);
  return server;
}

const quotas = (server: ApiServer) => server.client(admin).resource(resourceQuota);
const maps = (server: ApiServer) => server.client(admin).resource(configMap);
const limit = 20;

let storage: Storage;
let servers: [ApiServer, ApiServer];

async function makeQuota(name: string, hard: Record<string, string>, used: Record<string, string>): Promise<void> {
  const quota: KubeObject = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } };
  const made = await quotas(servers[0]).create('one', quota);
  await quotas(servers[0]).update('one', { ...made, status: { hard, used } }, { subresource: 'status' });
}

beforeEach(async () => {
  storage = openMemoryStorage({ clock: systemClock });
  servers = [open(storage), open(storage)];
  await servers[0]
    .client(admin)
    .resource(namespace)
    .create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
  await makeQuota('a', { 'count/configmaps': String(limit) }, { 'count/configmaps': '0' });
  await makeQuota('b', { configmaps: '100', pods: '3' }, { configmaps: '0', pods: '0' });
});
afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

/** Creates one, as clients do: again after a conflict. @returns the reason of the refusal */
async function create(server: ApiServer, name: string): Promise<string | undefined> {
  for (;;) {
    try {
      await maps(server).create('one', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
      return undefined;
    } catch (error) {
      const { reason, message } = error as { reason: string; message: string };
      if (reason !== 'Conflict') return message.replace(`"${name}"`, '"…"').replace(/used: [^,]+/, 'used: …');
    }
  }
}

const used = async (name: string) => (await quotas(servers[0]).get('one', name)).status.used;

for (const { title, serverOf } of [
  { title: 'one API server', serverOf: () => servers[0] },
  { title: 'two API servers', serverOf: (i: number) => servers[i % 2]! },
]) {
  test(`no more is let pass than a quota allows, and all of it is booked: ${title}`, async () => {
    const answers = await Promise.all(Array.from({ length: 3 * limit }, (_, i) => create(serverOf(i), `m${i}`)));
    const refused = answers.filter((answer) => answer !== undefined);
    assert.equal(answers.length - refused.length, limit);
    assert.deepStrictEqual(
      [...new Set(refused)],
      ['configmaps "…" is forbidden: exceeded quota: a, requested: count/configmaps=1, used: …, limited: count/configmaps=20'],
    );
    assert.equal((await maps(servers[0]).list('one')).items.length, limit);
    assert.deepStrictEqual(await used('a'), { 'count/configmaps': String(limit) });
  });
}

test('each quota that counts an object is booked, in one write for all that wait', async () => {
  const before = Number((await quotas(servers[0]).get('one', 'b')).metadata!.resourceVersion);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => create(servers[0], `m${i}`)));
  assert.deepStrictEqual(new Set(answers), new Set([undefined]));
  assert.deepStrictEqual([await used('a'), await used('b')], [{ 'count/configmaps': '10' }, { configmaps: '10', pods: '0' }]);
  const after = Number((await quotas(servers[0]).get('one', 'b')).metadata!.resourceVersion);
  // Ten maps, and far fewer than twenty writes of quotas.
  assert.ok(after - before < 20, `${after - before} revisions`);
});

test('what a quota limits and nobody has counted yet is refused', async () => {
  const hard = { 'count/configmaps': '5' };
  const made = await quotas(servers[0]).create('one', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'c' }, spec: { hard } });
  assert.equal(await create(servers[0], 'early'), undefined);
  await quotas(servers[0]).update('one', { ...made, status: { hard } }, { subresource: 'status' });
  assert.equal(await create(servers[0], 'late'), 'configmaps "…" is forbidden: status unknown for quota: c, resources: count/configmaps');
});
