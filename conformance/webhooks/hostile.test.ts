import { deepEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { connectTo } from '../robustness/play.ts';
import { playHostileAnswers, type Told } from './hostile.ts';

/** What kube-apiserver v1.36.3 told of each, recorded with `playHostileAnswers`. */
const recorded = JSON.parse(readFileSync(new URL('./hostile.json', import.meta.url), 'utf8')) as Record<string, Told>;

const failed = (name: string, text: string): Told => ({
  status: 500,
  message: `Internal error occurred: failed calling webhook ${JSON.stringify(name)}: failed to call webhook: ${text}`,
});
/** Where it is another: memory is bounded. */
const ours: Readonly<Record<string, Told>> = {
  'an endless body': failed('w3.example.com', 'the body of the response was too large: more than 16777216 bytes'),
};

test('hostile answers of webhooks fail in bounded time and memory, in the words of the real server', { timeout: 120_000 }, async () => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '0', '--components', 'apiserver', '--log-level', 'silent'] });
  const connection = await connectTo(cluster.kubeconfig);
  try {
    deepEqual(await playHostileAnswers(connection, 'hostile-answers'), { ...recorded, ...ours });
  } finally {
    connection.close();
  }
});
