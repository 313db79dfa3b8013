import { deepEqual, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { configMap } from '../../api/core/v1/configmap.ts';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { silentLogger } from '../../src/machinery/logger.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { createInformers } from '../../src/runtime/informers.ts';
import { openInProcessServer } from '../../src/server/testing/in-process-server.ts';
import { openMemoryStorage } from '../../src/storage/memory/memory-storage.ts';

test('an informer that is dropped tells that its objects are gone, and who asks again gets one that knows what there is', async () => {
  await using storage = openMemoryStorage({ clock: systemClock });
  await using server = openInProcessServer(storage, definitions);
  const client = server.client({ username: 'admin', groups: ['system:masters'] });
  const stopping = new AbortController();
  await using informers = createInformers(client, {
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    signal: stopping.signal,
  });
  await client.resource({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', scope: 'Cluster' }).create('', {
    metadata: { name: 'default' },
  } as KubeObject);
  await client.resource(configMap).create('default', { metadata: { name: 'one' } } as KubeObject);
  informers.start();
  const first = informers.for(configMap);
  const told: string[] = [];
  first.addHandler({
    added: ({ metadata }) => told.push(`added ${metadata!.name}`),
    deleted: ({ metadata }) => told.push(`deleted ${metadata!.name}`),
  });
  await first.synced();
  const dropped = informers.drop(configMap);
  deepEqual(told, ['added one', 'deleted one']);
  const second = informers.for(configMap);
  notEqual(second, first);
  await second.synced();
  deepEqual(second.get('default', 'one')?.metadata?.name, 'one');
  await dropped;
  stopping.abort();
});
