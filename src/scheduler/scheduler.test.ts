import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../openapi/types.ts';
import { VirtualClock } from '../machinery/clock.ts';
import type { Plugin } from './framework.ts';
import { prioritySort } from './plugins/priority-sort.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { SchedulingQueue } from './queue.ts';
import { StaticScheduler } from './testing/static-cluster.ts';

let uids = 0;

function node(name: string, more: { labels?: Record<string, string>; spec?: object; allocatable?: Record<string, string> } = {}): Node {
  const allocatable = { cpu: '4', memory: '8Gi', pods: '10', ...more.allocatable };
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: { ...more.spec },
    status: { allocatable, capacity: allocatable },
  } as Node;
}

function pod(spec: object = {}, labels: Record<string, string> = {}): Pod {
  const uid = `uid-${++uids}`;
  return {
    metadata: { name: uid, namespace: 'default', uid, labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }], schedulerName: 'default-scheduler', ...spec },
  } as Pod;
}

const asking = (cpu: string, memory = '1Gi') => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu, memory } } }] });

function clusterOf(nodes: Node[], placed: [Pod, string][] = []) {
  const pods = placed.map(([each, name]) => ({ ...each, spec: { ...each.spec, nodeName: name } }) as Pod);
  return new StaticScheduler({ nodes, pods });
}

function place(nodes: Node[], wanted: Pod, placed: [Pod, string][] = []): string {
  return clusterOf(nodes, placed).place(wanted);
}

const taint = (effect: string) => ({ spec: { taints: [{ key: 'k', value: 'v', effect }] } });

test('filters refuse nodes in kube-scheduler’s words', () => {
  const cases: [string, Node[], Pod, [Pod, string][]?][] = [
    ['no nodes available to schedule pods', [], pod()],
    ['0/2 nodes are available: 2 Insufficient cpu.', [node('a'), node('b')], pod(asking('5'))],
    ['0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.', [node('a')], pod(asking('5', '9Gi'))],
    ['0/1 nodes are available: 1 Too many pods.', [node('a', { allocatable: { pods: '1' } })], pod(), [[pod(), 'a']]],
    ["0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", [node('a')], pod({ nodeSelector: { x: 'y' } })],
    ['0/1 nodes are available: 1 node(s) had untolerated taint(s).', [node('a', taint('NoSchedule'))], pod()],
    [
      '0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.',
      [node('a', taint('NoExecute')), node('b', { spec: { unschedulable: true } })],
      pod(),
    ],
    ["0/1 nodes are available: 1 node(s) didn't match the requested node name.", [node('a')], pod({ nodeName: 'b' })],
  ];
  for (const [message, nodes, wanted, placed] of cases) equal(place(nodes, wanted, placed), message);
});

test('tolerations, selectors and affinity lead to the node that they describe', () => {
  const nodes = [node('a', taint('NoSchedule')), node('b', { labels: { disk: 'ssd' } }), node('c', { labels: { cores: '16' } })];
  const affinity = (key: string, operator: string, values: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }] },
      },
    },
  });
  equal(place(nodes, pod({ nodeSelector: { disk: 'ssd' } })), 'b');
  equal(place(nodes, pod(affinity('cores', 'Gt', ['8']))), 'c');
  equal(place([nodes[0]!], pod({ tolerations: [{ key: 'k', operator: 'Equal', value: 'v' }] })), 'a');
  const named = {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['c'] }] }],
        },
      },
    },
  };
  equal(place(nodes, pod(named)), 'c');
});

test('a host port is used once on each node and address', () => {
  const using = (port: object) => pod({ containers: [{ name: 'c', image: 'nginx', ports: [port] }] });
  const placed: [Pod, string][] = [[using({ containerPort: 80, hostPort: 80 }), 'a']];
  equal(
    place([node('a')], using({ containerPort: 80, hostPort: 80 }), placed),
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  );
  equal(place([node('a')], using({ containerPort: 80, hostPort: 80, protocol: 'UDP' }), placed), 'a');
});

test('the emptier node is preferred, and preferences outweigh that', () => {
  const placed: [Pod, string][] = [[pod(asking('2')), 'a']];
  equal(place([node('a'), node('b')], pod(asking('1')), placed), 'b');
  const preferA = {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['a'] }] } },
        ],
      },
    },
  };
  equal(place([node('a'), node('b')], pod({ ...asking('1'), ...preferA }), placed), 'a');
});

test('pods spread over zones as their constraints ask', () => {
  const nodes = [
    node('a1', { labels: { zone: 'a' } }),
    node('a2', { labels: { zone: 'a' } }),
    node('b1', { labels: { zone: 'b' } }),
    node('x'),
  ];
  const spread = {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
    ],
  };
  const web = () => pod(spread, { app: 'web' });
  equal(place(nodes, web(), [[web(), 'a1']]), 'b1');
  equal(
    place(
      nodes.filter(({ metadata }) => metadata!.name !== 'b1').concat(node('b1', { labels: { zone: 'b' }, spec: { unschedulable: true } })),
      web(),
      [[web(), 'a1']],
    ),
    "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label), 1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints.",
  );
});

test('assumed pods take their room until they are forgotten', () => {
  const { cluster, cycle } = clusterOf([node('a', { allocatable: { cpu: '1' } })]);
  const first = pod(asking('1'));
  cluster.assume(first, 'a');
  equal(cycle.run(pod(asking('1'))).node, undefined);
  cluster.forget(first.metadata!.uid!);
  equal(cycle.run(pod(asking('1'))).node?.name, 'a');
});

const onNodes: Plugin = { name: 'OnNodes', events: [{ resource: 'Node', actions: ['add'] }] };

function queueOf(clock: VirtualClock, plugins: readonly Plugin[], available: () => void = () => {}) {
  const gates = plugins.filter((plugin) => plugin.preEnqueue);
  return new SchedulingQueue(clock, [{ schedulerName: 'default-scheduler', plugins: [prioritySort, ...plugins], gates }], available);
}

const refusedBy = (...names: string[]) => [new Set(names), new Set<string>()] as const;
const aNode = { metadata: { name: 'n' } };

test('the queue hands out by priority, then age', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, []);
  queue.add('low', pod({ priority: 0 }));
  await clock.advance(1);
  queue.add('high', pod({ priority: 10 }));
  queue.add('late', pod({ priority: 0 }));
  const order = [queue.take(), queue.take(), queue.take(), queue.take()].map((queued) => queued?.key);
  deepEqual(order, ['high', 'low', 'late', undefined]);
});

test('a refused pod waits for an event that helps, and backs off only while there is something else to try', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, [onNodes]);
  queue.add('p', pod());
  queue.refused(queue.take()!, pod(), ...refusedBy('OnNodes'));
  queue.happened({ resource: 'AssignedPod', action: 'delete', old: pod() });
  await clock.advance(20_000);
  equal(queue.take(), undefined);
  queue.happened({ resource: 'Node', action: 'add', object: aNode });
  const again = queue.take()!;
  equal(again.attempts, 2);
  queue.refused(again, pod(), ...refusedBy('OnNodes'));
  queue.happened({ resource: 'Node', action: 'add', object: aNode });
  queue.add('q', pod());
  deepEqual([queue.take()?.key, queue.take()?.key], ['q', 'p']);
});

test('what waits for nodes is tried again when the taints of one change', () => {
  const queue = queueOf(new VirtualClock(), [onNodes]);
  queue.add('p', pod());
  queue.refused(queue.take()!, pod(), ...refusedBy('OnNodes'));
  queue.happened({ resource: 'Node', action: 'updateNodeLabel', object: aNode, old: aNode });
  equal(queue.take(), undefined);
  queue.happened({ resource: 'Node', action: 'updateNodeTaint', object: aNode, old: aNode });
  equal(queue.take()?.key, 'p');
});

test('a pod whose attempt failed without a refusal waits its back-off out', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, [onNodes]);
  queue.add('p', pod());
  queue.refused(queue.take()!, pod(), ...refusedBy());
  await clock.advance(1_999);
  equal(queue.take(), undefined);
  await clock.advance(1);
  equal(queue.take()?.key, 'p');
});

test('a pod whose event came during its cycle is tried again; others’ events are forgotten', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, [onNodes]);
  queue.add('p', pod());
  queue.happened({ resource: 'Node', action: 'add', object: aNode });
  const first = queue.take()!;
  queue.refused(first, pod(), ...refusedBy('OnNodes'));
  equal(queue.take(), undefined);
  queue.activate('p');
  const second = queue.take()!;
  queue.happened({ resource: 'Node', action: 'add', object: aNode });
  queue.refused(second, pod(), ...refusedBy('OnNodes'));
  equal(queue.take()?.key, 'p');
});

test('a gated pod enters when its gates are gone, and is not tried for other events', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, [schedulingGates, onNodes]);
  const gated = pod({ schedulingGates: [{ name: 'g' }] });
  queue.add('p', gated);
  queue.happened({ resource: 'Node', action: 'add', object: aNode });
  equal(queue.take(), undefined);
  const free = { ...gated, spec: { ...gated.spec, schedulingGates: [] } } as unknown as Pod;
  queue.update('p', free, [{ resource: 'UnscheduledPod', action: 'updatePodSchedulingGatesEliminated', object: free, old: gated }]);
  equal(queue.take()?.key, 'p');
});

test('a pod is tried again after five minutes without an event', async () => {
  const clock = new VirtualClock();
  const queue = queueOf(clock, [onNodes]);
  queue.add('p', pod());
  queue.refused(queue.take()!, pod(), ...refusedBy('OnNodes'));
  await clock.advance(299_999);
  equal(queue.take(), undefined);
  await clock.advance(1);
  equal(queue.take()?.key, 'p');
});
