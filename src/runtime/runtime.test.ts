import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../machinery/clock.ts';
import { revisionHash } from './hash.ts';
import { WorkQueue } from './work-queue.ts';

test('a queue merges keys, and gives one that changed while it was worked on again', () => {
  const queue = new WorkQueue(new VirtualClock());
  queue.add('a');
  queue.add('a');
  assert.equal(queue.take(), 'a');
  queue.add('a');
  assert.equal(queue.take(), undefined);
  queue.done('a');
  assert.equal(queue.take(), 'a');
});

test('failures wait longer each time, and can be asked for', async () => {
  const clock = new VirtualClock();
  const queue = new WorkQueue(clock);
  queue.addRateLimited('a');
  assert.deepEqual(queue.pending().delayed, [{ key: 'a', inMilliseconds: 5 }]);
  await clock.advance(5);
  assert.equal(queue.take(), 'a');
  queue.done('a');
  queue.addRateLimited('a');
  assert.deepEqual(queue.pending().delayed, [{ key: 'a', inMilliseconds: 10 }]);
});

test('a revision has the name that upstream gives it', () => {
  const container = {
    image: 'nginx:1.27',
    imagePullPolicy: 'IfNotPresent',
    name: 'a',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
  const spec = { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'none', securityContext: {} };
  const template = { $patch: 'replace', metadata: { labels: { app: 'db' } }, spec: { ...spec, terminationGracePeriodSeconds: 30 } };
  assert.equal(revisionHash({ spec: { template } }, 0), '5c4746dbc');
});
