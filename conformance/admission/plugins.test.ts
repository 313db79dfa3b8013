import { deepStrictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { root, startCluster } from '../harness/cluster.ts';
import { enabled, play } from './play.mjs';

const here = join(root, 'conformance/admission');

test('the plugins that users switch on and configure judge as those of kube-apiserver do', async () => {
  await using cluster = await startCluster({
    flags: [
      ...['--memory', '--nodes', '0', '--components', 'apiserver', '--enable-admission-plugins', enabled.join(',')],
      ...['--admission-control-config-file', join(here, 'config.yaml'), '--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
    ],
  });
  const server = /server: (\S+)/.exec(await readFile(cluster.kubeconfig, 'utf8'))![1]!;
  const [answers, recorded] = [
    await play(server, 'admintoken', 'alicetoken'),
    JSON.parse(await readFile(join(here, 'answers.json'), 'utf8')),
  ];
  deepStrictEqual(Object.keys(answers), Object.keys(recorded));
  const differing = Object.keys(recorded).filter((name) => !isDeepStrictEqual(answers[name], recorded[name]));
  const only = (from: Record<string, unknown>) => Object.fromEntries(differing.map((name) => [name, from[name]]));
  deepStrictEqual(only(answers), only(recorded));
});
