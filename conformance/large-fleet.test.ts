import { equal, ok } from 'node:assert/strict';
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

// Each node's kubelet writes it while its taint is to be taken away, and the controller's queue lets only a hundred nodes try again at once.
test('nodes that a user makes one after the other lose their taints as soon as they are ready', { timeout: 60_000 }, async () => {
  const count = 250;
  await using cluster = await startCluster({ flags: ['--nodes', '0'] });
  const connection = new Connection(cluster.kubeconfig);
  const free = new Set<string>();
  let allFree = () => {};
  const all = new Promise<void>((resolve) => (allFree = resolve));
  const watch = connection.watch('/api/v1/nodes?watch=true', (events) => {
    const { metadata, spec } = events.at(-1)!.object;
    if (!spec.taints) free.add(metadata.name);
    if (free.size === count) allFree();
  });
  await watch.opened;
  for (let index = 0; index < count; index++) {
    const metadata = { name: `fake-${index}`, annotations: { 'kwok.x-k8s.io/node': 'fake' } };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata });
    equal((await connection.send({ method: 'POST', path: '/api/v1/nodes', body })).status, 201);
  }
  ok(free.size > (count * 3) / 4, `${free.size} of ${count} nodes are free of taints when the last one is made`);
  await all;
  watch.stop();
  connection.close();
});
