import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../openapi/types.ts';
import { VirtualClock } from '../machinery/clock.ts';
import { seededRandom } from '../machinery/random.ts';
import { ClusterState } from './cluster-state.ts';
import { SchedulingCycle } from './cycle.ts';
import type { Plugin } from './framework.ts';
import { defaultProfile } from './profile.ts';
import { SchedulingQueue } from './queue.ts';

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
  const cluster = new ClusterState();
  for (const each of nodes) cluster.setNode(each);
  for (const [each, name] of placed) cluster.setPod({ ...each, spec: { ...each.spec, nodeName: name } } as Pod);
  // No binding happens in these tests, so the client is never used.
  const { plugins } = defaultProfile({ resource: () => ({}) as any }, () => undefined);
  return { cluster, cycle: new SchedulingCycle(plugins, cluster, seededRandom(1)) };
}

function place(nodes: Node[], wanted: Pod, placed: [Pod, string][] = []): string {
  const result = clusterOf(nodes, placed).cycle.run(wanted);
  return result.node ? result.node.name : result.message;
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

test('the queue hands out by priority, then age; refused pods wait for an event that helps, and back off', async () => {
  const clock = new VirtualClock();
  let available = 0;
  const queue = new SchedulingQueue(clock, [], () => available++);
  const onNodes: Plugin = { name: 'OnNodes', mayHelp: (event) => event.resource === 'node' };
  queue.add('low', pod({ priority: 0 }));
  await clock.advance(1);
  queue.add('high', pod({ priority: 10 }));
  queue.add('late', pod({ priority: 0 }));
  const order = [queue.take(), queue.take(), queue.take(), queue.take()].map((queued) => queued?.key);
  deepEqual(order, ['high', 'low', 'late', undefined]);

  queue.add('p', pod());
  queue.refused(queue.take()!, [onNodes]);
  queue.happened({ resource: 'assignedPod', action: 'delete' });
  await clock.advance(20_000);
  equal(queue.take(), undefined);
  queue.happened({ resource: 'node', action: 'add' });
  const again = queue.take()!;
  equal(again.attempts, 2);
  queue.refused(again, [onNodes]);
  queue.happened({ resource: 'node', action: 'add' });
  equal(queue.take(), undefined);
  await clock.advance(1_999);
  equal(queue.take(), undefined);
  await clock.advance(1);
  equal(queue.take()?.key, 'p');
});

test('a pod whose event came during its cycle is tried again', async () => {
  const clock = new VirtualClock();
  const queue = new SchedulingQueue(clock, [], () => {});
  queue.add('p', pod());
  const queued = queue.take()!;
  queue.happened({ resource: 'node', action: 'add' });
  queue.refused(queued, [{ name: 'Any' }]);
  await clock.advance(1_000);
  equal(queue.take()?.key, 'p');
});
