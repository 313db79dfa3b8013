import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { customResourceDefinition } from '../../../api/apiextensions.k8s.io/v1/customresourcedefinition.ts';
import { isConditionTrue } from '../../../api/meta/conditions.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { CustomResourceDefinition } from '../../../openapi/types.ts';
import { systemClock } from '../../machinery/clock.ts';
import { WebhookClient } from '../../machinery/webhook-client.ts';
import { openMemoryStorage } from '../../storage/memory/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ApiServer } from '../api-server.ts';
import { openInProcessServer } from '../testing/in-process-server.ts';

const admin = { username: 'admin', groups: ['system:masters'] };
const group = 'things.example.com';
const name = `things.${group}`;
const text = { type: 'string' };
const schemaOf = (properties: object) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } });
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: schemaOf({ a: { ...text, default: 'one' }, old: text }) },
      { name: 'v2', served: true, storage: false, schema: schemaOf({ a: text, b: { ...text, default: 'two' } }) },
    ],
  },
} as unknown as CustomResourceDefinition;

describe('custom resources', () => {
  let storage: Storage;
  let stopping: AbortController;
  let server: ApiServer;
  let webhooks: WebhookClient;
  const open = async () => {
    stopping = new AbortController();
    webhooks = new WebhookClient(async () => assert.fail('no service is asked for'), systemClock);
    server = openInProcessServer(storage, [customResourceDefinition]);
    await server.serveCustomResources(webhooks, stopping.signal);
  };
  const close = async () => {
    stopping.abort();
    await webhooks[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  before(async () => {
    storage = openMemoryStorage({ clock: systemClock });
    await open();
  });
  after(async () => {
    await close();
    await storage[Symbol.asyncDispose]();
  });
  const crds = () => server.client(admin).resource<CustomResourceDefinition>(customResourceDefinition);
  const things = (version: string) => server.client(admin).resource(server.registry.find(group, version, 'things')!);
  const thing = (version: string, of: string, spec: object): KubeObject => ({
    apiVersion: `${group}/${version}`,
    kind: 'Thing',
    metadata: { name: of },
    spec,
  });
  /** Follows the definition until a state of it satisfies; `undefined` stands for its removal. */
  const until = async (satisfies: (crd: CustomResourceDefinition | undefined) => boolean) => {
    const { items, metadata } = await crds().list('');
    if (satisfies(items[0])) return;
    const watching = AbortSignal.timeout(10_000);
    for await (const { type, object } of crds().watch('', { resourceVersion: metadata.resourceVersion }, watching)) {
      if (satisfies(type === 'DELETED' ? undefined : object)) return;
    }
    assert.fail('the watch ended before');
  };

  test('are served once their definition is established', async () => {
    await crds().create('', definition);
    await until((crd) => isConditionTrue(crd?.status?.conditions, 'Established'));
    const created = await things('v1').create('', thing('v1', 'first', { old: 'x', odd: 'y' }));
    assert.deepStrictEqual([created.metadata!.generation, created['spec']], [1, { a: 'one', old: 'x' }]);
  });

  test('have the defaults of the version that is stored and the fields of the one that is read', async () => {
    await things('v2').create('', thing('v2', 'second', { b: 'lost' }));
    const seen = async (version: string, of: string) => (await things(version).get('', of))['spec'];
    assert.deepStrictEqual(await seen('v2', 'first'), { a: 'one' });
    assert.deepStrictEqual(await seen('v2', 'second'), { a: 'one' });
    assert.deepStrictEqual(await seen('v1', 'second'), { a: 'one' });
  });

  test('are served again when the server starts', async () => {
    await close();
    await open();
    const { items } = await things('v1').list('');
    assert.deepStrictEqual(
      items.map(({ apiVersion, metadata }) => [apiVersion, metadata!.name]),
      [
        [`${group}/v1`, 'first'],
        [`${group}/v1`, 'second'],
      ],
    );
  });

  test('have watches that end without a word when their definition changes', async () => {
    const events: string[] = [];
    const watch = things('v1').watch('', {}, AbortSignal.timeout(10_000));
    for await (const { type } of watch) {
      events.push(type);
      if (events.length === 2) await crds().patch('', name, 'application/merge-patch+json', { spec: { names: { shortNames: ['th'] } } });
    }
    assert.deepStrictEqual(events, ['ADDED', 'ADDED']);
  });

  test('go with their definition, which waits for them, as their watches see', async () => {
    const events: string[] = [];
    const watch = things('v1').watch('', {}, AbortSignal.timeout(10_000));
    for await (const { type, object } of watch) {
      events.push(`${type} ${object.metadata!.name}`);
      if (events.length === 2) await crds().delete('', name);
      if (events.length === 4) break;
    }
    assert.deepStrictEqual(events.slice(2).sort(), ['DELETED first', 'DELETED second']);
    await until((crd) => crd === undefined);
    const { count } = await storage.range(`/registry/${group}/things/`, `/registry/${group}/things0`);
    assert.deepStrictEqual([count, server.registry.find(group, 'v1', 'things')], [0, undefined]);
  });
});
