import { test } from 'node:test';
import { bundledTool } from '../harness/tools.ts';
import { kubectlOf, playScript } from './play.ts';

test('helm does with a release what it does on the real cluster', { timeout: 300_000 }, async (t) => {
  await playScript(t, 'helm', kubectlOf({ version: '1.36.3', file: await bundledTool('kubectl') }), ['--memory']);
});
