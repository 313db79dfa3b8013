import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import { definitions } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { systemClock } from '../machinery/clock.ts';
import { openInProcessServer } from '../server/testing/in-process-server.ts';
import { openMemoryStorage } from '../storage/memory/memory-storage.ts';

async function markedPod() {
  let pass: (() => void) | undefined;
  let asked: () => void;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const clock = {
    ...systemClock,
    monotonic: () => 0,
    moment() {
      asked();
      return new Promise<void>((resolve) => (pass = resolve));
    },
  };
  const server = openInProcessServer(openMemoryStorage({ clock }), definitions, undefined, { clock });
  const client = server.client({ username: 'admin', groups: ['system:masters'] }, 'test');
  await client.resource<KubeObject>(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  const pod = client.resource<KubeObject>(pods);
  const spec = { containers: [{ name: 'a', image: 'b' }] };
  await pod.create('n', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

  const deleted = pod.delete('n', 'p');
  await isAsked;
  return { pod, deleted, pass: pass!, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a pod without a node is seen with its mark before it goes, also where both writes take no time', async () => {
  await using marked = await markedPod();
  const { pod, deleted, pass } = marked;
  const { deletionTimestamp, deletionGracePeriodSeconds } = (await pod.get('n', 'p')).metadata!;
  assert.ok(deletionTimestamp);
  assert.equal(deletionGracePeriodSeconds, 0);
  pass();
  await deleted;
  await assert.rejects(pod.get('n', 'p'), { code: 404 });
});

test('who is faster with a pod that is marked does what the first request asked for', async () => {
  await using marked = await markedPod();
  const { pod, deleted, pass } = marked;
  await pod.delete('n', 'p');
  await assert.rejects(pod.get('n', 'p'), { code: 404 });
  pass();
  await deleted;
});
