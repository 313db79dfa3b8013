import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { VirtualClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { type Random, seededRandom } from '../../machinery/random.ts';
import { RevisionTooLargeError, StorageClosedError, WatchCacheRestartedError, WatchLaggedError, WatchTooOldError } from '../errors.ts';
import { openLevelStorage } from '../level/level-storage.ts';
import { openMemoryStorage } from '../memory/memory-storage.ts';
import { encodeStored } from '../object-codec.ts';
import type { Storage, WatchSink } from '../storage.ts';
import {
  type CacheEvent,
  type CacheWatch,
  type CacheWatchOptions,
  type CacheWatchSink,
  WatchCache,
  type WatchCacheLimits,
} from './watch-cache.ts';

const prefix = '/pods/';
const root = await mkdtemp(join(tmpdir(), 'orrery-watch-cache-'));
after(() => rm(root, { recursive: true, force: true }));

interface Attributes {
  readonly color: string | undefined;
}

interface Fixture {
  readonly storage: Storage;
  readonly clock: VirtualClock;
  readonly cache: WatchCache<Attributes>;
}

function cacheOver(storage: Storage, clock: VirtualClock, limits: Partial<WatchCacheLimits> = {}): WatchCache<Attributes> {
  return new WatchCache<Attributes>({
    storage,
    prefix,
    clock,
    random: seededRandom(1),
    logger: silentLogger,
    attributes: ({ metadata }) => ({ color: metadata?.labels?.['color'] }),
    indexes: { node: ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []) },
    limits,
  });
}

const pod = (color: string, nodeName = 'n1') =>
  encodeStored({ kind: 'Pod', metadata: { uid: 'u', labels: { color } }, spec: { nodeName } });
const turn = () => new Promise((resolve) => setImmediate(resolve));
const key = (name: string, namespace = 'default') => `${prefix}${namespace}/${name}`;

type Seen = [type: string, name: string, revision: number];

class Recorder implements CacheWatchSink<Attributes> {
  readonly seen: Seen[] = [];
  readonly given: CacheEvent<Attributes>[] = [];
  readonly bookmarks: number[] = [];
  error: Error | undefined;
  /** What `events` returns. */
  blocking: Promise<void> | undefined;

  events(events: readonly CacheEvent<Attributes>[]): Promise<void> | undefined {
    assert.ok(events.length > 0);
    assert.equal(this.error, undefined);
    for (const event of events) {
      this.given.push(event);
      this.seen.push([event.type, event.stored.key.slice(prefix.length), event.stored.revision]);
    }
    return this.blocking;
  }
  bookmark(revision: number): void {
    this.bookmarks.push(revision);
  }
  initialEventsEnd(revision: number): void {
    this.seen.push(['END', '', revision]);
  }
  ended(error: Error): void {
    assert.equal(this.error, undefined);
    this.error = error;
  }
  types(): string[] {
    return this.seen.map(([type, name]) => `${type} ${name}`.trim());
  }
}

async function caughtUp({ cache, storage }: Fixture, ...watches: CacheWatch[]): Promise<void> {
  const revision = await storage.currentRevision();
  await cache.freshAtLeast(revision, 1000);
  while (watches.some((watch) => watch.revision < revision)) await turn();
}

let stores = 0;
const engines = {
  memory: async (clock: VirtualClock) => openMemoryStorage({ clock }),
  level: (clock: VirtualClock) => openLevelStorage(join(root, `${stores++}`), { clock }),
};

for (const [engine, open] of Object.entries(engines)) {
  describe(`watch cache over ${engine}`, () => {
    const test = (title: string, run: (fixture: Fixture) => Promise<void>, limits?: Partial<WatchCacheLimits>) =>
      it(title, async () => {
        const clock = new VirtualClock(1_700_000_000_000);
        await using storage = await open(clock);
        await using cache = cacheOver(storage, clock, limits);
        await run({ storage, clock, cache });
      });

    async function watching({ cache }: Fixture, options: Partial<CacheWatchOptions<Attributes>> = {}) {
      const recorder = new Recorder();
      const watch = await cache.watch({ scope: { prefix }, from: 'now', ...options }, recorder);
      return { recorder, watch };
    }

    test('does nothing before it is used', async ({ storage, cache }) => {
      await storage.create(key('a'), pod('red'));
      assert.deepEqual([cache.revision, cache.size], [0, 0]);
      await cache.ready();
      assert.deepEqual([cache.revision, cache.size], [1, 1]);
    });

    test('lets go of what it holds when nobody has used it for minutes, and loads it anew', async (fixture) => {
      const { storage, cache, clock } = fixture;
      const minutes = (count: number) => clock.advance(count * 60_000);
      await storage.create(key('a'), pod('red'));
      await cache.ready();
      await minutes(6);
      assert.equal(cache.use(), true);
      await minutes(5);
      assert.equal(cache.size, 1);
      const { watch } = await watching(fixture);
      await minutes(30);
      assert.equal(cache.size, 1);
      watch.stop();
      await minutes(10);
      assert.deepEqual([cache.revision, cache.size, cache.use()], [0, 0, false]);
      await storage.create(key('b'), pod('red'));
      await turn();
      assert.equal(cache.size, 0);
      await cache.ready();
      assert.deepEqual([cache.revision, cache.size], [2, 2]);
      await storage.create(key('c'), pod('red'));
      await caughtUp(fixture);
      assert.equal(cache.size, 3);
    });

    test('loads many pages and follows', async (fixture) => {
      const { storage, cache } = fixture;
      await Promise.all(Array.from({ length: 2500 }, (_, i) => storage.create(key(`${i}`), pod('red'))));
      await storage.compact(2500);
      await cache.ready();
      assert.equal(cache.size, 2500);
      await storage.create(key('last'), pod('red'));
      await caughtUp(fixture);
      assert.equal(cache.size, 2501);
    });

    test('gets and lists with limit, continuation, filter and index', async (fixture) => {
      const { storage, cache } = fixture;
      for (const [name, color, node] of [
        ['a', 'red', 'n1'],
        ['b', 'blue', 'n2'],
        ['c', 'red', 'n2'],
        ['d', 'red', 'n1'],
      ] as const)
        await storage.create(key(name), pod(color, node));
      await storage.create(key('a', 'other'), pod('red', 'n1'));
      await storage.create('/services/x', pod('red'));
      await cache.freshAtLeast(6, 1000);
      const list = (options: object) => {
        const { items, revision, remaining } = cache.list({ scope: { prefix }, ...options });
        return { names: items.map((item) => item.key.slice(prefix.length)), revision, remaining };
      };
      assert.deepEqual(list({}), {
        names: ['default/a', 'default/b', 'default/c', 'default/d', 'other/a'],
        revision: 6,
        remaining: 0,
      });
      assert.deepEqual(list({ scope: { prefix: `${prefix}other/` } }).names, ['other/a']);
      assert.deepEqual(list({ scope: { key: key('b') } }).names, ['default/b']);
      assert.deepEqual(list({ limit: 2 }), { names: ['default/a', 'default/b'], revision: 6, remaining: 3 });
      assert.deepEqual(list({ limit: 3, after: key('b') }), { names: ['default/c', 'default/d', 'other/a'], revision: 6, remaining: 0 });
      const filter = ({ color }: Attributes) => color === 'red';
      assert.deepEqual(list({ filter, limit: 2 }), { names: ['default/a', 'default/c'], revision: 6, remaining: 2 });
      assert.deepEqual(list({ indexValue: { index: 'node', value: 'n1' } }).names, ['default/a', 'default/d', 'other/a']);
      assert.deepEqual(list({ indexValue: { index: 'node', value: 'n1' }, scope: { prefix: `${prefix}default/` }, filter, limit: 1 }), {
        names: ['default/a'],
        revision: 6,
        remaining: 3,
      });
      await storage.update(key('a'), pod('red', 'n2'), 1);
      await storage.delete(key('d'), 4);
      await caughtUp(fixture);
      assert.deepEqual(list({ indexValue: { index: 'node', value: 'n1' } }).names, ['other/a']);
      assert.deepEqual(list({ indexValue: { index: 'node', value: 'n2' } }).names, ['default/a', 'default/b', 'default/c']);
      assert.equal(cache.get(key('d')), undefined);
      const json = cache.get(key('a'))!.json.toString();
      assert.equal(json, '{"kind":"Pod","metadata":{"uid":"u","resourceVersion":"7","labels":{"color":"red"}},"spec":{"nodeName":"n2"}}');
    });

    test('is as fresh as asked, also where nothing happens, or says that it cannot be', async ({ storage, cache, clock }) => {
      await storage.create('/services/a', pod('red'));
      await cache.ready();
      const revision = await storage.create('/services/b', pod('red'));
      await cache.freshAtLeast(revision, 3000);
      assert.equal(cache.revision, revision);
      const waits = cache.freshAtLeast(revision + 5, 3000);
      const late = cache.freshAtLeast(revision + 1, 3000);
      await storage.create('/services/c', pod('red'));
      await clock.advance(100);
      await late;
      const refusal = assert.rejects(
        waits,
        (error) => error instanceof RevisionTooLargeError && error.requested === revision + 5 && error.current === revision + 1,
      );
      await clock.advance(3000);
      await refusal;
      // Nothing but a look at whether the cache is used.
      assert.ok(clock.nextDue()! >= 1_700_000_300_000);
    });

    test('watches with selector semantics; watchers that see the same share the event', async (fixture) => {
      const { storage } = fixture;
      const all = await watching(fixture);
      const again = await watching(fixture);
      const red = await watching(fixture, { filter: ({ color }) => color === 'red' });
      await storage.create(key('a'), pod('red'));
      await storage.update(key('a'), pod('red'), 1);
      await storage.update(key('a'), pod('blue'), 2);
      await storage.update(key('a'), pod('red'), 3);
      await storage.delete(key('a'), 4);
      await caughtUp(fixture, all.watch, again.watch, red.watch);
      const name = 'default/a';
      assert.deepEqual(all.recorder.seen, [
        ['ADDED', name, 1],
        ['MODIFIED', name, 2],
        ['MODIFIED', name, 3],
        ['MODIFIED', name, 4],
        ['DELETED', name, 5],
      ]);
      assert.deepEqual(red.recorder.seen, [
        ['ADDED', name, 1],
        ['MODIFIED', name, 2],
        ['DELETED', name, 3],
        ['ADDED', name, 4],
        ['DELETED', name, 5],
      ]);
      assert.deepEqual(
        red.recorder.given.map(({ stored }) => stored.attributes.color),
        ['red', 'red', 'red', 'red', 'red'],
      );
      for (const [i, event] of all.recorder.given.entries()) assert.equal(event, again.recorder.given[i]);
      assert.equal(all.recorder.given[1], red.recorder.given[1]);
      assert.equal(all.recorder.given[4], red.recorder.given[4]);
      const { line, stored } = red.recorder.given[2]!;
      assert.equal(line.toString(), `{"type":"DELETED","object":${stored.json}}\n`);
      assert.equal(red.recorder.given[2]!.line, line);
      assert.equal(stored.object.metadata?.resourceVersion, '3');
    });

    test('watches one object, a namespace, an index value', async (fixture) => {
      const { storage } = fixture;
      const one = await watching(fixture, { scope: { key: key('b') } });
      const namespace = await watching(fixture, { scope: { prefix: `${prefix}other/` } });
      const onNode = (node: string) => ({
        indexValue: { index: 'node', value: node },
        filter: (_: Attributes, o: any) => o.object.spec.nodeName === node,
      });
      const n1 = await watching(fixture, onNode('n1'));
      const n2 = await watching(fixture, { ...onNode('n2'), scope: { prefix: `${prefix}default/` } });
      await storage.create(key('a'), pod('red', 'n1'));
      await storage.create(key('b'), pod('red', 'n2'));
      await storage.create(key('b', 'other'), pod('red', 'n2'));
      await storage.update(key('a'), pod('red', 'n2'), 1);
      await storage.delete(key('b'), 2);
      await caughtUp(fixture, one.watch, namespace.watch, n1.watch, n2.watch);
      assert.deepEqual(one.recorder.types(), ['ADDED default/b', 'DELETED default/b']);
      assert.deepEqual(namespace.recorder.types(), ['ADDED other/b']);
      assert.deepEqual(n1.recorder.types(), ['ADDED default/a', 'DELETED default/a']);
      assert.deepEqual(n2.recorder.types(), ['ADDED default/b', 'ADDED default/a', 'DELETED default/b']);
    });

    test('watches from the state, from a revision, from the future', async (fixture) => {
      const { storage, cache } = fixture;
      await storage.create(key('a'), pod('red'));
      await storage.create(key('b'), pod('blue'));
      await cache.ready();
      await storage.update(key('a'), pod('red'), 1);
      await storage.delete(key('b'), 2);
      await caughtUp(fixture);
      const state = await watching(fixture, { from: 'state' });
      const red = await watching(fixture, { from: 'state', filter: ({ color }) => color === 'blue' });
      const revision = await watching(fixture, { from: 2 });
      const future = await watching(fixture, { from: 5 });
      await storage.create(key('c'), pod('red'));
      await storage.create(key('d'), pod('red'));
      await caughtUp(fixture, state.watch, revision.watch, future.watch);
      assert.deepEqual(state.recorder.types(), ['ADDED default/a', 'END', 'ADDED default/c', 'ADDED default/d']);
      assert.deepEqual(red.recorder.types(), ['END']);
      assert.deepEqual(revision.recorder.types(), ['MODIFIED default/a', 'DELETED default/b', 'ADDED default/c', 'ADDED default/d']);
      assert.deepEqual(future.recorder.types(), ['ADDED default/d']);
    });

    test('reads from storage what is older than the cache, and refuses what is compacted', async (fixture) => {
      const { storage, cache } = fixture;
      await storage.create(key('a'), pod('red'));
      await storage.update(key('a'), pod('blue'), 1);
      await storage.create('/services/x', pod('red'));
      await storage.delete(key('a'), 2);
      await storage.create('/services/y', pod('red'));
      await cache.ready();
      const old = await watching(fixture, { from: 1 });
      const red = await watching(fixture, { from: 0, filter: ({ color }) => color === 'red' });
      await storage.create(key('b'), pod('red'));
      await caughtUp(fixture, old.watch, red.watch);
      assert.deepEqual(old.recorder.seen, [
        ['MODIFIED', 'default/a', 2],
        ['DELETED', 'default/a', 4],
        ['ADDED', 'default/b', 6],
      ]);
      assert.deepEqual(red.recorder.seen, [
        ['ADDED', 'default/a', 1],
        ['DELETED', 'default/a', 2],
        ['ADDED', 'default/b', 6],
      ]);
      await storage.compact(3);
      await assert.rejects(watching(fixture, { from: 2 }), (error) => {
        assert.ok(error instanceof WatchTooOldError);
        assert.equal(error.message, 'too old resource version: 2 (3)');
        return true;
      });
    });

    test('a watcher whose buffer is full gets the rest when it has drained', async (fixture) => {
      const { storage } = fixture;
      const slow = await watching(fixture);
      let drain = () => {};
      slow.recorder.blocking = new Promise((resolve) => (drain = resolve));
      for (let i = 0; i < 5; i++) await storage.create(key(`${i}`), pod('red'));
      await caughtUp(fixture);
      assert.equal(slow.recorder.seen.length, 1);
      assert.equal(slow.watch.revision, 1);
      slow.recorder.blocking = undefined;
      drain();
      await caughtUp(fixture, slow.watch);
      assert.deepEqual(
        slow.recorder.seen.map(([, , revision]) => revision),
        [1, 2, 3, 4, 5],
      );
    });

    test(
      'a watcher that does not drain is cut off',
      async (fixture) => {
        const { storage, clock, cache } = fixture;
        const stalled = await watching(fixture);
        stalled.recorder.blocking = new Promise(() => {});
        await storage.create(key('a'), pod('red'));
        await caughtUp(fixture);
        await clock.advance(5000);
        assert.deepEqual([stalled.recorder.error], [undefined], 'nothing waits for it yet');
        await storage.create(key('b'), pod('red'));
        await caughtUp(fixture);
        await clock.advance(1000);
        assert.ok(stalled.recorder.error instanceof WatchLaggedError);
        const overrun = await watching(fixture);
        let drain = () => {};
        overrun.recorder.blocking = new Promise((resolve) => (drain = resolve));
        for (let i = 0; i < 20; i++) await storage.create(key(`${i}`), pod('red'));
        await caughtUp(fixture);
        drain();
        await turn();
        assert.ok(overrun.recorder.error instanceof WatchLaggedError);
        assert.equal(cache.watcherCount, 0);
      },
      { stallMs: 1000, minEvents: 4, maxEvents: 8 },
    );

    test('bookmarks carry the current revision, about once a minute', async (fixture) => {
      const { storage, clock } = fixture;
      const { recorder, watch } = await watching(fixture, { bookmarks: true });
      const without = await watching(fixture);
      await storage.create('/services/a', pod('red'));
      await clock.advance(44_000);
      assert.deepEqual(recorder.bookmarks, []);
      await clock.advance(17_000);
      while (recorder.bookmarks.length === 0) await turn();
      assert.deepEqual(recorder.bookmarks, [1]);
      await storage.create('/services/b', pod('red'));
      await clock.advance(61_000);
      while (recorder.bookmarks.length === 1) await turn();
      assert.deepEqual(recorder.bookmarks, [1, 2]);
      watch.stop();
      await clock.advance(120_000);
      assert.equal(recorder.bookmarks.length, 2);
      assert.deepEqual(without.recorder.bookmarks, []);
    });

    test('a watcher may stop and watch from its sink', async (fixture) => {
      const { storage, cache } = fixture;
      const inner = new Recorder();
      const outer = new (class extends Recorder {
        override events(events: readonly CacheEvent<Attributes>[]): undefined {
          super.events(events);
          first.stop();
          cache.watch({ scope: { prefix }, from: 'now' }, inner).catch((error) => (this.error = error));
        }
      })();
      const first: CacheWatch = await cache.watch({ scope: { prefix }, from: 'now' }, outer);
      await storage.create(key('a'), pod('red'));
      await caughtUp(fixture);
      await storage.create(key('b'), pod('red'));
      await caughtUp(fixture);
      assert.deepEqual([outer.types(), inner.types()], [['ADDED default/a'], ['ADDED default/b']]);
    });

    test('closing ends watchers and waiters', async (fixture) => {
      const { cache, clock } = fixture;
      const { recorder } = await watching(fixture, { bookmarks: true });
      const waits = assert.rejects(cache.freshAtLeast(100, 1000), StorageClosedError);
      await turn();
      await cache[Symbol.asyncDispose]();
      await waits;
      assert.ok(recorder.error instanceof StorageClosedError);
      await assert.rejects(cache.ready(), StorageClosedError);
      assert.equal(clock.nextDue(), undefined);
    });

    for (const seed of [11, 12, 13]) {
      test(`random watchers see what they should (seed ${seed})`, (fixture) => randomWatchers(fixture, seededRandom(seed)), {
        minEvents: 10,
        maxEvents: 60,
      });
    }
    test('lists earlier states, as long as it knows what has changed since', (fixture) => earlierStates(fixture, seededRandom(14)), {
      minEvents: 10,
      maxEvents: 60,
    });
  });
}

describe('watch cache over a storage that fails', () => {
  it('ends its watchers, serves the old state, and comes back', async () => {
    const clock = new VirtualClock();
    await using storage = openMemoryStorage({ clock });
    const sinks: WatchSink[] = [];
    let broken = false;
    const failing: Storage = new Proxy(storage, {
      get(target, property: keyof Storage) {
        if (property === 'watch') {
          return (start: string, end: string, revision: number, sink: WatchSink, signal: AbortSignal) => {
            sinks.push(sink);
            return broken ? Promise.reject(new Error('no connection')) : target.watch(start, end, revision, sink, signal);
          };
        }
        return (target[property] as (...args: unknown[]) => unknown).bind(target);
      },
    });
    await using cache = cacheOver(failing, clock);
    await storage.create(key('a'), pod('red'));
    const recorder = new Recorder();
    await cache.watch({ scope: { prefix }, from: 'now' }, recorder);
    broken = true;
    sinks[0]!.failed(new Error('connection lost'));
    assert.ok(recorder.error instanceof WatchCacheRestartedError);
    assert.equal(cache.size, 1);
    const waits = assert.rejects(cache.ready(), /no connection/);
    await clock.advance(1000);
    await waits;
    broken = false;
    await storage.create(key('b'), pod('red'));
    await cache.ready();
    assert.equal(cache.size, 2);
    await storage.create(key('c'), pod('red'));
    await cache.freshAtLeast(3, 1000);
    assert.equal(cache.size, 3);
  });
});

/** Random writes with random watchers coming and going; each must have seen what follows from the states that there were. */
async function randomWatchers(fixture: Fixture, random: Random): Promise<void> {
  const { storage, cache } = fixture;
  const pick = (count: number) => Math.floor(random.next() * count);
  const colors = ['red', 'blue'];
  const states: Map<string, { color: string; revision: number }>[] = [new Map()];
  const open: {
    recorder: Recorder;
    watch: CacheWatch;
    from: number | 'state';
    at: number;
    inScope: (key: string) => boolean;
    color: string | undefined;
  }[] = [];
  const expected = ({ from, at, inScope, color }: (typeof open)[number]): Seen[] => {
    const seen: Seen[] = [];
    const visible = (revision: number, name: string) => {
      const entry = states[revision]!.get(name);
      return entry && inScope(name) && (color === undefined || entry.color === color) ? entry : undefined;
    };
    if (from === 'state') {
      for (const name of [...states[at]!.keys()].sort()) {
        const entry = visible(at, name);
        if (entry) seen.push(['ADDED', name.slice(prefix.length), entry.revision]);
      }
      seen.push(['END', '', at]);
    }
    for (let revision = (from === 'state' ? at : from) + 1; revision < states.length; revision++) {
      for (const name of new Set([...states[revision]!.keys(), ...states[revision - 1]!.keys()])) {
        if (states[revision]!.get(name) === states[revision - 1]!.get(name)) continue;
        const [is, was] = [visible(revision, name), visible(revision - 1, name)];
        if (is || was) seen.push([is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', name.slice(prefix.length), revision]);
      }
    }
    return seen;
  };
  for (let step = 0; step < 400; step++) {
    const dice = pick(10);
    if (dice < 7) {
      const group = Array.from({ length: 1 + pick(3) }, () => key('abcdefghijkl'[pick(12)]!, colors[pick(2)]));
      const writes = [...new Set(group)].map((name) => {
        const state = states.at(-1)!;
        const [before, color] = [state.get(name), colors[pick(2)]!];
        const next = new Map(state);
        const deletes = before && pick(3) === 0;
        if (deletes) next.delete(name);
        else next.set(name, { color, revision: states.length });
        states.push(next);
        if (!before) return storage.create(name, pod(color));
        return deletes ? storage.delete(name, before.revision) : storage.update(name, pod(color), before.revision);
      });
      await Promise.all(writes);
    } else if (dice < 9) {
      const namespace = `${prefix}${colors[pick(2)]}/`;
      const name = key('abc'[pick(3)]!, colors[pick(2)]);
      const scope = [{ prefix }, { prefix: namespace }, { key: name }][pick(3)]!;
      const inScope = (at: string) => ('key' in scope ? at === scope.key : at.startsWith(scope.prefix!));
      const color = pick(2) === 0 ? undefined : colors[pick(2)]!;
      const oldest = storage.compactedRevision();
      const from = pick(3) === 0 ? 'state' : oldest + pick(states.length - oldest);
      await cache.freshAtLeast(states.length - 1, 1000);
      const recorder = new Recorder();
      const watch = await cache.watch(
        { scope: scope as { prefix: string }, from, ...(color ? { filter: (a) => a.color === color } : {}) },
        recorder,
      );
      open.push({ recorder, watch, from, at: states.length - 1, inScope, color });
    } else if (pick(5) === 0) await storage.compact(pick(states.length));
    else {
      await caughtUp(fixture, ...open.map(({ watch }) => watch));
      for (const each of open) assert.deepEqual(each.recorder.seen, expected(each));
      for (const { watch } of open.splice(0, open.length >> 1)) watch.stop();
    }
  }
  await caughtUp(fixture, ...open.map(({ watch }) => watch));
  for (const each of open) assert.deepEqual(each.recorder.seen, expected(each));
  assert.ok(open.length > 0);
}

/** Lists of every state that the cache can tell, whole and page by page, after each of many random writes. */
async function earlierStates({ storage, cache }: Fixture, random: Random): Promise<void> {
  const pick = (count: number) => Math.floor(random.next() * count);
  const states: Map<string, { color: string; revision: number }>[] = [new Map()];
  let told = 0;
  await cache.ready();
  for (let step = 0; step < 300; step++) {
    const name = key('abcdefghijkl'[pick(12)]!, ['default', 'kube-system'][pick(2)]);
    const before = states.at(-1)!.get(name);
    const color = ['red', 'blue'][pick(2)]!;
    const next = new Map(states.at(-1)!);
    if (before && pick(3) === 0) {
      await storage.delete(name, before.revision);
      next.delete(name);
    } else {
      await (before ? storage.update(name, pod(color), before.revision) : storage.create(name, pod(color)));
      next.set(name, { color, revision: states.length });
    }
    states.push(next);
    await cache.freshAtLeast(states.length - 1, 1000);
    const revision = Math.max(0, states.length - 1 - pick(80));
    const scope = { prefix: pick(2) === 0 ? prefix : `${prefix}default/` };
    const filtered = pick(2) === 0;
    const limit = pick(5);
    const expected = [...states[revision]!]
      .filter(([at, entry]) => at.startsWith(scope.prefix) && (!filtered || entry.color === 'red'))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const seen: [string, number][] = [];
    for (let more = true, after: string | undefined; more; ) {
      const filter = filtered ? { filter: (attributes: Attributes) => attributes.color === 'red' } : {};
      const list = cache.listAt(revision, { scope, limit, ...filter, ...(after === undefined ? {} : { after }) });
      if (!list) break;
      assert.equal(list.revision, revision);
      for (const item of list.items) seen.push([item.key, item.revision]);
      after = list.items.at(-1)?.key;
      more = list.remaining > 0;
      if (!filtered) assert.equal(list.remaining, expected.length - seen.length);
      if (!more) told++;
    }
    if (cache.listAt(revision, { scope }))
      assert.deepEqual(
        seen,
        expected.map(([at, entry]) => [at, entry.revision]),
      );
    else assert.ok(revision < cache.ring.floor);
  }
  assert.ok(told > 100, `${told} of 300 could be told`);
}
