import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { Client } from '../../client/client.ts';
import { createMetricsClient, type PodMetrics } from './metrics-client.ts';
import { proposeFor } from './proposals.ts';
import { replicasForAverage, replicasForRatio, replicasForShare, replicasForUtilization } from './replica-calculator.ts';
import { type Behavior, limit, type Memory, noteScale } from './scaling-limits.ts';

const now = 10_000_000;
const before = new Date(now - 3_600_000).toISOString();

/** Pods p0, p1, … that request half a processor each. */
function pods(...phases: string[]) {
  return phases.map((phase, i) => ({
    metadata: { name: `p${i}` },
    spec: { containers: [{ name: 'a', resources: { requests: { cpu: '500m' } } }] },
    status: {
      phase,
      startTime: before,
      conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False', lastTransitionTime: before }],
    },
  }));
}

function metrics(...values: number[]): PodMetrics {
  return new Map(values.map((value, i) => [`p${i}`, { value, timestamp: now, window: 30_000 }]));
}

const tolerances = { up: 0.1, down: 0.1 };
const target = (phases: string[], currentReplicas = phases.length) => ({ pods: pods(...phases), currentReplicas, tolerances, now });
const running = (count: number) => Array.from({ length: count }, () => 'Running');

test('replicas follow from what pods use of what they request', () => {
  const utilization = (phases: string[], ...values: number[]) => replicasForUtilization(target(phases), metrics(...values), 'cpu', '', 50);
  deepEqual(utilization(running(2), 250, 250), { replicas: 2, usage: 250, utilization: 50 });
  deepEqual(utilization(running(2), 270, 270), { replicas: 2, usage: 270, utilization: 54 });
  deepEqual(utilization(running(2), 500, 400), { replicas: 4, usage: 450, utilization: 90 });
  deepEqual(utilization(running(4), 50, 50, 50, 50), { replicas: 1, usage: 50, utilization: 10 });
  // A pod without a metric uses nothing where more are wanted, and all it may where fewer are.
  deepEqual(utilization(running(3), 400, 400), { replicas: 3, usage: 400, utilization: 80 });
  deepEqual(utilization(running(3), 500, 500), { replicas: 4, usage: 500, utilization: 100 });
  deepEqual(utilization(running(3), 100, 100), { replicas: 3, usage: 100, utilization: 20 });
  deepEqual(utilization(['Running', 'Running', 'Pending'], 500, 500), { replicas: 4, usage: 500, utilization: 100 });
  throws(() => utilization(['Pending'], 1), /did not receive metrics for targeted pods/);
  throws(
    () => replicasForUtilization(target(running(1)), metrics(1), 'memory', '', 50),
    /missing request for memory in container a of Pod p0/,
  );
});

test('replicas follow from averages, ratios and shares', () => {
  deepEqual(replicasForAverage(target(running(2)), metrics(30_000, 50_000), 20_000), { replicas: 4, usage: 40_000 });
  deepEqual(
    [replicasForRatio(target(running(3)), 1.05), replicasForRatio(target(running(3)), 2.1), replicasForRatio(target([], 0), 3.2)],
    [3, 7, 4],
  );
  deepEqual(replicasForShare(3, tolerances, 100_000, 20_000), { replicas: 5, usage: 33_334 });
});

const fresh = (count: number): Memory => ({ recommendations: [{ count, at: now }], ups: [], downs: [] });
const rules = (value: number, type: 'Pods' | 'Percent', more: object = {}) => ({ policies: [{ type, value, periodSeconds: 60 }], ...more });

test('recommendations are smoothed and kept within rates and bounds', () => {
  const plain = { current: 3, minimum: 1, maximum: 10, behavior: undefined };
  deepEqual(limit(fresh(3), { ...plain, desired: 9 }, now).replicas, 6);
  deepEqual(limit(fresh(3), { ...plain, desired: 9 }, now).limit[0], 'ScaleUpLimit');
  deepEqual(limit(fresh(3), { ...plain, current: 8, desired: 12 }, now).limit[0], 'TooManyReplicas');
  // Not before five minutes have passed without a higher recommendation.
  const memory = fresh(3);
  deepEqual(limit(memory, { ...plain, desired: 2 }, now + 1_000).ready[0], 'ScaleDownStabilized');
  deepEqual(limit(memory, { ...plain, desired: 2 }, now + 301_000), {
    replicas: 2,
    ready: ['ReadyForNewScale', 'recommended size matches current size'],
    limited: false,
    limit: ['DesiredWithinRange', 'the desired count is within the acceptable range'],
  });
});

test('behaviours bound how fast an autoscaler may scale', () => {
  const behavior: Behavior = {
    scaleUp: { ...rules(2, 'Pods'), stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
    scaleDown: { ...rules(50, 'Percent'), stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
  };
  const limits = { minimum: 1, maximum: 20, behavior };
  const memory = fresh(4);
  deepEqual(limit(memory, { ...limits, current: 4, desired: 10 }, now).replicas, 6);
  noteScale(memory, behavior, 4, 6, now);
  // Two were added within the minute: no more are.
  deepEqual(limit(memory, { ...limits, current: 6, desired: 10 }, now + 15_000).replicas, 6);
  deepEqual(limit(memory, { ...limits, current: 6, desired: 10 }, now + 61_000).replicas, 8);
  deepEqual(limit(memory, { ...limits, current: 8, desired: 1 }, now + 200_000).replicas, 4);
  const disabled: Behavior = { ...behavior, scaleDown: { ...behavior.scaleDown, selectPolicy: 'Disabled' } };
  const held = limit(fresh(8), { ...limits, behavior: disabled, current: 8, desired: 1 }, now + 1);
  deepEqual([held.replicas, held.limited, held.limit[0]], [8, true, 'ScaleDownLimit']);
});

test('what pods use of memory is printed in powers of two, and a container that is not measured counts as missing', async () => {
  const item = (name: string, container: string) => ({
    metadata: { name, namespace: 'default' },
    timestamp: before,
    window: '30s',
    containers: [{ name: container, usage: { memory: '10Mi' } }],
  });
  const client = { resource: () => ({ list: async () => ({ items: [item('p0', 'a'), item('p1', 'b')] }) }) } as unknown as Client;
  const metricsClient = createMetricsClient(client, () => []);
  const measured = await metricsClient.resource('memory', 'default', selectorFromObject({}), 'a');
  deepEqual([...measured.keys()], ['p0']);
  const scaled = { ...target(running(2)), namespace: 'default', selector: selectorFromObject({}), statusReplicas: 2 };
  const spec = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '10Mi' } } };
  const { status } = await proposeFor(metricsClient, () => '', spec, scaled);
  deepEqual(status, { type: 'Resource', resource: { name: 'memory', current: { averageValue: '10Mi' } } });
});

test('metrics that cannot be had are told of as upstream words each sort', async () => {
  const failed = Object.assign(new Error('there is none'), { code: 404 });
  const refuse = async () => {
    throw failed;
  };
  const metricsClient = createMetricsClient({ resource: () => ({ list: refuse, get: refuse }) } as unknown as Client, () => ['v1beta1']);
  const scaled = { ...target(running(1)), namespace: 'default', selector: selectorFromObject({}), statusReplicas: 1 };
  const summary = (spec: object) =>
    proposeFor(metricsClient, () => 'services', spec, scaled).then(
      () => 'none',
      (error) => error.summary,
    );
  const metric = { name: 'q' };
  const byValue = { type: 'Value', value: '1' };
  const byAverage = { type: 'AverageValue', averageValue: '1' };
  const object = { describedObject: { kind: 'Service', name: 's' }, metric };
  const external = 'unable to get external metric default/q/nil: unable to fetch metrics from external metrics API: there is none';
  const custom = 'unable to get metric q: Service on default s/unable to fetch metrics from custom metrics API: there is none';
  deepEqual(
    await Promise.all(
      [
        { type: 'External', external: { metric, target: byValue } },
        { type: 'External', external: { metric, target: byAverage } },
        { type: 'Object', object: { ...object, target: byValue } },
        { type: 'Object', object: { ...object, target: byAverage } },
      ].map(summary),
    ),
    [
      `failed to get q external metric value: failed to get external metric q: ${external}`,
      `failed to get q external metric value: failed to get q external metric: ${external}`,
      `failed to get object metric value: ${custom}`,
      `failed to get object metric value: failed to get q object metric: ${custom}`,
    ],
  );
});
