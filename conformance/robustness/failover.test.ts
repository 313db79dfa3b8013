import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { runFailovers } from './failover.ts';

const kills = Number(process.env.ORRERY_FAILOVERS ?? 1);
const seed = Number(process.env.ORRERY_SEED ?? 1);

test(`a second control plane takes over when the active one is killed ${kills} times`, { timeout: 120_000 + kills * 60_000 }, async () => {
  const { problems, takeovers, pods } = await runFailovers({ kills, seed });
  deepEqual(problems, []);
  equal(takeovers.length, kills);
  const seconds = takeovers.map((time) => time / 1000).sort((a, b) => a - b);
  console.log(`${pods} pods; taken over after ${seconds[0]!.toFixed(1)} to ${seconds.at(-1)!.toFixed(1)} s`);
});
