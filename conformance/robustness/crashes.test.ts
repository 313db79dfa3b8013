import { deepEqual } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCrashes } from './crashes.ts';

const kills = Number(process.env.ORRERY_KILLS ?? 10);
const seed = Number(process.env.ORRERY_SEED ?? 1);

test(`nothing that was answered is lost when the process is killed ${kills} times`, { timeout: 60_000 + kills * 6_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-crashes-'));
  try {
    const { problems, writes, unanswered, events } = await runCrashes({ kills, seed, folder });
    deepEqual(problems, []);
    console.log(`${writes} answered writes, ${unanswered} cut off, ${events} events`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
