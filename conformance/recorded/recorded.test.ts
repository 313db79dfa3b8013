import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, startCluster } from '../harness/cluster.ts';

const folder = join(root, 'conformance/recorded');

interface Step {
  case: string;
  step: string;
  ok: boolean;
}

/**
 * Plays every recorded conversation against a cluster of its own. `known-differences.txt` lists the cases (`name`) or steps (`name > step`) that are known to
 * differ still; anything else that differs fails, and a listed step that has come to pass has to be taken off the list.
 */
test('the recorded conversations get the recorded answers', { timeout: 1_200_000 }, async () => {
  await using cluster = await startCluster({
    flags: ['--memory', '--nodes', '0', '--token-auth-file', join(folder, 'tokens.csv'), '--compaction-interval', '20s'],
  });
  const report = join(cluster.folder, 'report.json');
  const replay = spawn(process.execPath, [join(folder, 'replay.mjs'), 'check', '--kubeconfig', cluster.kubeconfig, '--json', report], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(replay, 'exit');
  const steps: Step[] = JSON.parse(readFileSync(report, 'utf8'));
  const differing = new Set(steps.filter(({ ok }) => !ok).map(({ case: name, step }) => `${name} > ${step}`));
  const known = readFileSync(join(folder, 'known-differences.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isKnown = (step: string) => known.some((entry) => step === entry || step.startsWith(`${entry} > `));
  if (process.env.ORRERY_RECORD_DIFFERENCES) writeFileSync(process.env.ORRERY_RECORD_DIFFERENCES, `${[...differing].sort().join('\n')}\n`);
  deepEqual([...differing].filter((step) => !isKnown(step)).sort(), []);
  console.log(`${steps.length - differing.size} of ${steps.length} recorded answers are given, ${differing.size} differ as known`);
});
