import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../openapi/types.ts';
import { type ContainerRun, newContainer } from './containers/container.ts';
import { resolverFile } from './containers/network-files.ts';
import { backOffOf, lengthenBackOff, restartsAfter } from './containers/restart.ts';
import { defaultImages } from './images/catalogue.ts';
import { Images } from './images/images.ts';
import { imageIdOf } from './images/reference.ts';
import { AddressPool } from './network/addresses.ts';
import { NodeRoom } from './node-room.ts';
import { advertisedChanges } from './node-status.ts';
import { podStatus, readinessChanged } from './pod-status.ts';
import { defaultStages } from './stages/default.ts';
import { delayOf, matches } from './stages/stage.ts';

const context = { now: '2026-01-02T03:04:05Z', hostIPs: ['172.18.0.2'], podIPs: ['10.244.0.5'] };

function pod(more: { metadata?: object; spec?: object; status?: object } = {}): Pod {
  return {
    metadata: { name: 'p', namespace: 'default', uid: 'u', generation: 1, ...more.metadata },
    spec: { containers: [{ name: 'web', image: 'nginx:1' }], restartPolicy: 'Always', ...more.spec },
    status: { phase: 'Pending', ...more.status },
  } as Pod;
}

function running(name = 'web'): ContainerRun {
  return {
    ...newContainer(name, 'main'),
    state: 'running',
    id: 'orrery://1',
    started: true,
    ready: true,
    startedAt: Date.parse(context.now),
  };
}

function ended(exitCode: number, kind: 'init' | 'main' = 'main'): ContainerRun {
  const end = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: context.now, finishedAt: context.now };
  return { ...newContainer('web', kind), state: 'ended', id: 'orrery://1', end };
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
  const runs = { status: { phase: 'Running' } };
  const cases: [Pod, string | undefined][] = [
    [pod(), 'start'],
    [pod(runs), undefined],
    [pod({ ...runs, metadata: { deletionTimestamp: context.now } }), 'stop'],
    [pod({ ...runs, metadata: { annotations: { 'orrery.dev/exit-code': '1' } } }), 'exit'],
    [pod({ ...runs, metadata: { ownerReferences: [{ kind: 'Job', controller: true }] } }), 'complete'],
    [pod({ ...runs, spec: { activeDeadlineSeconds: 5 } }), 'deadline'],
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
  const status = podStatus(pod(), [ended(0, 'init'), running()], context);
  equal(status.phase, 'Running');
  equal(status.podIP, '10.244.0.5');
  deepEqual(
    status.conditions!.map(({ type, status: value }) => `${type}=${value}`),
    ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'],
  );
  deepEqual(status.containerStatuses![0]!.state, { running: { startedAt: context.now } });
  equal(status.initContainerStatuses![0]!.state!.terminated!.reason, 'Completed');
});

test('the phase of a pod follows from its containers and its restart policy', () => {
  const never = pod({ spec: { restartPolicy: 'Never' } });
  const cases: [Pod, ContainerRun[], string][] = [
    [pod(), [newContainer('web', 'main')], 'Pending'],
    [pod(), [ended(1)], 'Running'],
    [never, [ended(0)], 'Succeeded'],
    [never, [ended(3)], 'Failed'],
    [pod({ spec: { restartPolicy: 'OnFailure' } }), [ended(0)], 'Succeeded'],
    [pod({ spec: { restartPolicy: 'OnFailure' } }), [ended(1)], 'Running'],
    [never, [ended(1, 'init'), newContainer('web', 'main')], 'Failed'],
    [pod(), [ended(1, 'init'), newContainer('web', 'main')], 'Pending'],
    [pod(), [{ ...newContainer('web', 'main'), last: ended(1).end! }], 'Running'],
  ];
  for (const [object, containers, phase] of cases) equal(podStatus(object, containers, context).phase, phase, JSON.stringify(containers));
});

test('readiness gates keep a pod from being ready until they hold', () => {
  const gated = pod({ spec: { readinessGates: [{ conditionType: 'example.com/up' }] } });
  const status = podStatus(gated, [running()], context);
  const ready = status.conditions!.find(({ type }) => type === 'Ready')!;
  equal(ready.reason, 'ReadinessGatesNotReady');
  equal(ready.message, 'corresponding condition of pod readiness gate "example.com/up" does not exist.');
  const open = { ...gated, status: { ...status, conditions: [...status.conditions!, { type: 'example.com/up', status: 'True' }] } } as Pod;
  equal(readinessChanged(open), true);
  equal(readinessChanged({ ...gated, status } as Pod), false);
});

test('a container is restarted as its own rules, its policy and the policy of its pod say', () => {
  const own = (more: object) => ({ name: 'web', ...more });
  equal(restartsAfter(pod(), own({}), 0), true);
  equal(restartsAfter(pod({ spec: { restartPolicy: 'OnFailure' } }), own({}), 0), false);
  equal(restartsAfter(pod({ spec: { restartPolicy: 'Never' } }), own({}), 1), false);
  equal(restartsAfter(pod({ spec: { restartPolicy: 'Never' } }), own({ restartPolicy: 'OnFailure' }), 1), true);
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  equal(restartsAfter(pod(), own({ restartPolicy: 'Never', restartPolicyRules: rules }), 42), true);
  equal(restartsAfter(pod(), own({ restartPolicy: 'Never', restartPolicyRules: rules }), 1), false);
});

test('the first restart does not wait, each further one twice as long, and after a long run it begins anew', () => {
  const run = { backOff: 0, backOffAt: 0 };
  const waits: number[] = [];
  for (let at = 1_000_000; waits.length < 7; at += 1_000) {
    waits.push(backOffOf(run, at));
    lengthenBackOff(run, at);
  }
  deepEqual(waits, [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000]);
  equal(backOffOf(run, run.backOffAt + 600_001), 0);
});

test('an image has the same identifier everywhere', () => {
  equal(imageIdOf('nginx:1').split('@')[0], 'docker.io/library/nginx');
  equal(imageIdOf('localhost:5000/a/b').split('@')[0], 'localhost:5000/a/b');
  equal(imageIdOf('nginx:1'), imageIdOf('nginx:1'));
});

test('images are judged by the rules, the first that fits', () => {
  const images = new Images([{ image: 'docker.io/library/shop:*', pull: 'denied' }, ...defaultImages]);
  const pulls = [
    'nginx',
    'shop:2',
    'webserver:404',
    'foo:non-existent',
    'registry.invalid/a/b:1',
    'invalid.example.com/a',
    'registry.k8s.io/pause:3.10',
  ].map((image) => images.get(image).pull);
  deepEqual(pulls, [undefined, 'denied', 'notFound', 'notFound', 'unreachable', 'unreachable', undefined]);
  equal(images.get('Nginx').invalid, 'invalid reference format: repository name (library/Nginx) must be lowercase');
  equal(images.get('a b').invalid, 'invalid reference format');
  equal(images.get('registry.k8s.io/e2e-test-images/agnhost:2.53').program?.servers?.agnhost?.code, 2);
});

test('a node takes a pod only if it has room, its ports, its labels and no taint that drives the pod out', () => {
  const node = {
    metadata: { name: 'n', labels: { zone: 'a' } },
    status: { allocatable: { cpu: '1', memory: '1Gi', pods: '3' } },
  } as unknown as Node;
  const wanting = (uid: string, spec: object) =>
    pod({ metadata: { uid }, spec: { containers: [{ name: 'web', image: 'nginx', ...spec }] } });
  const room = new NodeRoom();
  const port = { ports: [{ containerPort: 80, hostPort: 80 }] };
  const big = wanting('1', { ...port, resources: { requests: { cpu: '600m' } } });
  equal(room.admit(big, node), undefined);
  deepEqual(room.admit(wanting('2', { resources: { requests: { cpu: '500m' } } }), node), {
    reason: 'OutOfcpu',
    message: "Node didn't have enough resource: cpu, requested: 500, used: 600, capacity: 1000",
  });
  equal(room.admit(wanting('3', port), node)?.reason, 'NodePorts');
  equal(room.admit(pod({ metadata: { uid: '4' }, spec: { nodeSelector: { zone: 'b' } } }), node)?.reason, 'NodeAffinity');
  const tainted = { ...node, spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } } as Node;
  equal(room.admit(pod({ metadata: { uid: '5' } }), tainted)?.reason, 'TaintToleration');
  room.release(big);
  equal(room.admit(wanting('3', port), node), undefined);
});

test('extended resources that are advertised on a node can be used by its pods', () => {
  const told = (capacity: object, allocatable: object, annotations = {}) =>
    advertisedChanges({ metadata: { name: 'n', annotations }, status: { capacity, allocatable } } as Node);
  const cpu = { cpu: '4' };
  equal(told({ ...cpu, 'example.com/dongle': '4' }, { cpu: '3', 'example.com/dongle': '4' }), undefined);
  deepEqual(told({ ...cpu, 'example.com/dongle': '8', 'example.com/new': '1' }, { ...cpu, 'example.com/dongle': '4' }), {
    'example.com/dongle': '8',
    'example.com/new': '1',
  });
  deepEqual(told(cpu, { ...cpu, 'example.com/dongle': '4' }), { 'example.com/dongle': null });
  equal(told({ ...cpu, 'example.com/dongle': '4' }, cpu, { 'kwok.x-k8s.io/node': 'fake' }), undefined);
});

test("resolv.conf follows from the pod's policy and its own configuration", () => {
  const cases: [spec: object, file: string][] = [
    [{}, 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'],
    [{ hostNetwork: true }, 'nameserver 127.0.0.11\n'],
    [{ dnsPolicy: 'Default' }, 'nameserver 127.0.0.11\n'],
    [
      { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.1'], searches: ['a.example'], options: [{ name: 'edns0' }] } },
      'search a.example\nnameserver 1.1.1.1\noptions edns0\n',
    ],
    [
      {
        dnsConfig: {
          nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3'],
          searches: ['cluster.local', 'b'],
          options: [{ name: 'ndots', value: '2' }],
        },
      },
      'search default.svc.cluster.local svc.cluster.local cluster.local b\nnameserver 10.96.0.10\nnameserver 1.1.1.1\nnameserver 2.2.2.2\noptions ndots:2\n',
    ],
  ];
  for (const [spec, file] of cases) equal(resolverFile(pod({ spec }), ['10.96.0.10']), file);
});
