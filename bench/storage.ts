import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/machinery/clock.ts';
import { silentLogger } from '../src/machinery/logger.ts';
import { systemRandom } from '../src/machinery/random.ts';
import { openLevelStorage } from '../src/storage/level/level-storage.ts';
import { openMemoryStorage } from '../src/storage/memory/memory-storage.ts';
import { encodeStored } from '../src/storage/object-codec.ts';
import type { Storage } from '../src/storage/storage.ts';
import { WatchCache } from '../src/storage/watch-cache/watch-cache.ts';

/*
 * How fast the store alone is: `node --expose-gc --import tsx bench/storage.ts [directory]`.
 * The directory should lie on the disk that is to be measured (default: the system's temporary directory).
 */
const root = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'orrery-bench-'));

const object = (i: number) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: `pod-${i}`, namespace: 'default', uid: systemRandom.uuid(), labels: { app: 'web', index: `${i % 100}` } },
  spec: { nodeName: `node-${i % 1000}`, filler: 'x'.repeat(700) },
});

const print = (what: string, figure: number, unit: string) => console.log(`${what.padEnd(60)}${figure.toFixed(1).padStart(12)} ${unit}`);

async function perSecond(what: string, count: number, workers: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const start = systemClock.monotonic();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < count) await work(next++);
    }),
  );
  print(what, count / ((systemClock.monotonic() - start) / 1000), 'a second');
}

async function measure(engine: string, open: () => Promise<Storage>): Promise<void> {
  let storage = await open();
  for (const workers of [1, 16, 64]) {
    await perSecond(`${engine}: create 1 kB, ${workers} at a time`, workers === 1 ? 2000 : 20_000, workers, (i) =>
      storage.create(`/registry/pods/w${workers}/pod-${i}`, encodeStored(object(i))),
    );
  }
  await perSecond(`${engine}: get`, 50_000, 1, (i) => storage.get(`/registry/pods/w64/pod-${i % 20_000}`));
  await perSecond(`${engine}: range of 500`, 200, 1, (i) =>
    storage.range(`/registry/pods/w64/pod-${i % 10}`, '/registry/pods0', { limit: 500 }),
  );
  const revisions = await Promise.all(
    Array.from({ length: 20_000 }, async (_, i) => (await storage.get(`/registry/pods/w64/pod-${i}`))!.modRevision),
  );
  await perSecond(`${engine}: update 1 kB, 64 at a time`, 20_000, 64, (i) =>
    storage.update(`/registry/pods/w64/pod-${i}`, encodeStored(object(i)), revisions[i]!),
  );
  const revision = await storage.currentRevision();
  let start = systemClock.monotonic();
  await storage.compact(revision);
  print(`${engine}: compact 20,000 versions`, systemClock.monotonic() - start, 'ms');
  if (engine === 'level') {
    await storage[Symbol.asyncDispose]();
    start = systemClock.monotonic();
    storage = await open();
    print(`${engine}: open with 42,000 objects`, systemClock.monotonic() - start, 'ms');
  }
  await measureCache(engine, storage);
  await storage[Symbol.asyncDispose]();
}

async function measureCache(engine: string, storage: Storage): Promise<void> {
  const memory = () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = memory();
  const cache = new WatchCache({
    storage,
    prefix: '/registry/pods/',
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    attributes: ({ metadata, spec }) => ({ labels: metadata?.labels, nodeName: spec.nodeName }),
    indexes: { node: ({ spec }) => [spec.nodeName] },
  });
  const start = systemClock.monotonic();
  await cache.ready();
  print(`${engine}: watch cache loads ${cache.size} objects`, systemClock.monotonic() - start, 'ms');
  globalThis.gc?.();
  await systemClock.sleep(50);
  const first = cache.list({ scope: { prefix: '/registry/pods/' }, limit: 1 }).items[0]!;
  print(`${engine}: watch cache, memory for each object of ${first.json.length} bytes`, (memory() - before) / cache.size, 'bytes');
  await perSecond(`${engine}: watch cache list of 2,000`, 2000, 1, async () => cache.list({ scope: { prefix: '/registry/pods/w1/' } }));
  let events = 0;
  const sink = { events: (given: readonly unknown[]) => void (events += given.length), bookmark() {}, initialEventsEnd() {}, ended() {} };
  for (let i = 0; i < 1000; i++) {
    await cache.watch({ scope: { prefix: '/registry/pods/' }, from: 'now', indexValue: { index: 'node', value: `node-${i}` } }, sink);
  }
  await perSecond(`${engine}: create 1 kB, 64 at a time, 1,000 node watchers`, 10_000, 64, (i) =>
    storage.create(`/registry/pods/watched/pod-${i}`, encodeStored(object(i))),
  );
  await cache.freshAtLeast(await storage.currentRevision(), 1000);
  if (events !== 10_000) throw new Error(`${events} events`);
  await cache[Symbol.asyncDispose]();
}

try {
  await measure('memory', async () => openMemoryStorage({ clock: systemClock }));
  await measure('level', () => openLevelStorage(join(root, 'store'), { clock: systemClock }));
} finally {
  await rm(root, { recursive: true, force: true });
}
