import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../machinery/clock.ts';
import { seededRandom, systemRandom } from '../../../machinery/random.ts';
import type { Storage } from '../../storage.ts';
import { record } from '../../suite/record.ts';
import { openLevelStorage } from '../level-storage.ts';

const kills = Number(process.env['ORRERY_KILLS'] ?? 10);
const seed = Number(process.env['ORRERY_SEED'] ?? Math.floor(systemRandom.next() * 1e9));
const writer = fileURLToPath(new URL('writer.ts', import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'orrery-crash-'));
after(() => rm(root, { recursive: true, force: true }));

interface KeyState {
  value: string | null;
  /** Of the last change; undefined if that was never answered. */
  revision: number | undefined;
}

it(`keeps every answered write through ${kills} kills (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const directory = join(root, 'store');
  const journal = join(root, 'journal');
  const states = new Map<string, KeyState>();
  let resumeFrom = 0;
  let present = new Map<string, string>();
  let answered = 0;
  for (let kill = 0; kill < kills; kill++) {
    await writeFile(journal, '');
    await runAndKill(directory, journal, Math.floor(random.next() * 1e9), random.next() * 400);
    const pending = new Map<string, string | null>();
    for (const [what, key, result] of await readJournal(journal)) {
      if (what === 'ask') pending.set(key as string, result as string | null);
      if (what !== 'done') continue;
      states.set(key as string, { value: pending.get(key as string)!, revision: result as number });
      pending.delete(key as string);
      answered++;
    }
    await using storage = await openLevelStorage(directory, { clock: systemClock });
    const found = await readAll(storage);
    for (const key of new Set([...states.keys(), ...pending.keys(), ...found.keys()])) {
      const entry = found.get(key);
      const state = states.get(key);
      const asExpected = (entry?.value ?? null) === (state?.value ?? null) && (!entry || entry.modRevision === state?.revision);
      if (asExpected) continue;
      assert.ok(pending.has(key), `${key} is not what was answered last`);
      assert.equal(entry?.value ?? null, pending.get(key), `${key} is neither what was answered nor what was asked last`);
      states.set(key, { value: pending.get(key)!, revision: entry?.modRevision });
    }
    present = await replay(storage, Math.max(resumeFrom, storage.compactedRevision()), resumeFrom, present, found);
    resumeFrom = await storage.currentRevision();
  }
  assert.ok(answered > 0);
});

/** Starts the writer and kills it `ms` after it has opened the store. */
async function runAndKill(directory: string, journal: string, writerSeed: number, ms: number): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, directory, journal, String(writerSeed)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data) => (errors += data));
  const exit = once(child, 'exit');
  while ((await readFile(journal)).length === 0 && child.exitCode === null) await systemClock.sleep(5);
  await systemClock.sleep(ms);
  child.kill('SIGKILL');
  const [, signal] = await exit;
  assert.equal(signal, 'SIGKILL', errors);
}

async function readJournal(journal: string): Promise<unknown[][]> {
  const lines = (await readFile(journal, 'utf8')).split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

async function readAll(storage: Storage): Promise<Map<string, { value: string; modRevision: number }>> {
  const { entries } = await storage.range('/', '0');
  return new Map(entries.map(({ key, value, modRevision }) => [key, { value: Buffer.from(value).toString(), modRevision }]));
}

/** Watches from a revision on: nothing is missing or twice, and it leads to what was found. */
async function replay(
  storage: Storage,
  from: number,
  known: number,
  before: Map<string, string>,
  found: Map<string, { value: string; modRevision: number }>,
): Promise<Map<string, string>> {
  const watch = record();
  await storage.watch('/', '0', from, watch.sink, watch.signal);
  const revision = await storage.currentRevision();
  await watch.reaches(storage, revision);
  watch.stop();
  assert.deepEqual(
    watch.changes.map((change) => change.revision),
    Array.from({ length: revision - from }, (_, i) => from + 1 + i),
  );
  const now = new Map([...found].map(([key, { value }]) => [key, value]));
  if (from === known) {
    const replayed = new Map(before);
    for (const { key, value } of watch.changes) {
      if (value === undefined) replayed.delete(key);
      else replayed.set(key, value);
    }
    assert.deepEqual(new Map([...replayed].sort()), new Map([...now].sort()));
  }
  return now;
}
