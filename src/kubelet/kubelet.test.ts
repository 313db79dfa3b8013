import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../openapi/types.ts';
import { imageIdOf } from './images/image.ts';
import { AddressPool } from './network/addresses.ts';
import { backOffStatus, endedStatus, readinessChanged, runningStatus } from './pod-status.ts';
import { defaultStages } from './stages/default.ts';
import { delayOf, matches } from './stages/stage.ts';

const context = { now: '2026-01-02T03:04:05Z', hostIP: '172.18.0.2', podIP: '10.244.0.5', newContainerId: () => 'orrery://1' };

function pod(more: { metadata?: object; spec?: object; status?: object } = {}): Pod {
  return {
    metadata: { name: 'p', namespace: 'default', uid: 'u', generation: 1, ...more.metadata },
    spec: { containers: [{ name: 'web', image: 'nginx:1' }], restartPolicy: 'Always', ...more.spec },
    status: { phase: 'Pending', ...more.status },
  } as Pod;
}

test('an address pool gives each address once, and freed ones again', () => {
  const pool = new AddressPool('10.244.3.0/29');
  pool.take('10.244.3.2');
  deepEqual([pool.give(), pool.give()], ['10.244.3.1', '10.244.3.3']);
  pool.free('10.244.3.1');
  deepEqual(
    [pool.give(), pool.give(), pool.give(), pool.give(), pool.give()],
    ['10.244.3.4', '10.244.3.5', '10.244.3.6', '10.244.3.1', undefined],
  );
});

test('the stage of a pod follows from what it is', () => {
  const stageOf = (object: Pod) => defaultStages.find(({ when }) => matches(when, object))?.name;
  const running = { status: { phase: 'Running' } };
  const cases: [Pod, string | undefined][] = [
    [pod(), 'start'],
    [pod(running), undefined],
    [pod({ ...running, metadata: { deletionTimestamp: context.now } }), 'stop'],
    [pod({ ...running, metadata: { annotations: { 'orrery.dev/exit-code': '1' } } }), 'exit'],
    [pod({ ...running, metadata: { ownerReferences: [{ kind: 'Job', controller: true }] } }), 'complete'],
    [pod({ ...running, spec: { activeDeadlineSeconds: 5 } }), 'deadline'],
    [pod({ status: { phase: 'Succeeded' } }), undefined],
  ];
  deepEqual(
    cases.map(([object]) => stageOf(object)),
    cases.map(([, name]) => name),
  );
  const exit = defaultStages.find(({ name }) => name === 'exit')!;
  equal(delayOf(exit, pod({ metadata: { annotations: { 'orrery.dev/exit-after': '2.5s' } } })), 2_500);
  equal(delayOf(exit, pod()), 1_000);
});

test('a running pod reports its containers, addresses and conditions', () => {
  const status = runningStatus(pod({ spec: { initContainers: [{ name: 'init', image: 'busybox' }] } }), context, new Map());
  equal(status.phase, 'Running');
  equal(status.podIP, '10.244.0.5');
  deepEqual(
    status.conditions!.map(({ type, status: value }) => `${type}=${value}`),
    ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True'],
  );
  deepEqual(status.containerStatuses![0]!.state, { running: { startedAt: context.now } });
  equal(status.initContainerStatuses![0]!.state!.terminated!.reason, 'Completed');
});

test('readiness gates keep a pod from being ready until they hold', () => {
  const gated = pod({ spec: { readinessGates: [{ conditionType: 'example.com/up' }] } });
  const status = runningStatus(gated, context, new Map());
  const ready = status.conditions!.find(({ type }) => type === 'Ready')!;
  equal(ready.reason, 'ReadinessGatesNotReady');
  equal(ready.message, 'corresponding condition of pod readiness gate "example.com/up" does not exist.');
  const open = { ...gated, status: { ...status, conditions: [...status.conditions!, { type: 'example.com/up', status: 'True' }] } } as Pod;
  equal(readinessChanged(open), true);
  equal(readinessChanged({ ...gated, status } as Pod), false);
});

test('containers that end make the pod what its restart policy says', () => {
  const running = pod({ status: runningStatus(pod(), context, new Map()) });
  equal(endedStatus(running, 0, context).phase, 'Succeeded');
  equal(endedStatus(running, 3, context).phase, 'Failed');
  equal(endedStatus(running, 3, context).containerStatuses![0]!.state!.terminated!.exitCode, 3);
  const waiting = backOffStatus(running, 1, 80_000, context).containerStatuses![0]!;
  deepEqual(waiting.state, {
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=web pod=p_default(u)' },
  });
  equal(waiting.lastState!.terminated!.reason, 'Error');
});

test('an image has the same identifier everywhere', () => {
  equal(imageIdOf('nginx:1').split('@')[0], 'docker.io/library/nginx');
  equal(imageIdOf('localhost:5000/a/b').split('@')[0], 'localhost:5000/a/b');
  equal(imageIdOf('nginx:1'), imageIdOf('nginx:1'));
});
