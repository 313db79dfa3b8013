import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { event as events } from '../../../api/core/v1/event.ts';
import { namespace } from '../../../api/core/v1/namespace.ts';
import { service as services } from '../../../api/core/v1/service.ts';
import { definitions } from '../../../api/index.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { ipAddress } from '../../../api/networking.k8s.io/v1/ipaddress.ts';
import { serviceCIDR } from '../../../api/networking.k8s.io/v1/servicecidr.ts';
import type { ResourceClient } from '../../client/client.ts';
import { systemClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { seededRandom } from '../../machinery/random.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { startAddressRepair } from '../../server/service-address-repair.ts';
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

async function untilShown(
  api: ResourceClient<KubeObject>,
  namespace: string,
  matches: (object: KubeObject) => boolean,
): Promise<KubeObject> {
  for await (const { object } of api.watch(namespace, {}, AbortSignal.timeout(20_000))) if (matches(object)) return object;
  throw new Error('it never came');
}

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

test('addresses come from every ServiceCIDR that is ready, and are put right where users took them away', async () => {
  const client = servers[0]!.client(admin);
  const range = (name: string, cidr: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs: [cidr] },
  });
  const refused = { code: 422, message: /failed to allocate IP 10\.9\.0\.1: the provided network does not match the current range/ };
  await assert.rejects(of(0).create('one', service('early', { clusterIP: '10.9.0.1' })), refused);
  const ranges = client.resource<KubeObject>(serviceCIDR);
  await ranges.create('', range('kubernetes', '10.0.0.0/26'));
  await ranges.create('', range('more', '10.9.0.0/30'));
  const given = await of(1).create('one', service('a', { clusterIP: '10.9.0.1' }));
  assert.equal(given['spec'].clusterIP, '10.9.0.1');
  const full = await Promise.all(Array.from({ length: 62 }, (_, i) => of(i % 2).create('one', service(`s${i}`, { type: 'ClusterIP' }))));
  assert.equal(full.filter((s) => s['spec'].clusterIP.startsWith('10.0.0.')).length, 62);
  assert.equal((await of(0).create('one', service('last', { type: 'ClusterIP' })))['spec'].clusterIP, '10.9.0.2');
  await assert.rejects(of(0).create('one', service('none', { type: 'ClusterIP' })), { code: 500, message: /range is full/ });
  const api = client.resource<KubeObject>(ipAddress);
  await api.delete('', '10.9.0.2');
  const aborting = new AbortController();
  const context = { clock: systemClock, random: seededRandom(7), logger: silentLogger, signal: aborting.signal };
  // Events of what has no namespace stand in it.
  await client.resource(namespace).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  await using _repair = startAddressRepair(client, context, 'here');
  await untilShown(client.resource<KubeObject>(ipAddress), '', ({ metadata }) => metadata!.name === '10.9.0.2');
  assert.equal((await api.get('', '10.9.0.2'))['spec'].parentRef.name, 'last');
  const told = await untilShown(client.resource<KubeObject>(events), 'one', ({ reason }) => reason === 'ClusterIPNotAllocated');
  assert.deepEqual([told['message'], told['action']], ['Cluster IP [IPv4]: 10.9.0.2 is not allocated; repairing', 'ClusterIPAllocation']);
  const labels = { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };
  const parentRef = { group: 'gateway.networking.k8s.io', resource: 'gateways', namespace: 'one', name: 'g' };
  await api.create('', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '10.9.0.7', labels },
    spec: { parentRef },
  });
  const cleaned = await untilShown(client.resource<KubeObject>(events), 'default', ({ reason }) => reason === 'IPAddressNotAllocated');
  const reference = '&ParentReference{Group:gateway.networking.k8s.io,Resource:gateways,Namespace:one,Name:g,}';
  assert.equal(cleaned['message'], `IPAddress 10.9.0.7 appears to have been modified, not referencing a Service ${reference}: cleaning up`);
  aborting.abort();
});

test('an update that would give two ports of a protocol one node port fails without a Status of its own', async () => {
  const made = await of(0).create('one', service('twice'));
  const port = made['spec'].ports[0];
  const ports = [port, { ...port, name: 'again' }];
  await assert.rejects(of(0).update('one', { ...made, spec: { ...made['spec'], ports } }), {
    code: 500,
    reason: '',
    message: `duplicate nodePort: {TCP ${port.nodePort}}`,
  });
  // Only ports of a new Service share one by their number.
  const { nodePort: _, ...other } = port;
  const both = [
    { ...port, name: 'tcp' },
    { ...other, name: 'udp', protocol: 'UDP' },
  ];
  const updated = await of(0).update('one', { ...made, spec: { ...made['spec'], ports: both } });
  assert.notEqual(updated['spec'].ports[1].nodePort, port.nodePort);
});
