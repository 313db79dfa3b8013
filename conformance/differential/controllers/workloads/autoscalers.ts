import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Metrics, Usage } from '../metrics-server.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  between,
  chance,
  change,
  create,
  end,
  maybe,
  podStatus,
  remove,
  removePods,
  replaceField,
  setStatus,
  template,
  unready,
} from '../steps.ts';

const labels = { app: 'a' };
const millis = (random: Random) => `${pick(random, [0, 1, 10, 40, 50, 54, 55, 56, 60, 90, 100, 101, 110, 150, 200, 400])}m`;
const sizes = (random: Random) => pick(random, ['0', '1Mi', '10Mi', '45Mi', '50Mi', '100Mi', '200Mi', '52428801', '1G']);

const measured = (random: Random): Usage =>
  chance(random, 0.15)
    ? null
    : {
        containers: {
          a: { cpu: millis(random), ...maybe(random, 0.95, { memory: sizes(random) }) },
          ...maybe(random, 0.9, { b: { ...maybe(random, 0.95, { cpu: millis(random) }), memory: sizes(random) } }),
        },
        ...maybe(random, 0.15, { age: between(random, 10, 700) }),
      };

const list = <T>(random: Random, least: number, most: number, one: () => T): T[] =>
  Array.from({ length: between(random, least, most) }, one);
const value = (random: Random) => pick(random, ['0', '1', '3', '10', '500m', '1500m', '24', '1k', '7', '-1']);

function metrics(random: Random): Metrics {
  return {
    ...maybe(random, 0.9, { usage: list(random, 1, 4, () => measured(random)) }),
    ...maybe(random, 0.8, { pods: { hits: list(random, 1, 3, () => (chance(random, 0.15) ? null : value(random))) } }),
    ...maybe(random, 0.8, {
      objects: {
        'services/web/rate': list(random, chance(random, 0.1) ? 0 : 1, chance(random, 0.1) ? 2 : 1, () => value(random)),
        'deployments.apps/target/rate': [value(random)],
        load: [value(random)],
      },
    }),
    ...maybe(random, 0.8, { external: { queue: list(random, chance(random, 0.1) ? 0 : 1, 3, () => value(random)) } }),
    ...maybe(random, 0.12, {
      failing: {
        [pick(random, ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'])]: pick(random, ['text', 'status', 'other']),
      },
    }),
  };
}

const measure = (random: Random): Step => change('ConfigMap', 'metrics', { data: { metrics: JSON.stringify(metrics(random)) } });

const percent = (random: Random) => ({ type: 'Utilization', averageUtilization: pick(random, [1, 20, 50, 80, 100, 200]) });
const average = (random: Random, amounts: readonly string[]) => ({ type: 'AverageValue', averageValue: pick(random, amounts) });
const whole = (random: Random) => ({ type: 'Value', value: pick(random, ['1', '5', '2500m', '10']) });
const counts = ['1', '3', '10', '500m'];

function metric(random: Random): object {
  const resource = () => {
    const name = pick(random, ['cpu', 'cpu', 'memory']);
    const amounts = name === 'cpu' ? ['50m', '100m', '1'] : ['10Mi', '50Mi', '1G'];
    return { name, target: chance(random, 0.6) ? percent(random) : average(random, amounts) };
  };
  const described = [
    { apiVersion: 'v1', kind: 'Service', name: 'web' },
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'target' },
    { kind: 'Namespace', name: 'other' },
    { apiVersion: 'v1', kind: 'Namespace', name: '<namespace>' },
    { apiVersion: 'none.example.com/v1', kind: 'Thing', name: 'x' },
    { kind: 'Service', name: 'missing' },
  ];
  const selector = maybe(random, 0.2, { selector: { matchLabels: { verb: 'GET' } } });
  const target = () => (chance(random, 0.5) ? whole(random) : average(random, counts));
  const sorts = [
    () => ({ type: 'Resource', resource: resource() }),
    () => ({ type: 'Resource', resource: resource() }),
    () => ({ type: 'ContainerResource', containerResource: { ...resource(), container: pick(random, ['a', 'b', 'c']) } }),
    () => ({ type: 'Pods', pods: { metric: { name: pick(random, ['hits', 'none']), ...selector }, target: average(random, counts) } }),
    () => {
      const describedObject = pick(random, described);
      const name = describedObject.kind === 'Namespace' ? 'load' : 'rate';
      return { type: 'Object', object: { describedObject, metric: { name, ...selector }, target: target() } };
    },
    () => ({ type: 'External', external: { metric: { name: pick(random, ['queue', 'queue', 'none']), ...selector }, target: target() } }),
  ];
  return pick(random, sorts)();
}

/** Periods that do not end within a scenario, and windows that are over at once: the two servers do not look at the same moments. */
const rules = (random: Random) => ({
  ...maybe(random, 0.6, { stabilizationWindowSeconds: pick(random, [0, 3600]) }),
  ...maybe(random, 0.3, { selectPolicy: pick(random, ['Max', 'Min', 'Disabled']) }),
  ...maybe(random, 0.3, { tolerance: pick(random, ['0', '50m', '200m', '0.5', '1', '0.00001']) }),
  ...maybe(random, 0.5, {
    policies: list(random, 1, 2, () => ({
      type: pick(random, ['Pods', 'Percent']),
      value: pick(random, [1, 2, 10, 50, 100]),
      periodSeconds: pick(random, [900, 1800]),
    })),
  }),
});

function spec(random: Random, kind: string): any {
  const least = between(random, 1, 3);
  return {
    scaleTargetRef: { apiVersion: apiVersions[kind] ?? 'apps/v1', kind, name: 'target' },
    ...maybe(random, 0.8, { minReplicas: least }),
    maxReplicas: least + between(random, 0, 6),
    ...maybe(random, 0.95, { metrics: list(random, 1, 3, () => metric(random)) }),
    ...maybe(random, 0.4, {
      behavior: { ...maybe(random, 0.6, { scaleUp: rules(random) }), ...maybe(random, 0.6, { scaleDown: rules(random) }) },
    }),
  };
}

const scaler = (random: Random, kind: string, name = 'scaler') =>
  create('HorizontalPodAutoscaler', { metadata: { name }, spec: spec(random, kind) } as never);

const apiVersions: Readonly<Record<string, string>> = {
  ReplicationController: 'v1',
  Crew: 'ctl.example.com/v1',
  Mob: 'ctl.example.com/v1',
};

function podSpec(random: Random): object {
  const container = (name: string) => ({
    name,
    image: 'example.com/app:1',
    resources: {
      requests: {
        ...maybe(random, 0.95, { cpu: pick(random, ['100m', '50m']) }),
        ...maybe(random, 0.85, { memory: pick(random, ['100Mi', '50Mi']) }),
      },
    },
  });
  return {
    terminationGracePeriodSeconds: 0,
    containers: [container('a'), container('b')],
    ...maybe(random, 0.15, { initContainers: [{ ...container('c'), restartPolicy: pick(random, ['Always', undefined]) }] }),
    ...maybe(random, 0.1, { resources: { requests: { cpu: '300m' } } }),
  };
}

function target(random: Random, kind: string): Step {
  const replicas = between(random, 0, 5);
  if (kind === 'Crew' || kind === 'Mob') return create(kind, { metadata: { name: 'target' }, spec: { replicas } } as never);
  const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels };
  const own = kind === 'StatefulSet' ? { podManagementPolicy: 'Parallel' } : {};
  return create(kind, {
    metadata: { name: 'target' },
    spec: { replicas, selector, template: template(labels, podSpec(random)), ...own },
  } as never);
}

const before = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');

/** A kubelet reports pods as ready that started so many seconds ago. */
const up = (take: number, started: number, isReady: boolean): Step =>
  podStatus(`started ${started} s ago, ready ${isReady}`, { where: 'pending', take }, () => ({
    phase: 'Running',
    startTime: before(started),
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: before(started - 5) }],
  }));

function step(random: Random, kind: string): Step[] {
  const options: (() => Step[])[] = [
    () => [measure(random)],
    () => [measure(random)],
    () => [measure(random)],
    () => [up(between(random, 1, 4), 4000, true)],
    () => [up(10, 4000, true)],
    () => [up(between(random, 1, 2), pick(random, [60, 4000]), chance(random, 0.6))],
    () => [unready({ where: 'ready', take: 1 })],
    () => [end({ where: 'active', take: 1 }, pick(random, [0, 1]))],
    () => [removePods({ where: 'active', take: 1 })],
    () => [replaceField('HorizontalPodAutoscaler', 'scaler', '/spec', spec(random, kind))],
    () => [
      replaceField(
        'HorizontalPodAutoscaler',
        'scaler',
        '/spec/metrics',
        list(random, 1, 2, () => metric(random)),
      ),
    ],
    () => [replaceField('HorizontalPodAutoscaler', 'scaler', '/spec/maxReplicas', between(random, 2, 8))],
    () => [change('HorizontalPodAutoscaler', 'scaler', { spec: { minReplicas: between(random, 1, 4) } })],
    () => [change(kind, 'target', { spec: { replicas: between(random, 0, 9) } })],
    () => [change('HorizontalPodAutoscaler', 'scaler', { metadata: { annotations: { note: 'x' } } })],
    () => [scaler(random, kind, 'rival')],
    () => [remove('HorizontalPodAutoscaler', 'rival')],
    () => [remove(kind, 'target', 'Background'), ...(chance(random, 0.5) ? [target(random, kind)] : [])],
    () => [
      create('ResourceQuota', { metadata: { name: 'quota' }, spec: { hard: { pods: '3' } } } as never),
      change(kind, 'target', { spec: { replicas: between(random, 2, 5) } }),
      remove('ResourceQuota', 'quota'),
    ],
  ];
  const ofCrew: (() => Step[])[] = [
    () => [
      setStatus('Crew', 'target', { replicas: between(random, 0, 5), selector: pick(random, ['app=a', 'app in (a,b)', '', 'a b', 'app']) }),
    ],
    () => [replaceField('Crew', 'target', '/spec/replicas', between(random, 0, 6))],
    () => [
      create('Pod', { metadata: { name: `p${between(random, 1, 4)}`, labels }, spec: template({}, podSpec(random)).spec } as never),
      up(2, 4000, true),
    ],
  ];
  return pick(random, kind === 'Crew' ? [...options.filter((_, i) => i !== 13 && i !== 18), ...ofCrew, ...ofCrew] : options)();
}

/** An autoscaler, what it scales, and what the metrics APIs say. */
export function autoscalerScenario(random: Random): Scenario {
  const kind = pick(random, ['Deployment', 'Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController', 'Crew', 'Mob', 'DaemonSet']);
  const made = kind === 'DaemonSet' ? [] : [target(random, kind)];
  const steps = [
    create('ConfigMap', { metadata: { name: 'metrics' }, data: { metrics: JSON.stringify(metrics(random)) } } as never),
    ...made,
  ];
  steps.push(up(10, 4000, true), scaler(random, kind));
  for (let i = between(random, 4, 9); i > 0; i--) steps.push(...step(random, kind === 'Mob' || kind === 'DaemonSet' ? 'Deployment' : kind));
  return { name: `autoscaler of ${kind}`, steps };
}
