import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Connection } from './differential/connection.ts';
import { startCluster } from './harness/cluster.ts';
import { bundledTool } from './harness/tools.ts';

const ranges = ['--service-cluster-ip-range', 'fd00:10:96::/112,10.96.0.0/16', '--cluster-cidr', 'fd00:10:244::/56,10.244.0.0/16'];

test('with a range of each family, nodes, pods and Services have addresses of both', { timeout: 60_000 }, async () => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '1', ...ranges] });
  const kubectl = await bundledTool('kubectl');
  const connection = new Connection(cluster.kubeconfig);
  const get = async (path: string) => (await connection.send({ method: 'GET', path })).body as any;
  const create = (path: string, body: object) =>
    connection.send({ method: 'POST', path, body: JSON.stringify(body), contentType: 'application/json' });

  const spec = { containers: [{ name: 'c', image: 'nginx' }], tolerations: [{ operator: 'Exists' }] };
  await create('/api/v1/namespaces/default/pods', { metadata: { name: 'web', labels: { app: 'web' } }, spec: { ...spec } });
  const of = { ports: [{ port: 80 }], selector: { app: 'web' } };
  const services = '/api/v1/namespaces/default/services';
  const wide = await create(services, { metadata: { name: 'wide' }, spec: { ...of, ipFamilyPolicy: 'RequireDualStack' } });
  const lone = await create(services, { metadata: { name: 'lone' }, spec: { ...of, ipFamilies: ['IPv4'] } });
  await promisify(execFile)(kubectl, ['wait', '--for=condition=Ready', 'pod/web', '--timeout=30s'], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
  });

  const node = await get('/api/v1/nodes/node-1');
  deepEqual(node.spec.podCIDRs, ['fd00:10:244::/64', '10.244.0.0/24']);
  const internal = node.status.addresses.filter(({ type }: any) => type === 'InternalIP').map(({ address }: any) => address);
  deepEqual(internal, ['fc00:f853:ccd:e793::2', '172.18.0.2']);
  const { status } = await get('/api/v1/namespaces/default/pods/web');
  deepEqual(status.podIPs, [{ ip: 'fd00:10:244::1' }, { ip: '10.244.0.1' }]);
  deepEqual(
    status.hostIPs,
    internal.map((ip: string) => ({ ip })),
  );
  equal(status.podIP, 'fd00:10:244::1');
  deepEqual((wide.body as any).spec.ipFamilies, ['IPv6', 'IPv4']);
  deepEqual(
    (wide.body as any).spec.clusterIPs.map((ip: string) => ip.replace(/[^.:]+(\.[^.]+)?$/, '')),
    ['fd00:10:96::', '10.96.'],
  );
  deepEqual((lone.body as any).spec.ipFamilies, ['IPv4']);
  const own = await get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
  deepEqual([own.addressType, own.endpoints[0].addresses], ['IPv6', ['fc00:f853:ccd:e793::1']]);
  const cidr = await get('/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
  deepEqual(cidr.spec.cidrs, ['fd00:10:96::/112', '10.96.0.0/16']);
  connection.close();
});
