import { test } from 'node:test';
import { bundledTool, installedKubectls } from '../harness/tools.ts';
import { recordedMinors } from './golden.ts';
import { kubectlOf, playScript } from './play.ts';

const installed = (await installedKubectls()).filter(({ version }) => recordedMinors('tour').includes(version.replace(/\.\d+$/, '')));
const programs = [{ version: '1.36.3', file: await bundledTool('kubectl') }, ...installed.slice(0, 1), ...installed.slice(1).slice(-1)];

test('what a user sees is what the real cluster shows', { concurrency: true, timeout: 300_000 }, async (t) => {
  const scripts = programs.map((program) =>
    t.test(`the tour with kubectl ${program.version}`, (t) => playScript(t, 'tour', kubectlOf(program), ['--compaction-interval', '5m'])),
  );
  scripts.push(t.test('a node fails', (t) => playScript(t, 'node-failure', kubectlOf(programs[0]), ['--memory'])));
  await Promise.all(scripts);
});
