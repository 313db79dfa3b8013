import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../machinery/clock.ts';
import { createLogger } from '../../machinery/logger.ts';
import { withFolder } from '../../machinery/testing/folder.ts';
import { AuditLog } from './log.ts';

const logger = createLogger('silent');
const line = 'x'.repeat(600 * 1024);

test('events are appended in order to a file of its owner; what outgrows the limit goes to a new one', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'audit.log');
    let now = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
    const clock = { ...systemClock, now: () => now };
    const open = () => AuditLog.open({ path, maxSize: 1, maxBackups: 1, maxAge: 0 }, clock, logger);
    {
      await using log = await open();
      for (const text of ['a', 'b']) log.write(text);
    }
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    // A file of somebody else with a similar name stays.
    await writeFile(join(folder, 'audit-of-mine.log'), '');
    for (const text of [`${line}1`, `${line}2`, `${line}3`]) {
      now += 1000;
      await using log = await open();
      log.write(text);
    }
    assert.deepStrictEqual(await readdir(folder), ['audit-2026-01-02T03-04-08.006.log', 'audit-of-mine.log', 'audit.log']);
    assert.equal(await readFile(path, 'utf8'), `${line}3\n`);
    assert.equal(await readFile(join(folder, 'audit-2026-01-02T03-04-08.006.log'), 'utf8'), `${line}2\n`);
  });
});

test('without a limit there is one file, however large', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'audit.log');
    await writeFile(path, '');
    await truncate(path, 200 * 1024 * 1024);
    {
      await using log = await AuditLog.open({ path, maxSize: 0, maxBackups: 1, maxAge: 1 }, systemClock, logger);
      log.write('a');
    }
    assert.deepStrictEqual(await readdir(folder), ['audit.log']);
    assert.equal((await stat(path)).size, 200 * 1024 * 1024 + 2);
  }));
