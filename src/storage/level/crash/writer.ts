import { openSync, writeSync } from 'node:fs';
import { systemClock } from '../../../machinery/clock.ts';
import { seededRandom } from '../../../machinery/random.ts';
import { openLevelStorage } from '../level-storage.ts';

/*
 * Writes until it is killed: `writer.ts <directory> <journal> <seed>`. Each worker has keys of its own, and notes in the journal what it
 * is about to do and what was answered; a kill does not lose what a process has written to a file.
 */
const [directory, journal, seed] = process.argv.slice(2) as [string, string, string];
const file = openSync(journal, 'a');
const note = (...entry: unknown[]) => writeSync(file, `${JSON.stringify(entry)}\n`);

const storage = await openLevelStorage(directory, { clock: systemClock });
note('open', await storage.currentRevision());
const random = seededRandom(Number(seed));
const pick = (count: number) => Math.floor(random.next() * count);

async function work(worker: number): Promise<never> {
  for (;;) {
    const key = `/${worker}/${pick(20)}`;
    const entry = await storage.get(key);
    const value = entry && pick(4) === 0 ? null : `${random.next()} `.repeat(1 + pick(100));
    note('ask', key, value);
    const revision = await (value === null
      ? storage.delete(key, entry!.modRevision)
      : entry
        ? storage.update(key, Buffer.from(value), entry.modRevision)
        : storage.create(key, Buffer.from(value)));
    note('done', key, revision);
  }
}

async function compact(): Promise<never> {
  for (;;) {
    await systemClock.sleep(50);
    await storage.compact(Math.max(0, (await storage.currentRevision()) - 300));
  }
}

await Promise.all([...Array.from({ length: 32 }, (_, i) => work(i)), compact()]);
