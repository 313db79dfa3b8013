import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from './differential/connection.ts';
import { startCluster } from './harness/cluster.ts';

// More nodes than requests that the server takes at a time.
test('a thousand nodes are registered when the cluster is ready', { timeout: 60_000 }, async () => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '1000'] });
  const connection = new Connection(cluster.kubeconfig);
  const { body } = await connection.send({ method: 'GET', path: '/api/v1/nodes' });
  equal((body as { items: unknown[] }).items.length, 1000);
  connection.close();
});
