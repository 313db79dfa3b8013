import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  between,
  chance,
  change,
  companions,
  create,
  ending,
  image,
  imageChange,
  limits,
  maybe,
  noLimits,
  noQuota,
  quota,
  ready,
  readyAll,
  relabelPods,
  remove,
  removePods,
  replaceField,
  restart,
  slowly,
  template,
  unready,
  wait,
} from '../steps.ts';

const labels = { app: 'web' };
const amounts = [0, 1, 2, 3, '0%', '25%', '50%', '100%'];

function strategy(random: Random): object {
  if (chance(random, 0.2)) return { type: 'Recreate' };
  const maxSurge = pick(random, amounts);
  const none = maxSurge === 0 || maxSurge === '0%';
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: pick(random, none ? [1, 2, '50%'] : amounts) } };
}

function step(random: Random, version: () => number): Step[] {
  const options: (() => Step[])[] = [
    () => [readyAll()],
    () => [ready({ where: 'pending', take: between(random, 1, 3) })],
    () => [change('Deployment', 'web', imageChange(version()))],
    () => [change('Deployment', 'web', imageChange(version())), readyAll()],
    () => [change('Deployment', 'web', imageChange(version())), ready({ where: 'pending', take: between(random, 1, 2) })],
    () => [change('Deployment', 'web', imageChange(between(random, 1, 3))), readyAll()],
    () => [change('Deployment', 'web', { spec: { replicas: between(random, 0, 7) } })],
    () => [unready({ where: 'ready', take: between(random, 1, 2) })],
    () => [removePods({ where: 'active', take: between(random, 1, 2) })],
    () => [change('Deployment', 'web', { spec: { paused: chance(random, 0.5) } })],
    () => [replaceField('Deployment', 'web', '/spec/strategy', strategy(random))],
    () => [change('Deployment', 'web', { spec: { revisionHistoryLimit: between(random, 0, 2) } })],
    () => [
      change('Deployment', 'web', {
        metadata: { annotations: { note: String(between(random, 1, 3)), 'kubernetes.io/change-cause': 'why' } },
      }),
    ],
    () => [change('Deployment', 'web', { spec: { minReadySeconds: between(random, 0, 2) } })],
    () => [relabelPods({ where: 'active', take: 1 }, { app: 'other' })],
    () => [relabelPods({ where: 'any', take: 2 }, { app: 'web' })],
    () => [change('Deployment', 'web', { spec: { template: { metadata: { labels: { more: String(version()) } } } } })],
    () => [quota(between(random, 0, 4)), change('Deployment', 'web', imageChange(version())), noQuota(), readyAll()],
    () => [
      limits({ max: { memory: '1Gi' }, default: { memory: '2Gi' } }),
      change('Deployment', 'web', imageChange(version())),
      noLimits(),
      readyAll(),
    ],
    () => [
      change('Deployment', 'web', { spec: { template: { spec: { serviceAccountName: pick(random, ['missing', 'default']) } } } }),
      wait(6),
    ],
    () => [remove('ReplicaSet', 'old', pick(random, ['Background', 'Orphan', 'Foreground'])), readyAll()],
    () => [
      create('Deployment', {
        metadata: { name: 'rival' },
        spec: { replicas: 2, selector: { matchLabels: labels }, template: template(labels) },
      } as never),
    ],
    () => [remove('Deployment', 'rival', pick(random, ['Background', 'Orphan', 'Foreground']))],
    () => [change('Deployment', 'web', { metadata: { finalizers: ['example.com/hold'] } })],
    () => [restart('Deployment', 'web', version()), readyAll()],
  ];
  return pick(random, options)();
}

/** A Deployment through changes of its template, size and strategy, while its pods become ready, unready or go. */
export function deploymentScenario(random: Random): Scenario {
  let latest = 1;
  const version = () => ++latest;
  const deadline = chance(random, 0.3);
  const deployment = {
    metadata: { name: 'web', ...maybe(random, 0.3, { annotations: { note: 'first', 'deployment.kubernetes.io/revision': '7' } }) },
    spec: {
      replicas: between(random, 0, 5),
      ...maybe(random, 0.7, { strategy: strategy(random) }),
      ...maybe(random, 0.4, { revisionHistoryLimit: between(random, 0, 2) }),
      ...maybe(random, 0.3, { minReadySeconds: 2 }),
      ...(deadline ? { progressDeadlineSeconds: between(random, 3, 5) } : {}),
      ...maybe(random, 0.15, { paused: true }),
      selector: { matchLabels: labels },
      template: template(
        labels,
        maybe(random, 0.2, {
          containers: [
            { name: 'a', image: image(1) },
            { name: 'b', image: image(1) },
          ],
        }),
      ),
    },
  };
  const before: Step[] = [];
  if (chance(random, 0.15)) {
    const set = {
      metadata: { name: 'old', labels },
      spec: { replicas: between(random, 0, 2), selector: { matchLabels: labels }, template: deployment.spec.template },
    };
    before.push(create('ReplicaSet', set as never));
  }
  const again = create('Deployment', deployment as never);
  const steps = [
    ...before,
    ...companions(random, 'Deployment', 'web', labels),
    create('Deployment', deployment as never, deadline ? { timer: 8 } : {}),
  ];
  for (let i = between(random, 3, 6); i > 0; i--) steps.push(...step(random, version));
  if (chance(random, 0.1)) steps.push(remove('ReplicaSet', 'old', 'Orphan'));
  if (chance(random, 0.5)) steps.push(...ending(random, 'Deployment', 'web', again));
  return { name: 'Deployment', steps: deadline ? slowly(steps, 9) : steps };
}
