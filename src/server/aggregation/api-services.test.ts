import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiService } from '../../../api/apiregistration.k8s.io/v1/apiservice.ts';
import { defineResource } from '../../../api/define.ts';
import type { APIService } from '../../../openapi/types.ts';
import { systemClock } from '../../machinery/clock.ts';
import { openMemoryStorage } from '../../storage/memory/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ApiServer } from '../api-server.ts';
import { openInProcessServer } from '../testing/in-process-server.ts';

const configMaps = defineResource({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ConfigMap',
});
const widgets = {
  ...configMaps,
  group: 'example.com',
  plural: 'widgets',
  kind: 'Widget',
  documentation: { schema: undefined, selectableFields: [], fingerprint: '1' },
};

describe('APIServices', () => {
  let storage: Storage;
  let server: ApiServer;
  const stopping = new AbortController();
  before(async () => {
    storage = openMemoryStorage({ clock: systemClock });
    server = openInProcessServer(storage, [configMaps, apiService]);
    await server.aggregate(stopping.signal);
  });
  after(async () => {
    stopping.abort();
    await server[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });
  const services = () => server.client({ username: 'admin', groups: ['system:masters'] }).resource<APIService>(apiService);
  /** Follows them until a state satisfies, and returns it by name. */
  const until = async (satisfies: (known: ReadonlyMap<string, APIService>) => boolean) => {
    const { items, metadata } = await services().list('');
    const known = new Map(items.map((item) => [item.metadata!.name!, item]));
    if (satisfies(known)) return known;
    for await (const { type, object } of services().watch('', { resourceVersion: metadata.resourceVersion }, AbortSignal.timeout(10_000))) {
      if (type === 'DELETED') known.delete(object.metadata!.name!);
      else known.set(object.metadata!.name!, object);
      if (satisfies(known)) return known;
    }
    return assert.fail('the watch ended before');
  };
  const isAvailable = (name: string) => (known: ReadonlyMap<string, APIService>) =>
    known.get(name)?.status?.conditions?.[0]?.reason === 'Local';
  const seen = ({ metadata, spec }: APIService) => [metadata!.labels, spec];

  test('are there for what is served, and made again', async () => {
    const known = await until(isAvailable('v1.'));
    assert.deepStrictEqual([...known.values()].map(seen), [
      [{ 'kube-aggregator.kubernetes.io/automanaged': 'onstart' }, { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 }],
    ]);
    const { uid } = known.get('v1.')!.metadata!;
    await services().delete('', 'v1.');
    await until((now) => isAvailable('v1.')(now) && now.get('v1.')!.metadata!.uid !== uid);
  });

  test('come and go with custom kinds', async () => {
    server.registry.add(widgets);
    const known = await until(isAvailable('v1.example.com'));
    assert.deepStrictEqual(seen(known.get('v1.example.com')!), [
      { 'kube-aggregator.kubernetes.io/automanaged': 'true' },
      { group: 'example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 },
    ]);
    await server.registry.remove(widgets);
    await until((now) => !now.has('v1.example.com'));
  });
});
