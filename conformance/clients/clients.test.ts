import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { missingTools, programs, runProgram } from './clients.ts';

const tested = ['client-node', 'client-go'];

test('clients that others wrote find nothing that surprises them', { timeout: 900_000 }, async (t) => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '2'] });
  for (const program of programs.filter(({ name }) => tested.includes(name))) {
    const missing = missingTools(program).join(' and ');
    await t.test(program.name, { skip: missing !== '' && `there is no ${missing}` }, async () => {
      const { code, output } = await runProgram(program, cluster.kubeconfig);
      equal(code, 0, output);
    });
  }
});
