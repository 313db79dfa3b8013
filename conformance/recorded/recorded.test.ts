import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, startCluster } from '../harness/cluster.ts';

const folder = join(root, 'conformance/recorded');

interface Step {
  case: string;
  step: string;
  ok: boolean;
}

const known = readFileSync(join(folder, 'known-differences.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const cases = readdirSync(join(folder, 'cases'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -4))
  .filter((name) => !known.includes(name));

/**
 * Plays the recorded conversations against a cluster of its own. `known-differences.txt` lists the cases that are not played yet and the steps
 * that are known to differ still: anything else that differs fails. With ORRERY_RECORD_DIFFERENCES=FILE the steps that differ are written there.
 */
test('the recorded conversations get the recorded answers', { timeout: 1_200_000 }, async () => {
  await using cluster = await startCluster({
    flags: ['--memory', '--nodes', '0', '--token-auth-file', join(folder, 'tokens.csv'), '--compaction-interval', '20s'],
  });
  const report = join(cluster.folder, 'report.json');
  const options = ['check', '--kubeconfig', cluster.kubeconfig, '--jobs', '6', '--json', report];
  const replay = spawn(process.execPath, [join(folder, 'replay.mjs'), ...options, ...cases], { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(replay, 'exit');
  const steps: Step[] = JSON.parse(readFileSync(report, 'utf8'));
  const differing = new Set(steps.filter(({ ok }) => !ok).map(({ case: name, step }) => `${name} > ${step}`));
  if (process.env.ORRERY_RECORD_DIFFERENCES) writeFileSync(process.env.ORRERY_RECORD_DIFFERENCES, `${[...differing].sort().join('\n')}\n`);
  deepEqual([...differing].filter((step) => !known.includes(step)).sort(), []);
  console.log(`${steps.length - differing.size} of ${steps.length} recorded answers are given, ${differing.size} differ as known`);
});
