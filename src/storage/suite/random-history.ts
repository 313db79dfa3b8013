import assert from 'node:assert/strict';
import type { VirtualClock } from '../../machinery/clock.ts';
import type { Random } from '../../machinery/random.ts';
import { compareKeys } from '../../machinery/sorted-map.ts';
import { CompactedError, KeyExistsError, RevisionConflictError } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { type FlatChange, type Recording, record } from './record.ts';

interface ModelEntry {
  value: string;
  createRevision: number;
  modRevision: number;
}

/** The store as one would write it if nothing had to be fast: every state is kept. */
class Model {
  readonly states: Map<string, ModelEntry>[] = [new Map()];
  readonly changes: FlatChange[] = [];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  get now(): Map<string, ModelEntry> {
    return this.states.at(-1)!;
  }

  change(key: string, value: string | undefined): void {
    const before = this.now.get(key);
    const revision = this.revision + 1;
    const createRevision = before?.createRevision ?? revision;
    const next = new Map(this.now);
    if (value === undefined) next.delete(key);
    else next.set(key, { value, createRevision, modRevision: revision });
    this.states.push(next);
    this.changes.push({
      type: value === undefined ? 'delete' : 'put',
      key,
      revision,
      value,
      createRevision,
      previous: before && { value: before.value, modRevision: before.modRevision },
    });
  }

  range(start: string, end: string, revision: number) {
    return [...this.states[revision]!]
      .filter(([key]) => compareKeys(start, key) <= 0 && compareKeys(key, end) < 0)
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([key, entry]) => ({ key, ...entry }));
  }
}

interface Watch {
  readonly recording: Recording;
  readonly start: string;
  readonly end: string;
  readonly from: number;
}

export interface RandomHistoryOptions {
  readonly operations: number;
  readonly clock: VirtualClock;
  /** Closes and opens again now and then. */
  readonly reopen?: (storage: Storage) => Promise<Storage>;
}

/** Does random things to a store, many at a time, and compares it with a model after each group. */
export async function randomHistory(opened: Storage, random: Random, { operations, reopen }: RandomHistoryOptions): Promise<void> {
  let storage = opened;
  const model = new Model();
  const watches: Watch[] = [];
  const pick = (count: number) => Math.floor(random.next() * count);
  const key = () => `/${'pqr'[pick(3)]}/${'abcdefgh'[pick(8)]}`;
  const bounds = (): [string, string] => {
    const [a, b] = [key(), key()].sort();
    return [
      ['/', '0'],
      ['/p/', '/p0'],
      ['/q/', '/q0'],
      [a!, `${b}\0`],
    ][pick(4)] as [string, string];
  };

  async function write(): Promise<void> {
    // Decided against the committed state and against each other, in the order in which they are asked for.
    const group = Array.from({ length: 1 + pick(8) }, (_, i) => {
      const at = key();
      const value = `${model.revision}-${i}-${random.next()}`;
      const known = model.now.get(at);
      const expected = known && pick(10) > 0 ? known.modRevision : pick(model.revision + 2);
      const ask = pick(4);
      const wanted = ask === 3 ? undefined : value;
      const promise =
        ask === 0
          ? storage.create(at, Buffer.from(value))
          : ask === 3
            ? storage.delete(at, expected)
            : storage.update(at, Buffer.from(value), expected);
      return { at, ask, expected, wanted, promise: promise.catch((error: Error) => error) };
    });
    for (const { at, ask, expected, wanted, promise } of group) {
      const entry = model.now.get(at);
      const result = await promise;
      if (ask === 0 ? entry !== undefined : entry?.modRevision !== expected) {
        assert.ok(result instanceof (ask === 0 ? KeyExistsError : RevisionConflictError), `${at}: ${result}`);
        if (result instanceof RevisionConflictError) assert.equal(result.current, entry?.modRevision);
        continue;
      }
      model.change(at, wanted);
      assert.equal(result, model.revision);
    }
  }

  async function read(): Promise<void> {
    const [start, end] = bounds();
    const revision = pick(3) === 0 ? model.revision : pick(model.revision + 1);
    const limit = pick(3) === 0 ? 1 + pick(5) : 0;
    const asked = storage.range(start, end, { ...(revision === model.revision ? {} : { revision }), limit });
    if (revision !== model.revision && revision !== 0 && revision <= model.compacted) return assert.rejects(asked, CompactedError);
    const at = revision === 0 ? model.revision : revision;
    const expected = model.range(start, end, at);
    const result = await asked;
    assert.deepEqual(
      { ...result, entries: result.entries.map((entry) => ({ ...entry, value: Buffer.from(entry.value).toString() })) },
      {
        entries: limit === 0 ? expected : expected.slice(0, limit),
        revision: at,
        count: expected.length,
        more: limit !== 0 && expected.length > limit,
      },
    );
  }

  async function watch(): Promise<void> {
    const [start, end] = bounds();
    const from = pick(3) === 0 ? model.revision : pick(model.revision + 1);
    const recording = record();
    const asked = storage.watch(start, end, from, recording.sink, recording.signal);
    if (from < model.compacted) return assert.rejects(asked, CompactedError);
    await asked;
    watches.push({ recording, start, end, from });
  }

  async function checkWatches(): Promise<void> {
    for (const { recording, start, end, from } of watches) {
      await recording.reaches(storage, model.revision);
      const expected = model.changes.filter((c) => c.revision > from && compareKeys(start, c.key) <= 0 && compareKeys(c.key, end) < 0);
      assert.deepEqual(recording.changes, expected);
    }
  }

  for (let done = 0; done < operations; done++) {
    const dice = pick(100);
    if (dice < 60) await write();
    else if (dice < 85) await read();
    else if (dice < 95) await watch();
    else if (dice < 97 && model.revision > 0) {
      await checkWatches();
      model.compacted = Math.max(model.compacted, 1 + pick(model.revision));
      await storage.compact(model.compacted);
    } else if (dice < 99) {
      await checkWatches();
      for (const { recording } of watches.splice(0, watches.length >> 1)) recording.stop();
    } else if (reopen) {
      await checkWatches();
      for (const { recording } of watches.splice(0)) recording.stop();
      storage = await reopen(storage);
      assert.equal(await storage.currentRevision(), model.revision);
      assert.equal(storage.compactedRevision(), model.compacted);
    }
  }
  await checkWatches();
  if (storage !== opened) await storage[Symbol.asyncDispose]();
}
