import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  annotatePods,
  between,
  chance,
  change,
  create,
  end,
  evict,
  maybe,
  ready,
  readyAll,
  relabelPods,
  remove,
  removePods,
  replaceField,
  setStatus,
  template,
  unready,
  wait,
} from '../steps.ts';

const labels = { app: 'a' };
const amounts = [0, 1, 2, 3, 10, '0%', '1%', '30%', '50%', '99%', '100%'];
const selectors = [
  { matchLabels: labels },
  { matchLabels: labels },
  { matchLabels: labels },
  {},
  { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
  { matchLabels: { app: 'b' } },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
];

const amount = (random: Random) => ({ [pick(random, ['minAvailable', 'maxUnavailable'])]: pick<string | number>(random, amounts) });

const budget = (random: Random, name: string): Step =>
  create('PodDisruptionBudget', {
    metadata: { name },
    spec: {
      ...maybe(random, 0.95, amount(random)),
      ...maybe(random, 0.95, { selector: pick(random, selectors) }),
      ...maybe(random, 0.4, { unhealthyPodEvictionPolicy: pick(random, ['IfHealthyBudget', 'AlwaysAllow']) }),
    },
  } as never);

/** What has a scale, or none. */
const owners: Readonly<Record<string, (random: Random, app: string) => object>> = {
  Deployment: (random, app) => ({ replicas: between(random, 1, 5), selector: { matchLabels: { app } }, template: template({ app }) }),
  ReplicaSet: (random, app) => ({ replicas: between(random, 1, 5), selector: { matchLabels: { app } }, template: template({ app }) }),
  ReplicationController: (random, app) => ({ replicas: between(random, 1, 5), selector: { app }, template: template({ app }) }),
  StatefulSet: (random, app) => ({
    replicas: between(random, 1, 4),
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app } },
    template: template({ app }),
  }),
  Job: (random, app) => ({
    parallelism: between(random, 1, 4),
    completions: between(random, 1, 6),
    template: template({ app }, { restartPolicy: 'Never' }),
  }),
  Crew: (random) => ({ replicas: between(random, 1, 5) }),
};

const owner = (random: Random, kind: string, name: string, app: string) =>
  create(kind, { metadata: { name }, spec: owners[kind]!(random, app) } as never);

const pod = (random: Random, number: number): Step =>
  create('Pod', {
    metadata: {
      name: `p${number}`,
      labels: { app: pick(random, ['a', 'a', 'b']) },
      ...maybe(random, 0.5, {
        ownerReferences: [
          pick(random, [
            { apiVersion: 'ctl.example.com/v1', kind: 'Crew', name: 'crew', uid: '<uid Crew/crew>', controller: true },
            { apiVersion: 'ctl.example.com/v1', kind: 'Crew', name: 'crew', uid: 'other', controller: true },
            { apiVersion: 'ctl.example.com/v1', kind: 'Mob', name: 'mob', uid: 'x', controller: true },
            { apiVersion: 'none.example.com/v1', kind: 'Crew', name: 'crew', uid: 'x', controller: true },
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'x', controller: true },
            { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: '<uid ReplicaSet/set>' },
          ]),
        ],
      }),
    },
    spec: { ...template({}).spec, ...maybe(random, 0.2, { readinessGates: [{ conditionType: 'x.example.com/x' }] }) },
  } as never);

const condition = (random: Random) => ({
  type: 'DisruptionAllowed',
  status: pick(random, ['True', 'False']),
  reason: 'Mine',
  message: 'm',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

function step(random: Random, kind: string): Step[] {
  const number = between(random, 1, 4);
  const options: (() => Step[])[] = [
    () => [readyAll()],
    () => [ready({ where: 'pending', take: between(random, 1, 3) })],
    () => [unready({ where: 'ready', take: between(random, 1, 2) })],
    () => [evict({ where: pick(random, ['ready', 'active', 'pending', 'any']), take: between(random, 1, 3) })],
    () => [evict({ where: pick(random, ['ready', 'active', 'running']), take: 1 }, { dryRun: ['All'] })],
    () => [removePods({ where: 'active', take: between(random, 1, 2) })],
    () => [end({ where: 'active', take: between(random, 1, 2) }, pick(random, [0, 1]))],
    () => [relabelPods({ where: 'active', take: 1 }, { app: pick(random, ['a', 'b', 'c']) })],
    () => [annotatePods({ where: 'active', take: 1 }, { note: 'x' })],
    () => [pod(random, number), ...(chance(random, 0.5) ? [ready({ where: 'pending', take: 2 })] : [])],
    () => [
      change('Pod', `p${number}`, { metadata: { finalizers: ['example.com/hold'] } }),
      evict({ where: 'active', take: 3 }),
      replaceField('Pod', `p${number}`, '/metadata/finalizers', []),
    ],
    () => [replaceField('PodDisruptionBudget', 'budget', '/spec', { ...amount(random), selector: pick(random, selectors) })],
    () => [
      change('PodDisruptionBudget', 'budget', {
        spec: { unhealthyPodEvictionPolicy: pick(random, ['IfHealthyBudget', 'AlwaysAllow', null]) },
      }),
    ],
    () => [change('PodDisruptionBudget', 'budget', { metadata: { annotations: { note: 'x' } } })],
    () => [budget(random, 'second')],
    () => [remove('PodDisruptionBudget', pick(random, ['budget', 'second'])), ...(chance(random, 0.6) ? [budget(random, 'budget')] : [])],
    () => [change(kind, 'set', { spec: { [kind === 'Job' ? 'parallelism' : 'replicas']: between(random, 0, 6) } })],
    () => [replaceField('Crew', 'crew', '/spec/replicas', between(random, 0, 6))],
    () => [remove(kind, 'set', pick(random, ['Background', 'Orphan', 'Foreground']))],
    () => [owner(random, pick(random, ['Deployment', 'ReplicaSet', 'StatefulSet']), 'other', pick(random, ['a', 'b']))],
    () => [
      setStatus('PodDisruptionBudget', 'budget', {
        disruptionsAllowed: between(random, 0, 3),
        currentHealthy: 1,
        desiredHealthy: 1,
        expectedPods: 1,
        observedGeneration: between(random, 0, 3),
        ...maybe(random, 0.5, { disruptedPods: { p1: '2026-01-01T00:00:00Z', none: '2026-01-01T00:00:00Z' } }),
        ...maybe(random, 0.5, { conditions: [condition(random)] }),
      }),
    ],
    () => [wait(3)],
  ];
  return pick(random, options)();
}

/** Budgets over the pods of everything that has a scale, and of what has none; evictions, and what they leave. */
export function budgetScenario(random: Random): Scenario {
  const kind = pick(
    random,
    Object.keys(owners).filter((name) => name !== 'Crew'),
  );
  const steps = [owner(random, 'Crew', 'crew', 'a'), owner(random, kind, 'set', 'a'), budget(random, 'budget'), readyAll()];
  if (chance(random, 0.5)) steps.push(pod(random, 1), pod(random, 2));
  for (let i = between(random, 4, 9); i > 0; i--) steps.push(...step(random, kind));
  return { name: `budget of ${kind}`, steps };
}
