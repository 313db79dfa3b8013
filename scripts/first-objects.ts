// first-objects.ts STORE FILE: writes the objects that an API server makes for itself, as they were made in a store.
import { writeFileSync } from 'node:fs';
import { bootstrapObjects } from '../src/auth/bootstrap/index.ts';
import { systemClock } from '../src/machinery/clock.ts';
import { type FirstObjects, nameOf, unborn } from '../src/server/first-objects.ts';
import { openLevelStorage } from '../src/storage/level/level-storage.ts';
import { decodeStored } from '../src/storage/object-codec.ts';

const [directory, file] = process.argv.slice(2) as [string, string];
const wanted = new Set(bootstrapObjects(true).map(nameOf));

const fail = (error: Error) => {
  throw error;
};
await using storage = await openLevelStorage(directory, { clock: systemClock, onFailure: fail });
const entries = (await storage.range('/', '0')).entries.toSorted((a, b) => a.createRevision - b.createRevision);
const found: FirstObjects[number][] = [];
for (const { key, createRevision } of entries) {
  // Before anybody has changed it.
  const { value } = (await storage.get(key, createRevision))!;
  const { object } = decodeStored(key, value, createRevision);
  if (wanted.has(nameOf(object))) found.push([key, unborn(object)]);
}
if (found.length !== wanted.size) throw new Error(`${found.length} of ${wanted.size} objects are there`);
writeFileSync(file, JSON.stringify(found));
