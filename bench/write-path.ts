import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from '../api/index.ts';
import type { KubeObject } from '../api/meta/object.ts';
import { createSchemaSource } from '../openapi/source.ts';
import { systemClock } from '../src/machinery/clock.ts';
import { trackUpdate } from '../src/machinery/patch/apply/track-update.ts';
import { conform } from '../src/machinery/schema/conform.ts';
import { parseJson } from '../src/machinery/schema/parse.ts';
import { prepareCreate } from '../src/registry/create.ts';
import type { Operation } from '../src/registry/operation.ts';
import type { ResourceStore } from '../src/registry/resource-store.ts';
import type { ApiServer } from '../src/server/api-server.ts';
import { openInProcessServer } from '../src/server/testing/in-process-server.ts';
import { openLevelStorage } from '../src/storage/level/level-storage.ts';
import { openMemoryStorage } from '../src/storage/memory/memory-storage.ts';
import { encodeStored } from '../src/storage/object-codec.ts';

/*
 * What each stage of a create costs: `node --import tsx bench/write-path.ts`. Microseconds of an object, each the least over many series, so that
 * other work of the machine does not show; of whole creates the processor time, of all threads.
 */
const series = 40;
const seriesOfWholes = 15;
const perSeries = 200;
const atATime = 16;

const bodies: Record<'ConfigMap' | 'Pod', (i: number) => KubeObject> = {
  ConfigMap: (i) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c-${i}`, labels: { app: 'bench' } },
    data: Object.fromEntries(Array.from({ length: 8 }, (_, key) => [`key-${key}`, 'value '.repeat(16)])),
  }),
  Pod: (i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p-${i}`, labels: { app: 'bench' } },
    spec: {
      schedulerName: 'none',
      containers: [
        {
          name: 'web',
          image: 'nginx',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: '100m', memory: '64Mi' } },
        },
      ],
    },
  }),
};
const schemas = createSchemaSource();
const user = { username: 'admin', groups: ['system:masters'] };
const operation: Operation = { user, namespace: 'default', subresource: '', dryRun: false, options: undefined, warn: () => {} };

const print = (what: string, microseconds: number) => console.log(`${what.padEnd(52)}${microseconds.toFixed(1).padStart(8)} µs`);

const wallMicroseconds = () => systemClock.monotonic() * 1000;
const processorMicroseconds = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** The least time of one call, over series of calls with inputs made beforehand. */
async function least<T>(make: (i: number) => T, step: (input: T) => unknown, now = wallMicroseconds, rounds = series): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const inputs = Array.from({ length: perSeries }, (_, i) => make(round * perSeries + i));
    const start = now();
    for (const input of inputs) {
      const result = step(input);
      if (result instanceof Promise) await result;
    }
    best = Math.min(best, (now() - start) / perSeries);
  }
  return best;
}

async function stages(kind: keyof typeof bodies, store: ResourceStore): Promise<void> {
  const { definition } = store;
  const schema = schemas.get(definition.schema as string);
  const context = { schema, apiVersion: 'v1', kind, manager: 'bench', subresource: '', now: store.now() };
  const text = (i: number) => Buffer.from(JSON.stringify(bodies[kind](i)));
  const parsed = (i: number) => parseJson(text(i));
  const conformed = (i: number) => conform(parsed(i).value, schema).object as KubeObject;
  const defaulted = (i: number) => {
    const object = conformed(i);
    definition.defaults?.(object);
    object.metadata!.namespace = 'default';
    return object;
  };
  const tracked = (i: number) => trackUpdate(context, undefined, defaulted(i));
  const prepared = (i: number) => prepareCreate(store, tracked(i), operation);

  print(`${kind}: parse`, await least(text, (bytes) => parseJson(bytes)));
  print(
    `${kind}: decode (types, pruning, schema defaults, strict)`,
    await least(parsed, (body) => conform(body.value, schema, { strict: true, body })),
  );
  const sums = [
    await least(conformed, (object) => definition.defaults?.(object)),
    await least(defaulted, (created) => trackUpdate(context, undefined, created)),
    await least(tracked, (object) => prepareCreate(store, object, operation)),
  ];
  print(`${kind}: defaults`, sums[0]!);
  print(`${kind}: managedFields`, sums[1]!);
  print(`${kind}: strategy, validation, warnings`, sums[2]!);
  print(`${kind}: these three together (of a Pod 100 at most)`, sums[0]! + sums[1]! + sums[2]!);
  const objects = await Promise.all(Array.from({ length: perSeries }, async (_, i) => (await prepared(i)).object));
  print(`${kind}: encode`, await least((i) => objects[i % perSeries]!, encodeStored));
}

/** A whole create, from the body's bytes to the answer, but for HTTP. */
async function whole(kind: keyof typeof bodies, server: ApiServer): Promise<void> {
  let next = 0;
  const create = async () => {
    const body = Buffer.from(JSON.stringify(bodies[kind](next++)));
    await server.chain.inProcess(
      {
        method: 'POST',
        path: `/api/v1/namespaces/default/${kind.toLowerCase()}s`,
        query: new URLSearchParams(),
        headers: { 'content-type': 'application/json', 'user-agent': 'bench/1' },
        readBody: async () => body,
        signal: new AbortController().signal,
      },
      user,
    );
  };
  const batch = () => Promise.all(Array.from({ length: atATime }, create));
  print(
    `${kind}: a whole create without HTTP, 16 at a time`,
    (await least(() => undefined, batch, processorMicroseconds, seriesOfWholes)) / atATime,
  );
}

const directory = await mkdtemp(join(tmpdir(), 'orrery-write-path-'));
try {
  for (const engine of ['memory', 'LevelDB'] as const) {
    await using storage =
      engine === 'memory' ? openMemoryStorage({ clock: systemClock }) : await openLevelStorage(directory, { clock: systemClock });
    await using server = openInProcessServer(storage, definitions);
    const client = server.client(user);
    await client.resource({ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', scope: 'Cluster' }).create('', {
      metadata: { name: 'default' },
    } as KubeObject);
    console.log(`over ${engine}`);
    for (const [kind, plural] of [
      ['ConfigMap', 'configmaps'],
      ['Pod', 'pods'],
    ] as const) {
      const store = server.registry.storeOf('', 'v1', plural);
      await store.readyCache();
      if (engine === 'memory') await stages(kind, store);
      await whole(kind, server);
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
