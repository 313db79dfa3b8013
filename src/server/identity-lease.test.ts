import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lease as leases } from '../../api/coordination.k8s.io/v1/lease.ts';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { formatMicroTime, systemClock } from '../machinery/clock.ts';
import { silentLogger } from '../machinery/logger.ts';
import { seededRandom } from '../machinery/random.ts';
import { openMemoryStorage } from '../storage/memory/memory-storage.ts';
import { identityOf, startIdentityLease } from './identity-lease.ts';
import { openInProcessServer } from './testing/in-process-server.ts';

test('the name is the hash that kube-apiserver makes of the host', () => {
  assert.equal(identityOf('vm'), 'apiserver-wlv32tlttr4jl3gtroqexyxapa');
});

test('a server that starts replaces the lease of its former self, and removes those of others that have run out', async () => {
  const storage = openMemoryStorage({ clock: systemClock });
  const server = openInProcessServer(storage, definitions);
  const stopping = new AbortController();
  try {
    const client = server.client({ username: 'admin', groups: ['system:masters'] }, 'kube-apiserver');
    await client.resource<KubeObject>(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    const api = client.resource<KubeObject>(leases);
    const other = (name: string, secondsAgo: number | undefined, identity = 'kube-apiserver') =>
      api.create('kube-system', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, labels: { 'apiserver.kubernetes.io/identity': identity } },
        spec: {
          leaseDurationSeconds: 60,
          ...(secondsAgo === undefined ? {} : { renewTime: formatMicroTime(systemClock.now() - secondsAgo * 1000) }),
        },
      });
    const former = await other(identityOf('host'), 1);
    await other('alive', 30);
    await other('dead', 90);
    await other('never-renewed', undefined);
    await other('not-a-server', 90, 'another');
    const parts = { client, clock: systemClock, random: seededRandom(1), logger: silentLogger };
    await startIdentityLease({ ...parts, hostname: 'host', address: '10.0.0.1:6443' }, stopping.signal);
    const { items } = await api.list('kube-system');
    assert.deepEqual(items.map(({ metadata }) => metadata!.name).sort(), ['alive', identityOf('host'), 'not-a-server']);
    const own = items.find(({ metadata }) => metadata!.name === identityOf('host'))!;
    assert.notEqual(own.metadata!.uid, former.metadata!.uid);
    assert.match(own['spec'].holderIdentity, new RegExp(`^${identityOf('host')}_[-0-9a-f]{36}$`));
    assert.equal(own.metadata!.annotations!['kubernetes.io/peer-advertise-address'], '10.0.0.1:6443');
  } finally {
    stopping.abort();
    await server[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }
});
