import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Node, Pod } from '../../../openapi/types.ts';
import { newContainer } from '../containers/container.ts';
import type { PodWorker } from '../pod-worker.ts';
import { expositionOf } from './exposition.ts';
import { cadvisorMetrics, resourceMetrics } from './metrics.ts';
import { summaryOf } from './summary.ts';
import { NodeMeter, usageOf } from './usage.ts';

const start = Date.parse('2026-01-02T03:04:05Z');
const node: Node = {
  metadata: { name: 'node-1' },
  spec: {},
  status: { capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '10Gi' } },
};

function pod(annotations: Record<string, string>, resources: Container['resources']): Pod {
  return {
    metadata: { name: 'web-1', namespace: 'shop', uid: 'u-1', annotations },
    spec: { containers: [{ name: 'web', image: 'nginx', resources: resources! }] },
  };
}

/** Whose container has run since the start. */
function workerOf(object: Pod): PodWorker {
  const run = {
    ...newContainer('web', 'main'),
    state: 'running' as const,
    id: 'orrery://c-1',
    image: 'docker.io/library/nginx:1',
    startedAt: start,
  };
  return { pod: object, running: () => [run], spec: () => object.spec!.containers[0] } as unknown as PodWorker;
}

test('a container uses what an annotation says, or half of what it requests, within its limits', () => {
  const cases: [Record<string, string>, Container['resources'], nanoCores: number, memoryBytes: number][] = [
    [{}, {}, 1_000_000, 1024 ** 2],
    [{}, { requests: { cpu: '200m', memory: '64Mi' } }, 100_000_000, 32 * 1024 ** 2],
    [{}, { requests: { cpu: '0' } }, 1_000_000, 1024 ** 2],
    [{ 'kwok.x-k8s.io/usage-cpu': '1500m' }, { requests: { cpu: '200m' } }, 1_500_000_000, 1024 ** 2],
    [
      { 'kwok.x-k8s.io/usage-cpu': '2', 'kwok.x-k8s.io/usage-memory': '1Gi' },
      { limits: { cpu: '500m', memory: '10M' } },
      500_000_000,
      10_000_000,
    ],
    [{ 'kwok.x-k8s.io/usage-cpu': 'much' }, { requests: { cpu: '1' } }, 500_000_000, 1024 ** 2],
  ];
  for (const [annotations, resources, nanoCores, memoryBytes] of cases) {
    const object = pod(annotations, resources);
    deepEqual(usageOf(object, object.spec!.containers[0]!), { nanoCores, memoryBytes });
  }
});

test("a processor's time adds up what was used, also where that changes, and never goes back", () => {
  const worker = workerOf(pod({}, { requests: { cpu: '2' } }));
  const meter = new NodeMeter(start);
  const seconds = (after: number) => {
    const usage = meter.read(node, [worker], start + after * 1000);
    return [usage.pods[0]!.coreNanoSeconds / 1e9, usage.coreNanoSeconds / 1e9];
  };
  deepEqual(seconds(10), [10, 10.4]);
  worker.pod.metadata!.annotations!['kwok.x-k8s.io/usage-cpu'] = '100m';
  deepEqual(seconds(20), [20, 20.8]);
  deepEqual(seconds(30), [21, 22.2]);
  const gone = meter.read(node, [], start + 40_000);
  deepEqual([gone.coreNanoSeconds / 1e9, gone.nanoCores, gone.pods], [23.6, 40_000_000, []]);
});

test('metrics and summaries tell the same usage', () => {
  const usage = new NodeMeter(start).read(node, [workerOf(pod({}, { requests: { cpu: '2', memory: '2Mi' } }))], start + 10_000);
  const text = expositionOf(resourceMetrics(usage));
  equal(
    text
      .split('\n')
      .filter((line) => /^(pod_|node_cpu|container_start)/.test(line))
      .join('\n'),
    [
      'container_start_time_seconds{container="web",namespace="shop",pod="web-1"} 1.767323045e+09',
      'node_cpu_usage_seconds_total 10.4 1767323055000',
      'pod_cpu_usage_seconds_total{namespace="shop",pod="web-1"} 10 1767323055000',
      'pod_memory_working_set_bytes{namespace="shop",pod="web-1"} 1.048576e+06 1767323055000',
      'pod_swap_usage_bytes{namespace="shop",pod="web-1"} 0 1767323055000',
    ].join('\n'),
  );
  const used = cadvisorMetrics(usage).find(({ name }) => name === 'container_cpu_usage_seconds_total')!;
  deepEqual(
    used.series.map(({ labels, value }) => [labels!['id'], value]),
    [
      ['/', 10.4],
      ['/kubepods/burstable/podu-1', 10],
      ['/kubepods/burstable/podu-1/c-1', 10],
    ],
  );
  const { node: whole, pods } = summaryOf(usage, true) as any;
  deepEqual(
    [whole.cpu.usageNanoCores, whole.memory.availableBytes, pods[0].podRef, pods[0].containers[0].cpu],
    [
      1_040_000_000,
      8 * 1024 ** 3 - 129 * 1024 ** 2,
      { name: 'web-1', namespace: 'shop', uid: 'u-1' },
      { time: '2026-01-02T03:04:15Z', usageNanoCores: 1_000_000_000, usageCoreNanoSeconds: 10_000_000_000 },
    ],
  );
  equal('fs' in whole, false);
  equal((summaryOf(usage, false) as any).node.fs.capacityBytes, 10 * 1024 ** 3);
});

test('labels of metrics are escaped', () => {
  equal(
    expositionOf([{ name: 'a', help: 'b', type: 'gauge', series: [{ labels: { c: 'x"\\\ny' }, value: 1 }] }]),
    '# HELP a b\n# TYPE a gauge\na{c="x\\"\\\\\\ny"} 1\n',
  );
});
