import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, relabelPods, removePods, replaceField, wait } from '../steps.ts';

const nodeName = (number: number) => `<namespace>-n${number}`;
/** Keeps the pods of others away. */
const own = { key: 'its', value: '<namespace>', effect: 'NoSchedule' };
const zones = ['a', 'b', 'c'];
const taint = (random: Random) => ({ key: pick(random, ['t', 'u']), value: 'x', effect: pick(random, ['NoSchedule', 'PreferNoSchedule']) });

function node(random: Random, number: number): Step {
  const resources = {
    cpu: String(between(random, 1, 4)),
    memory: `${between(random, 1, 4)}Gi`,
    pods: String(between(random, 2, 8)),
    ...maybe(random, 0.3, { 'example.com/dongle': String(between(random, 1, 2)) }),
  };
  return create(
    'Node',
    {
      metadata: {
        name: `n${number}`,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          its: '<namespace>',
          'kubernetes.io/hostname': nodeName(number),
          ...maybe(random, 0.8, { zone: pick(random, zones) }),
          ...maybe(random, 0.3, { disk: pick(random, ['fast', 'slow']) }),
        },
      },
      spec: { taints: [own, ...(chance(random, 0.25) ? [taint(random)] : [])], ...maybe(random, 0.1, { unschedulable: true }) },
      status: { capacity: resources, allocatable: resources },
    } as never,
    { timer: 2 },
  );
}

const selector = (random: Random) => ({ matchLabels: { app: pick(random, ['a', 'b']) } });
const key = (random: Random) => pick(random, ['zone', 'zone', 'kubernetes.io/hostname', 'disk']);

const podTerm = (random: Random) => ({
  topologyKey: key(random),
  labelSelector: selector(random),
  ...maybe(random, 0.1, { namespaceSelector: {} }),
  ...maybe(random, 0.15, { [pick(random, ['matchLabelKeys', 'mismatchLabelKeys'])]: ['rev'] }),
});

function affinity(random: Random): object {
  // Each node has a wish of its own, so that no two are alike by chance.
  const wishes = [1, 2, 3, 4].map((number) => ({
    weight: [0, 100, 60, 25, 5][number],
    preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName(number)] }] },
  }));
  return {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: wishes,
      ...maybe(random, 0.25, {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                pick<object>(random, [
                  { key: 'zone', operator: 'In', values: [pick(random, zones), pick(random, zones)] },
                  { key: 'zone', operator: 'NotIn', values: [pick(random, zones)] },
                  { key: 'disk', operator: pick(random, ['Exists', 'DoesNotExist']) },
                ]),
              ],
            },
          ],
        },
      }),
    },
    ...maybe(random, 0.2, { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm(random)] } }),
    ...maybe(random, 0.25, { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm(random)] } }),
  };
}

function pod(random: Random, number: number): Step {
  const requests = {
    ...maybe(random, 0.7, { cpu: `${between(random, 1, 20)}00m` }),
    ...maybe(random, 0.5, { memory: `${between(random, 1, 12)}00Mi` }),
  };
  const limits = maybe(random, 0.15, { 'example.com/dongle': String(between(random, 1, 2)) });
  const ports = [{ containerPort: 80, hostPort: between(random, 8080, 8081), ...maybe(random, 0.3, { hostIP: '10.0.0.1' }) }];
  return create(
    'Pod',
    {
      metadata: { name: `p${number}`, labels: { app: pick(random, ['a', 'b']), rev: pick(random, ['1', '2']) } },
      spec: {
        terminationGracePeriodSeconds: 0,
        nodeSelector: { its: '<namespace>', ...maybe(random, 0.1, { 'kubernetes.io/hostname': nodeName(between(random, 1, 3)) }) },
        affinity: affinity(random),
        tolerations: [own, ...(chance(random, 0.4) ? [{ key: pick(random, ['t', 'u']), operator: 'Exists' }] : [])],
        ...maybe(random, 0.4, { priorityClassName: `<namespace>-${pick(random, ['low', 'high', 'meek'])}` }),
        ...maybe(random, 0.15, { schedulingGates: [{ name: 'example.com/wait' }] }),
        ...maybe(random, 0.3, {
          topologySpreadConstraints: [
            {
              maxSkew: between(random, 1, 2),
              topologyKey: key(random),
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: selector(random),
              ...maybe(random, 0.3, { minDomains: between(random, 2, 3) }),
              ...maybe(random, 0.3, { nodeTaintsPolicy: 'Honor' }),
              ...maybe(random, 0.2, { nodeAffinityPolicy: 'Ignore' }),
              ...maybe(random, 0.2, { matchLabelKeys: ['rev'] }),
            },
          ],
        }),
        containers: [{ name: 'a', image: 'example.com/app:1', resources: { requests, limits }, ...maybe(random, 0.2, { ports }) }],
        ...maybe(random, 0.15, {
          initContainers: [
            {
              name: 'i',
              image: 'x',
              resources: { requests: { cpu: `${between(random, 5, 25)}00m` } },
              ...maybe(random, 0.5, { restartPolicy: 'Always' }),
            },
          ],
        }),
        ...maybe(random, 0.15, { resources: { requests: { cpu: '2' } } }),
      },
    } as never,
    { timer: 3 },
  );
}

// Whom an event wakes waits for a second or two before it is tried again.
function step(random: Random, next: () => number): Step[] {
  const one = () => `n${between(random, 1, 3)}`;
  const some = (take = 1) => ({ where: 'any', take, last: chance(random, 0.5) }) as const;
  const woken = (steps: Step[]): Step[] => [...steps, wait(4)];
  const options: (() => Step[])[] = [
    () => [pod(random, next())],
    () => [pod(random, next())],
    () => [pod(random, next()), pod(random, next())],
    () => woken([removePods(some(between(random, 1, 2)))]),
    () => woken([relabelPods(some(), { app: pick(random, ['a', 'b', 'c']) })]),
    () => woken([change('Node', one(), { metadata: { labels: { zone: pick<string | null>(random, [...zones, null]) } } })]),
    () => woken([change('Node', one(), { metadata: { labels: { disk: pick<string | null>(random, ['fast', null]) } } })]),
    () => woken([change('Node', one(), { spec: { unschedulable: chance(random, 0.4) } })]),
    () => woken([replaceField('Node', one(), '/spec/taints', [own, ...(chance(random, 0.5) ? [taint(random)] : [])])]),
    () => woken([change('Pod', `p${between(random, 1, 3)}`, { spec: { schedulingGates: null } })]),
    () => woken([node(random, 4)]),
    () => woken([replaceField('Pod', `p${between(random, 1, 4)}`, '/spec/tolerations/-', { key: 't', operator: 'Exists' })]),
  ];
  return pick(random, options)();
}

/** Pods and nodes that the scheduler brings together; each pod likes some nodes more than others, so that there is one best. */
export function schedulingScenario(random: Random): Scenario {
  const priorities = [
    { name: 'low', value: -10 },
    { name: 'high', value: 100 },
    { name: 'meek', value: 50, preemptionPolicy: 'Never' },
  ].map(({ name, ...more }) => create('PriorityClass', { metadata: { name }, ...more } as never));
  let pods = 0;
  const next = () => ++pods;
  const steps: Step[] = [...priorities, ...[1, 2, 3].slice(0, between(random, 2, 3)).map((number) => node(random, number))];
  for (let i = between(random, 3, 5); i > 0; i--) steps.push(pod(random, next()));
  if (chance(random, 0.3)) {
    const spec = { minAvailable: between(random, 0, 2), selector: { matchLabels: { app: 'a' } } };
    steps.push(create('PodDisruptionBudget', { metadata: { name: 'budget' }, spec } as never));
  }
  for (let i = between(random, 4, 8); i > 0; i--) steps.push(...step(random, next));
  return { name: 'scheduling', steps };
}
