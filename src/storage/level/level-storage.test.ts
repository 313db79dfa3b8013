import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Level } from 'level';
import { VirtualClock } from '../../machinery/clock.ts';
import { StorageUnusableError } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { record } from '../suite/record.ts';
import { storageSuite } from '../suite.ts';
import { openLevelStorage } from './level-storage.ts';

const root = await mkdtemp(join(tmpdir(), 'orrery-level-'));
after(() => rm(root, { recursive: true, force: true }));
let directories = 0;
const newDirectory = () => join(root, `store-${directories++}`);
const directoryOf = new WeakMap<Storage, string>();

async function openIn(directory: string, clock: VirtualClock): Promise<Storage> {
  const storage = await openLevelStorage(directory, { clock });
  directoryOf.set(storage, directory);
  return storage;
}

storageSuite('level', {
  open: (clock) => openIn(newDirectory(), clock),
  async reopen(storage, clock) {
    await storage[Symbol.asyncDispose]();
    return openIn(directoryOf.get(storage)!, clock);
  },
});

describe('level storage', () => {
  const bytes = (text: string) => Buffer.from(text);

  async function filled(count: number): Promise<string> {
    const directory = newDirectory();
    await using storage = await openIn(directory, new VirtualClock());
    await Promise.all(Array.from({ length: count }, (_, i) => storage.create(`/a/${i}`, bytes(`value ${i} `.repeat(50)))));
    return directory;
  }

  it('tells how much its files take', async () => {
    await using storage = await openIn(newDirectory(), new VirtualClock());
    const before = storage.size!()!;
    await storage.create('/a', bytes('x'.repeat(10_000)));
    assert.ok(storage.size!()! >= before + 10_000);
  });

  async function refusal(directory: string, expected: RegExp): Promise<void> {
    await assert.rejects(openLevelStorage(directory, { clock: new VirtualClock() }), (error) => {
      assert.ok(error instanceof StorageUnusableError, String(error));
      assert.match(error.message, expected);
      assert.match(error.advice, /\.$/);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  }

  it('resumes leases after a restart', async () => {
    const directory = newDirectory();
    const clock = new VirtualClock(5000);
    const first = await openIn(directory, clock);
    const stays = await first.create('/stays', bytes('x'), { ttlSeconds: 5 });
    await first.update('/stays', bytes('x'), stays);
    await first.create('/expires', bytes('x'), { ttlSeconds: 5 });
    await first.create('/overdue', bytes('x'), { ttlSeconds: 1 });
    await first[Symbol.asyncDispose]();
    await clock.advance(3000);
    await using second = await openIn(directory, clock);
    const watch = record();
    await second.watch('/', '0', 4, watch.sink, watch.signal);
    await clock.advance(1);
    await watch.reaches(second, 5);
    await clock.advance(2000);
    await watch.reaches(second, 6);
    assert.deepEqual(
      watch.changes.map(({ type, key }) => [type, key]),
      [
        ['delete', '/overdue'],
        ['delete', '/expires'],
      ],
    );
  });

  it('removes compacted versions from the disk', async () => {
    const directory = newDirectory();
    const storage = await openIn(directory, new VirtualClock());
    let revision = await storage.create('/a', bytes('0'));
    for (let i = 1; i <= 1200; i++) revision = await storage.update('/a', bytes(`${i}`), revision);
    await storage.create('/gone', bytes('x'));
    await storage.delete('/gone', revision + 1);
    await storage.compact(revision + 2);
    await storage[Symbol.asyncDispose]();
    const database = new Level<string, string>(directory);
    const keys = await database.keys().all();
    await database.close();
    assert.deepEqual(keys.map((key) => key[0]).sort(), ['k', 'm', 'm', 'v']);
    await using again = await openIn(directory, new VirtualClock());
    assert.equal(await again.currentRevision(), revision + 2);
    assert.equal((await again.range('/', '0')).count, 1);
  });

  it('refuses a directory that another store holds', async () => {
    const directory = await filled(1);
    await using _storage = await openIn(directory, new VirtualClock());
    await refusal(directory, /is in use by another process$/);
  });

  it('refuses what is not its own', async () => {
    const files = newDirectory();
    await mkdir(files);
    await writeFile(join(files, 'thesis.txt'), 'x');
    await refusal(files, /is not a store of Orrery: it holds thesis.txt$/);
    const foreign = newDirectory();
    const database = new Level(foreign);
    await database.put('a', 'b');
    await database.close();
    await refusal(foreign, /holds a database that Orrery did not make$/);
    const file = newDirectory();
    await writeFile(file, 'x');
    await refusal(file, /cannot be used/);
  });

  it('refuses a newer format', async () => {
    const directory = newDirectory();
    const database = new Level(directory);
    await database.put('mformat', '{"format":"orrery-storage","version":3}');
    await database.close();
    await refusal(directory, /has format 3; this version of Orrery knows formats up to 2$/);
  });

  it('goes on with a store of format 1, and marks it as of format 2', async () => {
    const directory = await filled(2);
    const database = new Level<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    const mark = Buffer.from('mformat');
    await database.put(mark, Buffer.from('{"format":"orrery-storage","version":1}'));
    const key = Buffer.from([0x76, 0, 0, 0, 0, 0, 0, 0, 2]);
    // Another checksum stood behind a value: FNV-1a.
    const value = bytes('old');
    await database.put(key, Buffer.concat([value, Buffer.from('bd2b9bd6', 'hex')]));
    await database.close();
    {
      await using storage = await openIn(directory, new VirtualClock());
      assert.deepEqual((await storage.get('/a/1'))?.value, value);
      assert.ok(await storage.get('/a/0'));
    }
    const after = new Level<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    assert.equal(String(await after.get(mark)), '{"format":"orrery-storage","version":2}');
    await after.close();
  });

  it('tells a damaged value', async () => {
    const directory = await filled(2);
    const database = new Level<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    const key = Buffer.from([0x76, 0, 0, 0, 0, 0, 0, 0, 2]);
    const value = (await database.get(key))!;
    value[20]! ^= 1;
    await database.put(key, value);
    await database.close();
    await using storage = await openIn(directory, new VirtualClock());
    assert.ok(await storage.get('/a/0'));
    const damage = (error: unknown) =>
      error instanceof StorageUnusableError && /the value of \/a\/1 at revision 2 is not what was written/.test(error.message);
    await assert.rejects(storage.get('/a/1'), damage);
    await assert.rejects(storage.range('/', '0'), damage);
  });

  it('refuses a damaged store', async () => {
    const withoutCurrent = await filled(10);
    await writeFile(join(withoutCurrent, 'CURRENT'), 'rubbish\n');
    await refusal(withoutCurrent, /is damaged/);
    const withHole = await filled(10);
    const database = new Level<Buffer, Buffer>(withHole, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    await database.del(Buffer.from([0x6b, 0, 0, 0, 0, 0, 0, 0, 5]));
    await database.close();
    await refusal(withHole, /is damaged: revision 5 is missing$/);
    const withBadRecord = await filled(10);
    const other = new Level<Buffer, Buffer>(withBadRecord, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    const key = Buffer.from([0x6b, 0, 0, 0, 0, 0, 0, 0, 5]);
    const record = (await other.get(key))!;
    record[record.length - 1]! ^= 1;
    await other.put(key, record);
    await other.close();
    await refusal(withBadRecord, /is damaged: the record/);
    const emptied = await filled(10);
    for (const name of await readdir(emptied)) if (name.endsWith('.log')) await writeFile(join(emptied, name), 'x'.repeat(500));
    await refusal(emptied, /is damaged: nothing of what it held can be read$/);
    const rubbish = await filled(10);
    for (const name of await readdir(rubbish)) if (/^MANIFEST/.test(name)) await writeFile(join(rubbish, name), 'x'.repeat(500));
    await refusal(rubbish, /is damaged/);
  });
});
