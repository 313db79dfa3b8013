import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { namespace } from '../../../api/core/v1/namespace.ts';
import { service as services } from '../../../api/core/v1/service.ts';
import { definitions } from '../../../api/index.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { ipAddress } from '../../../api/networking.k8s.io/v1/ipaddress.ts';
import { systemClock } from '../../machinery/clock.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { openInProcessServer } from '../../server/testing/in-process-server.ts';
import { openMemoryStorage } from '../../storage/memory/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';

const admin = { username: 'admin', groups: ['system:masters'] };

function open(storage: Storage, seed: number): ApiServer {
  const settings = { serviceClusterIPRanges: ['10.0.0.0/26'], nodePortRange: [30000, 30039] as const };
  return openInProcessServer(storage, definitions, () => [], { seed, settings });
}

let storage: Storage;
let servers: ApiServer[];
beforeEach(async () => {
  storage = openMemoryStorage({ clock: systemClock });
  servers = [open(storage, 1), open(storage, 1)];
  await servers[0]!
    .client(admin)
    .resource(namespace)
    .create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
});
afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

const service = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type: 'NodePort', ports: [{ port: 80 }], ...spec },
});
const of = (i: number) => servers[i]!.client(admin).resource<KubeObject>(services);
const addresses = async () =>
  (await servers[0]!.client(admin).resource<KubeObject>(ipAddress).list('')).items.map((item) => item.metadata!.name);

test('two servers with the same luck give no address and no port twice', async () => {
  const made = await Promise.all(Array.from({ length: 40 }, (_, i) => of(i % 2).create('one', service(`s${i}`))));
  assert.equal(new Set(made.map((s) => s['spec'].clusterIP)).size, 40);
  assert.equal(new Set(made.map((s) => s['spec'].ports[0].nodePort)).size, 40);
  await assert.rejects(of(0).create('one', service('more')), { code: 500, message: /failed to allocate a nodePort: range is full/ });
  assert.equal((await addresses()).length, 40);
});

test('what a failed create took is given back', async () => {
  await of(0).create('one', service('a', { clusterIP: '10.0.0.5', ports: [{ port: 80, nodePort: 30001 }] }));
  await assert.rejects(of(1).create('one', service('a', { clusterIP: '10.0.0.6', ports: [{ port: 80, nodePort: 30002 }] })), { code: 409 });
  assert.deepEqual(await addresses(), ['10.0.0.5']);
  await of(1).create('one', service('b', { clusterIP: '10.0.0.6', ports: [{ port: 80, nodePort: 30002 }] }));
  await assert.rejects(of(0).create('one', service('c', { clusterIP: '10.0.0.5' })), {
    code: 422,
    message: /failed to allocate IP 10\.0\.0\.5: provided IP is already allocated/,
  });
});

test('an update keeps what it does not speak of, a delete gives all back', async () => {
  const made = await of(0).create('one', service('a'));
  const { clusterIP, ports } = made['spec'];
  const updated = await of(1).update('one', service('a'));
  assert.deepEqual([updated['spec'].clusterIP, updated['spec'].ports[0].nodePort], [clusterIP, ports[0].nodePort]);
  const inner = await of(0).update('one', service('a', { type: 'ClusterIP' }));
  assert.equal(inner['spec'].ports[0].nodePort, undefined);
  await of(1).create('one', service('b', { ports: [{ port: 80, nodePort: ports[0].nodePort }] }));
  await of(0).delete('one', 'a');
  assert.equal((await addresses()).includes(clusterIP), false);
});

test('a dry run takes nothing', async () => {
  await of(0).create('one', service('a'), { dryRun: true });
  assert.deepEqual(await addresses(), []);
});
