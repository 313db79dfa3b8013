import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../machinery/clock.ts';
import { KeyExistsError, RevisionConflictError } from '../errors.ts';
import { record } from '../suite/record.ts';
import type { Backend } from './backend.ts';
import { MvccStore } from './mvcc-store.ts';
import type { Version } from './version.ts';

/** A backend that writes when it is told to. */
class ManualBackend implements Backend {
  readonly eagerWrites = Number.POSITIVE_INFINITY;
  readonly batches: { revisions: number[]; finish(error?: Error): void }[] = [];

  schedule(callback: () => void): void {
    queueMicrotask(callback);
  }
  write(versions: readonly Version[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batches.push({
        revisions: versions.map(({ revision }) => revision),
        finish: (error) => (error ? reject(error) : resolve()),
      });
    });
  }
  committed(): void {}
  value(version: Version) {
    return version.value;
  }
  async values(versions: readonly Version[]) {
    return versions.map(({ value }) => value);
  }
  async markCompacted(): Promise<void> {}
  async forget(): Promise<void> {}
  async close(): Promise<void> {}
}

const value = Buffer.from('x');
const turn = () => new Promise((resolve) => setImmediate(resolve));

function open() {
  const backend = new ManualBackend();
  const failures: Error[] = [];
  const store = new MvccStore(
    backend,
    { versions: [], revision: 0, compacted: 0 },
    { clock: new VirtualClock(), onFailure: (error) => failures.push(error) },
  );
  return { backend, store, failures };
}

describe('MvccStore', () => {
  it('shows nothing before it is durable, and puts what arrives meanwhile into one batch', async () => {
    const { backend, store } = open();
    const watch = record();
    await store.watch('/', '0', 0, watch.sink, watch.signal);
    const first = store.create('/a', value);
    await turn();
    const others = [store.create('/b', value), store.create('/c', value), store.create('/d', value)];
    await turn();
    assert.deepEqual(
      backend.batches.map(({ revisions }) => revisions),
      [[1]],
    );
    assert.equal(await store.get('/a'), undefined);
    assert.deepEqual([(await store.range('/', '0')).count, await store.currentRevision(), watch.changes.length], [0, 0, 0]);
    backend.batches[0]!.finish();
    assert.equal(await first, 1);
    assert.deepEqual([(await store.range('/', '0')).count, await store.currentRevision(), watch.changes.length], [1, 1, 1]);
    await turn();
    assert.deepEqual(backend.batches[1]!.revisions, [2, 3, 4]);
    backend.batches[1]!.finish();
    assert.deepEqual(await Promise.all(others), [2, 3, 4]);
  });

  it('tells a refusal when the write that caused it is decided', async () => {
    const { backend, store } = open();
    const first = store.create('/a', value);
    const refusals: unknown[] = [];
    const second = store.create('/a', value).catch((error) => refusals.push(error));
    const third = store.update('/a', value, 7).catch((error: unknown) => error);
    await turn();
    assert.equal(refusals.length, 0);
    backend.batches[0]!.finish();
    await Promise.all([first, second]);
    assert.ok(refusals[0] instanceof KeyExistsError);
    const conflict = await third;
    assert.ok(conflict instanceof RevisionConflictError && conflict.current === 1);
  });

  it('takes no more writes after one has failed, and still reads', async () => {
    const { backend, store, failures } = open();
    const first = store.create('/a', value);
    await turn();
    backend.batches[0]!.finish();
    await first;
    const watch = record();
    await store.watch('/', '0', 1, watch.sink, watch.signal);
    const outcomes = Promise.allSettled([
      store.create('/b', value),
      store.create('/b', value),
      turn().then(() => store.create('/c', value)),
    ]);
    await turn();
    await turn();
    backend.batches[1]!.finish(new Error('no space left'));
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected');
      assert.equal(outcome.reason.message, 'the store cannot write any more: no space left');
    }
    assert.equal(failures.length, 1);
    assert.equal(watch.failure, failures[0]);
    await assert.rejects(store.create('/d', value), /cannot write any more/);
    assert.equal((await store.get('/a'))?.modRevision, 1);
    await store[Symbol.asyncDispose]();
  });

  it('finishes what it has accepted before it closes', async () => {
    const { backend, store } = open();
    const write = store.create('/a', value);
    await turn();
    const closing = store[Symbol.asyncDispose]();
    await turn();
    backend.batches[0]!.finish();
    assert.equal(await write, 1);
    await closing;
  });
});
