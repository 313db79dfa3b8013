import { test } from 'node:test';
import { bundledTool } from '../harness/tools.ts';
import { kubectlOf, playScript } from './play.ts';

test('each command of kubectl prints what it prints with the real cluster', { timeout: 300_000 }, async (t) => {
  await playScript(t, 'commands', kubectlOf({ version: '1.36.3', file: await bundledTool('kubectl') }), ['--memory']);
});
