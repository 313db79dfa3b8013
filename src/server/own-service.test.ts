import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lease as leases } from '../../api/coordination.k8s.io/v1/lease.ts';
import { endpoints as endpointsResource } from '../../api/core/v1/endpoints.ts';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { service as services } from '../../api/core/v1/service.ts';
import { endpointSlice as slices } from '../../api/discovery.k8s.io/v1/endpointslice.ts';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { formatMicroTime, systemClock } from '../machinery/clock.ts';
import { openMemoryStorage } from '../storage/memory/memory-storage.ts';
import { keepOwnService } from './own-service.ts';
import { openInProcessServer } from './testing/in-process-server.ts';

test('the Service kubernetes comes again with its endpoints, whose addresses are those of the servers that are there', async () => {
  const server = openInProcessServer(openMemoryStorage({ clock: systemClock }), definitions);
  const client = server.client({ username: 'admin', groups: ['system:masters'] }, 'kube-apiserver');
  const parts = { client, serviceClusterIPRanges: ['10.96.0.0/16'], advertiseAddress: '10.0.0.1', port: 6443, clock: systemClock };
  for (const name of ['default', 'kube-system'])
    await client.resource<KubeObject>(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const endpoints = client.resource<KubeObject>(endpointsResource);
  const slice = client.resource<KubeObject>(slices);
  const shown = async () => {
    const [subset] = (await endpoints.get('default', 'kubernetes'))['subsets'];
    const { endpoints: list, ports, metadata } = await slice.get('default', 'kubernetes');
    const inSlice = (list as { addresses: string[] }[]).flatMap(({ addresses }) => addresses);
    assert.deepEqual(
      inSlice,
      subset.addresses.map(({ ip }: { ip: string }) => ip),
    );
    assert.deepEqual(ports, subset.ports);
    assert.deepEqual(metadata!.labels, { 'kubernetes.io/service-name': 'kubernetes' });
    return [inSlice, subset.ports[0].port];
  };

  await keepOwnService(parts, 'with its ports');
  assert.deepEqual(await shown(), [['10.0.0.1'], 6443]);
  const { metadata } = await endpoints.get('default', 'kubernetes');
  await keepOwnService(parts);
  assert.equal((await endpoints.get('default', 'kubernetes')).metadata!.resourceVersion, metadata!.resourceVersion);

  const merge = 'application/merge-patch+json';
  const byHand = { subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ name: 'https', port: 7 }] }] };
  await endpoints.patch('default', 'kubernetes', merge, byHand);
  await slice.patch('default', 'kubernetes', merge, { metadata: { labels: { own: 'x' } } });
  await keepOwnService(parts);
  assert.deepEqual(await shown(), [['10.0.0.1'], 7]);
  await keepOwnService(parts, 'with its ports');
  assert.deepEqual(await shown(), [['10.0.0.1'], 6443]);

  const heard = (name: string, address: string, secondsAgo: number) =>
    client.resource<KubeObject>(leases).create('kube-system', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver' },
        annotations: { 'kubernetes.io/peer-advertise-address': address },
      },
      spec: { leaseDurationSeconds: 3600, renewTime: formatMicroTime(systemClock.now() - secondsAgo * 1000) },
    });
  await heard('another', '10.0.0.2:6443', 5);
  await heard('gone', '10.0.0.3:6443', 90);
  await keepOwnService(parts);
  assert.deepEqual(await shown(), [['10.0.0.1', '10.0.0.2'], 6443]);

  await client.resource(services).delete('default', 'kubernetes');
  await endpoints.delete('default', 'kubernetes');
  await slice.delete('default', 'kubernetes');
  await keepOwnService(parts);
  assert.equal((await client.resource<KubeObject>(services).get('default', 'kubernetes'))['spec'].clusterIP, '10.96.0.1');
  assert.deepEqual(await shown(), [['10.0.0.1', '10.0.0.2'], 6443]);
});
