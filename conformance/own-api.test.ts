import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from './differential/connection.ts';
import { startCluster } from './harness/cluster.ts';

test("Orrery's own API answers, and refuses what its document does not allow", { timeout: 60_000 }, async () => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '1'] });
  const connection = new Connection(cluster.kubeconfig);
  const ask = async (method: string, path: string, body?: string) => {
    const { status, body: answer } = await connection.send({ method, path: `/orrery/v1${path}`, ...(body === undefined ? {} : { body }) });
    return [status, (answer as { message?: string }).message ?? answer];
  };
  const scale = '/apis/apps/v1/namespaces/default/deployments/web/scale';
  deepEqual(
    [
      await ask('GET', '/info'),
      await ask('GET', `/operation?method=put&path=${encodeURIComponent(scale)}`),
      await ask('GET', '/operation?method=get&path=/nowhere'),
      await ask('GET', '/operation?method=get'),
      await ask('GET', '/nodes/node-1/kubelet'),
      await ask('PUT', '/nodes/node-1/kubelet', '{"running":false}'),
      await ask('GET', '/nodes/node-1/kubelet'),
      await ask('PUT', '/nodes/node-1/kubelet', '{"running":true}'),
      await ask('PUT', '/nodes/none/kubelet', '{"running":true}'),
      await ask('PUT', '/nodes/node-1/kubelet', '{"running":1,"more":2}'),
      await ask('DELETE', '/info'),
      await ask('GET', '/nothing'),
    ],
    [
      [200, { name: 'Orrery', kubernetes: 'v1.36.3', nodes: 1 }],
      [
        200,
        {
          operationId: 'replaceAppsV1NamespacedDeploymentScale',
          action: 'put',
          group: 'apps',
          version: 'v1',
          resource: 'deployments',
          kind: 'Deployment',
          subresource: 'scale',
          namespace: 'default',
          name: 'web',
        },
      ],
      [404, 'operations "GET /nowhere" not found'],
      [400, "query must have required property 'path'"],
      [200, { running: true }],
      [200, { running: false }],
      [200, { running: false }],
      [200, { running: true }],
      [404, 'nodes "none" not found'],
      [400, 'requestBody must NOT have additional properties'],
      [405, 'DELETE is not supported for /orrery/v1/info'],
      [404, 'operations "GET /orrery/v1/nothing" not found'],
    ],
  );
  const [status, message] = await ask('PUT', '/nodes/node-1/kubelet', '{"running":');
  deepEqual(status, 400);
  match(String(message), /JSON/);
});
