import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  between,
  chance,
  change,
  companions,
  create,
  end,
  ending,
  imageChange,
  maybe,
  noQuota,
  quota,
  relabelPods,
  remove,
  removePods,
  replaceField,
  template,
  wait,
} from '../steps.ts';

const labels = { app: 'agent' };

function updateStrategy(random: Random): object {
  if (chance(random, 0.25)) return { type: 'OnDelete' };
  const surge = chance(random, 0.4);
  const amount = pick<string | number>(random, [1, 2, '50%', '100%']);
  return { type: 'RollingUpdate', rollingUpdate: surge ? { maxSurge: amount, maxUnavailable: 0 } : { maxUnavailable: amount } };
}

const placements: readonly object[] = [
  {},
  { nodeSelector: { zone: 'a' } },
  { nodeSelector: { zone: 'none' } },
  // Not on the nodes of other scenarios.
  { tolerations: [{ operator: 'Exists' }], nodeSelector: { zone: 'b' } },
  { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'x', effect: 'NoSchedule' }] },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }],
        },
      },
    },
  },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] }],
        },
      },
    },
  },
  { hostNetwork: true },
  { nodeName: 'node-1' },
];

const podSpec = (random: Random) => ({ schedulerName: 'default-scheduler', ...pick(random, placements) });

function step(random: Random, version: () => number): Step[] {
  const set = 'DaemonSet';
  const options: (() => Step[])[] = [
    () => [change(set, 'agent', imageChange(version()))],
    () => [change(set, 'agent', imageChange(between(random, 1, 2)))],
    () => [
      replaceField(set, 'agent', '/spec/template/spec/nodeSelector', pick(random, [{ zone: 'a' }, { zone: 'b' }, { zone: 'none' }, {}])),
    ],
    () => [replaceField(set, 'agent', '/spec/updateStrategy', updateStrategy(random)), change(set, 'agent', imageChange(version()))],
    () => [removePods({ where: 'active', take: 1 })],
    () => [end({ where: 'active', take: 1 }, 1), wait(3)],
    () => [change(set, 'agent', { spec: { revisionHistoryLimit: between(random, 0, 2) } })],
    () => [change(set, 'agent', { spec: { minReadySeconds: between(random, 0, 2) } })],
    () => [relabelPods({ where: 'active', take: 1 }, { app: 'other' })],
    () => [quota(between(random, 0, 2)), change(set, 'agent', imageChange(version())), noQuota(), wait(5)],
    () => [change(set, 'agent', { spec: { template: { metadata: { annotations: { note: String(version()) } } } } })],
  ];
  return pick(random, options)();
}

const onlyHere = (random: Random, taints: readonly string[]) => ({
  schedulerName: 'default-scheduler',
  nodeSelector: { its: '<namespace>' },
  tolerations: [
    { key: 'its', operator: 'Equal', value: '<namespace>' },
    ...taints.filter(() => chance(random, 0.5)).map((key) => ({ key, operator: 'Exists' })),
  ],
});

function nodeStep(random: Random): Step[] {
  const name = pick(random, ['n1', 'n2']);
  const owned = (labels: object) => ({ metadata: { labels } });
  const tainted = (effect: string, key: string) => replaceField('Node', name, '/spec/taints/-', { key, effect });
  const options: (() => Step[])[] = [
    () => [change('Node', name, { spec: { unschedulable: chance(random, 0.6) } })],
    () => [tainted('NoSchedule', 'one')],
    () => [{ ...tainted('NoExecute', 'two'), timer: 4 }],
    () => [replaceField('Node', name, '/spec/taints', [{ key: 'its', value: '<namespace>', effect: 'NoSchedule' }])],
    () => [change('Node', name, owned({ its: 'other' }))],
    () => [change('Node', name, owned({ its: '<namespace>' }))],
    () => [{ ...remove('Node', name), timer: 6 }],
    () => [{ ...ownNode(name), timer: 6 }],
    () => [change('DaemonSet', 'agent', imageChange(between(random, 1, 3)))],
    () => [removePods({ where: 'active', take: 1 })],
  ];
  return pick(random, options)();
}

function ownNode(name: string): Step {
  const resources = { cpu: '4', memory: '8Gi', pods: '20' };
  return create('Node', {
    metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { its: '<namespace>', 'kubernetes.io/hostname': name } },
    spec: { taints: [{ key: 'its', value: '<namespace>', effect: 'NoSchedule' }] },
    status: { capacity: resources, allocatable: resources },
  } as never);
}

/** A DaemonSet on nodes of its own, which come, go and change. */
export function nodesScenario(random: Random): Scenario {
  const body = {
    metadata: { name: 'agent' },
    spec: {
      ...maybe(random, 0.5, { updateStrategy: updateStrategy(random) }),
      selector: { matchLabels: labels },
      template: template(labels, onlyHere(random, ['one', 'two'])),
    },
  };
  const steps: Step[] = [{ ...ownNode('n1'), timer: 4 }, { ...ownNode('n2'), timer: 4 }, create('DaemonSet', body as never)];
  for (let i = between(random, 4, 7); i > 0; i--) steps.push(...nodeStep(random));
  return { name: 'DaemonSet and nodes', steps, runs: true };
}

/** A DaemonSet on the nodes of the run, whose pods run by themselves. */
export function daemonSetScenario(random: Random): Scenario {
  let latest = 1;
  const body = {
    metadata: { name: 'agent' },
    spec: {
      ...maybe(random, 0.7, { updateStrategy: updateStrategy(random) }),
      ...maybe(random, 0.3, { minReadySeconds: 2 }),
      ...maybe(random, 0.3, { revisionHistoryLimit: between(random, 0, 2) }),
      selector: { matchLabels: labels },
      template: template(labels, podSpec(random)),
    },
  };
  const steps: Step[] = [...companions(random, 'DaemonSet', 'agent', labels), create('DaemonSet', body as never)];
  for (let i = between(random, 2, 5); i > 0; i--) steps.push(...step(random, () => ++latest));
  if (chance(random, 0.6)) steps.push(...ending(random, 'DaemonSet', 'agent', create('DaemonSet', body as never)));
  return { name: 'DaemonSet', steps, runs: true };
}
