import { test } from 'node:test';
import { bundledTool, installedKubectls } from '../harness/tools.ts';
import { recordedMinors, wholeMinor } from './golden.ts';
import { kubectlOf, playScript } from './play.ts';

test('each command of kubectl prints what it prints with the real cluster', { timeout: 1_200_000 }, async (t) => {
  await t.test(wholeMinor, async (t) =>
    playScript(t, 'commands', kubectlOf({ version: '1.36.3', file: await bundledTool('kubectl') }), ['--memory']),
  );
  // The tour plays older ones every time; all their commands take minutes more.
  const installed = (await installedKubectls()).map(kubectlOf);
  for (const minor of recordedMinors('commands').filter((minor) => minor !== wholeMinor)) {
    const older = installed.find((kubectl) => kubectl.minor === minor);
    const skip = !older ? `there is no kubectl ${minor} here` : !process.env.ORRERY_KUBECTL && 'only with ORRERY_KUBECTL=all';
    await t.test(minor, { skip }, async (t) => playScript(t, 'commands', older!, ['--memory']));
  }
});
