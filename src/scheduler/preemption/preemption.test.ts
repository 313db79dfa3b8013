import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { StaticScheduler } from '../testing/static-cluster.ts';
import { selectCandidate } from './candidates.ts';
import { selectVictims } from './victims.ts';

const node = (name: string, cpu = '2'): any => {
  const allocatable = { cpu, memory: '8Gi', pods: '10' };
  return { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {}, status: { allocatable } };
};

const pod = (
  name: string,
  more: { on?: string; priority?: number; cpu?: string; labels?: object; start?: string; policy?: string } = {},
): any => ({
  metadata: { name, namespace: 'default', uid: name, labels: more.labels ?? {} },
  spec: {
    containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: more.cpu ?? '1' } } }],
    schedulerName: 'default-scheduler',
    priority: more.priority ?? 0,
    ...(more.on ? { nodeName: more.on } : {}),
    ...(more.policy ? { preemptionPolicy: more.policy } : {}),
  },
  status: { startTime: more.start ?? '2026-01-01T00:00:00Z' },
});

const budget = (disruptionsAllowed: number): KubeObject =>
  ({
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'a' } } },
    status: { disruptionsAllowed },
  }) as any;

function scheduler(nodes: any[], pods: any[], others: KubeObject[] = []) {
  return new StaticScheduler({ nodes, pods, others });
}

function victims(nodes: any[], pods: any[], wanted: any, budgets: any[] = []): unknown {
  const { handle, cycle, cluster } = scheduler(nodes, pods, budgets);
  const result = cycle.run(wanted);
  return cluster.nodes.map((info) => {
    const found = selectVictims(handle.filtering(), result.state.clone(), wanted, info.clone(), budgets);
    return 'refusal' in found ? found.refusal.reasons[0] : [found.victims.map(({ metadata }) => metadata!.name), found.violations];
  });
}

test('as few and as unimportant pods as possible are chosen, those that a budget protects last', () => {
  const high = pod('high', { priority: 100 });
  const labels = { app: 'a' };
  deepEqual(victims([node('a')], [pod('x', { on: 'a' }), pod('y', { on: 'a', priority: 10 })], high), [[['x'], 0]]);
  const late = pod('late', { on: 'a', start: '2026-01-02T00:00:00Z' });
  deepEqual(victims([node('a')], [late, pod('early', { on: 'a' })], high), [[['late'], 0]]);
  deepEqual(victims([node('a')], [pod('x', { on: 'a', labels }), pod('y', { on: 'a', priority: 10 })], high, [budget(0)]), [[['y'], 0]]);
  deepEqual(victims([node('a')], [pod('x', { on: 'a', labels, cpu: '2' })], high, [budget(0)]), [[['x'], 1]]);
  deepEqual(victims([node('a')], [pod('x', { on: 'a', priority: 100, cpu: '2' })], high), ['No preemption victims found for incoming pod']);
});

test('the candidate that costs the least is chosen, one criterion after the other', () => {
  const candidate = (name: string, violations: number, ...victims: any[]) => ({ node: name, violations, victims });
  const first = pod('a', { start: '2026-01-01T00:00:00Z' });
  const later = pod('b', { start: '2026-01-02T00:00:00Z' });
  const important = pod('c', { priority: 5 });
  const cases = [
    ['y', candidate('x', 1, first), candidate('y', 0, important, important)],
    ['x', candidate('x', 0, first), candidate('y', 0, important)],
    ['x', candidate('x', 0, important, first), candidate('y', 0, important, important)],
    ['x', candidate('x', 0, first), candidate('y', 0, first, later)],
    ['y', candidate('x', 0, first), candidate('y', 0, later)],
  ] as const;
  for (const [expected, ...candidates] of cases) equal(selectCandidate(candidates)?.node, expected);
});

test('what came of preemption is said after why nothing fits', () => {
  const full = [pod('x', { on: 'a', cpu: '2' })];
  const said = (wanted: any) => scheduler([node('a')], full).placeOrPreempt(wanted);
  equal(said(pod('high', { priority: 1 })), '[a]');
  equal(
    said(pod('shy', { priority: 1, policy: 'Never' })),
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
  );
  equal(
    said(pod('same')),
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  );
  equal(
    said(pod('huge', { priority: 1, cpu: '3' })),
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  );
});

test('a pod that is nominated for a node keeps its room from those that are no more important', () => {
  const waiting = { ...pod('waiting', { priority: 10, cpu: '2' }), status: { nominatedNodeName: 'a' } };
  const place = (wanted: any) => scheduler([node('a')], [waiting]).place(wanted);
  equal(place(pod('small')), '0/1 nodes are available: 1 Insufficient cpu.');
  equal(place(pod('more', { priority: 11 })), 'a');
});
