import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../machinery/clock.ts';
import { seededRandom } from '../machinery/random.ts';
import { CompactedError, FutureRevisionError, KeyExistsError, RevisionConflictError, StorageClosedError } from './errors.ts';
import { prefixEnd, type Storage } from './storage.ts';
import { randomHistory } from './suite/random-history.ts';
import { type FlatChange, record } from './suite/record.ts';

/** What the suite needs of an engine. */
export interface StorageHarness {
  /** A new, empty store. */
  open(clock: VirtualClock): Promise<Storage>;
  /** Closes the store and opens it again with its contents; absent if the engine forgets. */
  reopen?(storage: Storage, clock: VirtualClock): Promise<Storage>;
}

const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();
const bytes = (value: string) => Buffer.from(value);
const keysOf = (result: { entries: readonly { key: string }[] }) => result.entries.map(({ key }) => key);

/** The contract of `Storage`, as tests over an engine. */
export function storageSuite(name: string, harness: StorageHarness): void {
  const test = (title: string, run: (storage: Storage, clock: VirtualClock) => Promise<void>) =>
    it(title, async () => {
      const clock = new VirtualClock(1_700_000_000_000);
      const storage = await harness.open(clock);
      try {
        await run(storage, clock);
      } finally {
        await storage[Symbol.asyncDispose]();
      }
    });

  describe(`storage contract: ${name}`, () => {
    test('an entry is created, read, replaced and deleted', async (storage) => {
      assert.equal(await storage.get('/a'), undefined);
      const created = await storage.create('/a', bytes('one'));
      assert.deepEqual(flat(await storage.get('/a')), { key: '/a', value: 'one', createRevision: created, modRevision: created });
      const updated = await storage.update('/a', bytes('two'), created);
      assert.equal(updated, created + 1);
      assert.deepEqual(flat(await storage.get('/a')), { key: '/a', value: 'two', createRevision: created, modRevision: updated });
      assert.equal(await storage.revisionOf('/a'), updated);
      assert.equal(await storage.delete('/a', updated), updated + 1);
      assert.equal(await storage.get('/a'), undefined);
      assert.equal(await storage.revisionOf('/a'), undefined);
      const again = await storage.create('/a', bytes('three'));
      assert.deepEqual(flat(await storage.get('/a')), { key: '/a', value: 'three', createRevision: again, modRevision: again });
      assert.equal(await storage.currentRevision(), again);
    });

    test('an empty value is one like any other', async (storage) => {
      await storage.create('/a', bytes(''));
      assert.equal(text((await storage.get('/a'))?.value), '');
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/a']);
    });

    test('refused writes change nothing and say what is there', async (storage) => {
      const revision = await storage.create('/a', bytes('one'));
      await assert.rejects(storage.create('/a', bytes('x')), (error) => error instanceof KeyExistsError && error.key === '/a');
      await assert.rejects(storage.update('/a', bytes('x'), revision + 1), conflict('/a', revision));
      await assert.rejects(storage.delete('/a', revision - 1), conflict('/a', revision));
      await assert.rejects(storage.update('/b', bytes('x'), revision), conflict('/b', undefined));
      await assert.rejects(storage.delete('/b', revision), conflict('/b', undefined));
      const deleted = await storage.delete('/a', revision);
      await assert.rejects(storage.update('/a', bytes('x'), deleted), conflict('/a', undefined));
      assert.equal(await storage.currentRevision(), deleted);
    });

    test('reads as of a revision', async (storage) => {
      const first = await storage.create('/a', bytes('one'));
      const second = await storage.create('/b', bytes('two'));
      const third = await storage.update('/a', bytes('three'), first);
      const fourth = await storage.delete('/b', second);
      assert.equal(text((await storage.get('/a', second))?.value), 'one');
      assert.equal(text((await storage.get('/a', third))?.value), 'three');
      assert.equal(await storage.get('/b', first), undefined);
      assert.equal(text((await storage.get('/b', third))?.value), 'two');
      assert.equal(await storage.get('/b', fourth), undefined);
      assert.deepEqual(keysOf(await storage.range('/', '0', { revision: third })), ['/a', '/b']);
      assert.deepEqual(keysOf(await storage.range('/', '0', { revision: fourth })), ['/a']);
      await assert.rejects(
        storage.get('/a', fourth + 1),
        (error) => error instanceof FutureRevisionError && error.currentRevision === fourth,
      );
      await assert.rejects(storage.range('/', '0', { revision: fourth + 1 }), FutureRevisionError);
    });

    test('ranges are ordered by bytes, limited, and counted', async (storage) => {
      const keys = ['/p/a', '/p/a/x', '/p/b', '/p/Z', '/p/\u{1f600}', '/p/\ufffd', '/p/é', '/q/a', '/o/a'];
      for (const key of keys) await storage.create(key, bytes(key));
      const inside = ['/p/Z', '/p/a', '/p/a/x', '/p/b', '/p/é', '/p/\ufffd', '/p/\u{1f600}'];
      const all = await storage.range('/p/', prefixEnd('/p/'));
      assert.deepEqual({ keys: keysOf(all), more: all.more, count: all.count }, { keys: inside, more: false, count: 7 });
      assert.equal(all.revision, await storage.currentRevision());
      const some = await storage.range('/p/', prefixEnd('/p/'), { limit: 3 });
      assert.deepEqual({ keys: keysOf(some), more: some.more, count: some.count }, { keys: inside.slice(0, 3), more: true, count: 7 });
      const rest = await storage.range(`${inside[2]}\0`, prefixEnd('/p/'), { limit: 4, revision: some.revision });
      assert.deepEqual({ keys: keysOf(rest), more: rest.more, count: rest.count }, { keys: inside.slice(3), more: false, count: 4 });
      assert.deepEqual(keysOf(await storage.range('/x/', '/y/')), []);
    });

    test('of many writes at once with the same expectation one wins, and whoever loses reads what it lost against', async (storage) => {
      const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => storage.create('/a', bytes(`${i}`))));
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
      let wins = 0;
      const increment = async () => {
        for (;;) {
          const entry = (await storage.get('/a'))!;
          try {
            await storage.update('/a', bytes(String(Number(text(entry.value)) + 1)), entry.modRevision);
            wins++;
            return;
          } catch (error) {
            assert.ok(error instanceof RevisionConflictError);
            const now = await storage.get('/a');
            assert.ok(now!.modRevision > entry.modRevision, 'the entry that it lost against can be read');
          }
        }
      };
      const start = Number(text((await storage.get('/a'))!.value));
      await Promise.all(Array.from({ length: 20 }, increment));
      assert.equal(wins, 20);
      assert.equal(Number(text((await storage.get('/a'))!.value)), start + 20);
    });

    test('writes of one key that follow each other without waiting are decided in order', async (storage) => {
      const results = await Promise.allSettled([
        storage.create('/a', bytes('1')),
        storage.create('/a', bytes('2')),
        storage.create('/b', bytes('3')),
        storage.delete('/b', 1),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
      );
    });

    test('a write that is answered is seen by reads', async (storage) => {
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const revision = await storage.create(`/a/${i}`, bytes('x'));
          assert.equal((await storage.get(`/a/${i}`))?.modRevision, revision);
          assert.ok((await storage.currentRevision()) >= revision);
        }),
      );
    });

    test('a watch gives changes as they come, with what was there before', async (storage) => {
      await storage.create('/other', bytes('x'));
      const watch = record();
      await storage.watch('/p/', '/p0', 1, watch.sink, watch.signal);
      const created = await storage.create('/p/a', bytes('one'));
      const updated = await storage.update('/p/a', bytes('two'), created);
      await storage.create('/q', bytes('x'));
      const deleted = await storage.delete('/p/a', updated);
      await watch.reaches(storage, deleted);
      assert.deepEqual(watch.changes, [
        { type: 'put', key: '/p/a', revision: created, value: 'one', createRevision: created, previous: undefined },
        {
          type: 'put',
          key: '/p/a',
          revision: updated,
          value: 'two',
          createRevision: created,
          previous: { value: 'one', modRevision: created },
        },
        {
          type: 'delete',
          key: '/p/a',
          revision: deleted,
          value: undefined,
          createRevision: created,
          previous: { value: 'two', modRevision: updated },
        },
      ] satisfies FlatChange[]);
    });

    test('an aborted watch is called no more', async (storage) => {
      const watch = record();
      await storage.watch('/', '0', 0, watch.sink, watch.signal);
      await storage.create('/a', bytes('x'));
      await watch.reaches(storage, 1);
      watch.stop();
      await storage.create('/b', bytes('x'));
      storage.requestProgress();
      await storage.get('/b');
      assert.equal(watch.changes.length, 1);
    });

    test('a watcher may write and watch from its sink', async (storage) => {
      const inner = record();
      const outer = record((change) => {
        if (change.key !== '/a') return;
        storage.create('/b', bytes('x')).catch(() => assert.fail('not written'));
        storage.watch('/', '0', change.revision, inner.sink, inner.signal).catch(() => assert.fail('not watched'));
      });
      await storage.watch('/', '0', 0, outer.sink, outer.signal);
      await storage.create('/a', bytes('x'));
      await outer.reaches(storage, 2);
      await inner.reaches(storage, 2);
      assert.deepEqual([outer.changes.map(({ key }) => key), inner.changes.map(({ key }) => key)], [['/a', '/b'], ['/b']]);
    });

    test('progress is told where nothing happens', async (storage) => {
      const watch = record();
      await storage.watch('/idle/', '/idle0', 0, watch.sink, watch.signal);
      const revision = await storage.create('/a', bytes('x'));
      await watch.reaches(storage, revision);
      assert.deepEqual(watch.changes, []);
    });

    test('compaction forgets the past and keeps the present', async (storage) => {
      const first = await storage.create('/a', bytes('one'));
      const other = await storage.create('/b', bytes('b'));
      const second = await storage.update('/a', bytes('two'), first);
      await storage.delete('/b', other);
      const third = await storage.update('/a', bytes('three'), second);
      const last = await storage.create('/c', bytes('c'));
      assert.equal(storage.compactedRevision(), 0);
      await storage.compact(second + 1);
      assert.equal(storage.compactedRevision(), second + 1);
      await assert.rejects(storage.get('/a', second), (error) => error instanceof CompactedError && error.compactedRevision === second + 1);
      await assert.rejects(storage.range('/', '0', { revision: second + 1 }), CompactedError);
      assert.equal(text((await storage.get('/a', third))?.value), 'three');
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/a', '/c']);
      const watch = record();
      await assert.rejects(storage.watch('/', '0', second, watch.sink, watch.signal), CompactedError);
      await storage.watch('/', '0', second + 1, watch.sink, watch.signal);
      await watch.reaches(storage, last);
      assert.deepEqual(
        watch.changes.map(({ key, value, previous }) => [key, value, previous?.value]),
        [
          ['/a', 'three', 'two'],
          ['/c', 'c', undefined],
        ],
      );
      await storage.compact(last);
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/a', '/c']);
      assert.equal(text((await storage.get('/a', last))?.value), 'three', 'the present state can be read by its revision');
      await assert.rejects(storage.compact(last + 1), FutureRevisionError);
      await storage.compact(1);
      assert.equal(storage.compactedRevision(), last);
      await storage.create('/b', bytes('again'));
    });

    test('entries with a time to live delete themselves', async (storage, clock) => {
      const watch = record();
      await storage.watch('/', '0', 0, watch.sink, watch.signal);
      const short = await storage.create('/short', bytes('x'), { ttlSeconds: 10 });
      const renewed = await storage.create('/renewed', bytes('x'), { ttlSeconds: 10 });
      const kept = await storage.create('/kept', bytes('x'), { ttlSeconds: 10 });
      await storage.update('/kept', bytes('y'), kept);
      await clock.advance(9000);
      await storage.update('/renewed', bytes('y'), renewed, { ttlSeconds: 10 });
      await clock.advance(999);
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/kept', '/renewed', '/short']);
      await clock.advance(2);
      await watch.reaches(storage, 6);
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/kept', '/renewed']);
      const last = watch.changes.at(-1)!;
      assert.deepEqual([last.type, last.key, last.previous?.modRevision], ['delete', '/short', short]);
      await clock.advance(10_000);
      await watch.reaches(storage, 7);
      assert.deepEqual(keysOf(await storage.range('/', '0')), ['/kept']);
    });

    for (const seed of [1, 2, 3, 4, 5]) {
      test(`a random history equals the model (seed ${seed})`, async (storage, clock) => {
        await randomHistory(storage, seededRandom(seed), {
          operations: 600,
          clock,
          ...(harness.reopen ? { reopen: (open) => harness.reopen!(open, clock) } : {}),
        });
      });
    }

    test('a closed store ends its watches and refuses writes', async (storage) => {
      const watch = record();
      await storage.watch('/', '0', 0, watch.sink, watch.signal);
      const write = storage.create('/a', bytes('x'));
      await storage[Symbol.asyncDispose]();
      assert.equal(await write, 1, 'a write that was accepted is finished');
      assert.ok(watch.failure instanceof StorageClosedError);
      await assert.rejects(storage.create('/b', bytes('x')), StorageClosedError);
    });
  });

  function flat(entry: { key: string; value: Uint8Array; createRevision: number; modRevision: number } | undefined) {
    return entry && { ...entry, value: text(entry.value) };
  }

  function conflict(key: string, current: number | undefined) {
    return (error: unknown) => error instanceof RevisionConflictError && error.key === key && error.current === current;
  }
}
