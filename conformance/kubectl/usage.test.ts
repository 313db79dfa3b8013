import { test } from 'node:test';
import { bundledTool } from '../harness/tools.ts';
import { kubectlOf, playScript } from './play.ts';

test('less common uses of kubectl print what they print with the real cluster', { timeout: 600_000 }, async (t) =>
  playScript(t, 'usage', kubectlOf({ version: '1.36.3', file: await bundledTool('kubectl') }), ['--memory']),
);

test('kubectl shows an object of each kind as that of the real cluster', { timeout: 600_000 }, async (t) =>
  playScript(t, 'kinds', kubectlOf({ version: '1.36.3', file: await bundledTool('kubectl') }), ['--memory']),
);
