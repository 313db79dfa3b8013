import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { endStandby, runFailovers } from './failover.ts';

const kills = Number(process.env.ORRERY_FAILOVERS ?? 1);
const seed = Number(process.env.ORRERY_SEED ?? 1);

test(`a second control plane takes over when the active one is killed ${kills} times`, { timeout: 120_000 + kills * 60_000 }, async () => {
  const { problems, takeovers, pods } = await runFailovers({ kills, seed });
  deepEqual(problems, []);
  equal(takeovers.length, kills);
  const range = (times: readonly number[]) => `${(Math.min(...times) / 1000).toFixed(2)} to ${(Math.max(...times) / 1000).toFixed(2)} s`;
  const [sinceKill, sinceRenewal] = [takeovers.map((one) => one.sinceKill), takeovers.map((one) => one.sinceRenewal)];
  console.log(`${pods} pods; taken over ${range(sinceKill)} after the kill, ${range(sinceRenewal)} after the last renewal`);
  if (kills > 1) console.log(`after the kills: ${sinceKill.map((time) => (time / 1000).toFixed(2)).join(' ')}`);
});

test('a control plane that stands by ends within a second of being asked to', { timeout: 60_000 }, async () => {
  const { code, took } = await endStandby();
  equal(code, 0);
  ok(took < 1000, `it took ${took} ms`);
});
