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
  template,
  unready,
  wait,
} from '../steps.ts';

const labels = { app: 'db' };

function updateStrategy(random: Random): object {
  if (chance(random, 0.2)) return { type: 'OnDelete' };
  return {
    type: 'RollingUpdate',
    rollingUpdate: {
      ...maybe(random, 0.5, { partition: between(random, 0, 4) }),
      ...maybe(random, 0.5, { maxUnavailable: pick(random, [1, 2, 3, '50%', '10%']) }),
    },
  };
}

const retention = (random: Random) => ({
  whenDeleted: pick(random, ['Retain', 'Delete']),
  whenScaled: pick(random, ['Retain', 'Delete']),
});

function step(random: Random, version: () => number): Step[] {
  const set = 'StatefulSet';
  const options: (() => Step[])[] = [
    () => [readyAll()],
    () => [ready({ where: 'pending', take: between(random, 1, 2) })],
    () => [change(set, 'db', imageChange(version()))],
    () => [change(set, 'db', imageChange(version())), readyAll()],
    () => [change(set, 'db', imageChange(between(random, 1, 3))), ready({ where: 'pending', take: 1 })],
    () => [change(set, 'db', { spec: { replicas: between(random, 0, 5) } })],
    () => [change(set, 'db', { spec: { replicas: between(random, 0, 5) } }), readyAll()],
    () => [unready({ where: 'ready', take: between(random, 1, 2), last: chance(random, 0.5) })],
    () => [removePods({ where: 'active', take: between(random, 1, 2), last: chance(random, 0.5) })],
    () => [replaceField(set, 'db', '/spec/updateStrategy', updateStrategy(random))],
    () => [change(set, 'db', { spec: { persistentVolumeClaimRetentionPolicy: retention(random) } })],
    () => [change(set, 'db', { spec: { revisionHistoryLimit: between(random, 0, 2) } })],
    () => [change(set, 'db', { spec: { minReadySeconds: between(random, 0, 2) } })],
    () => [change(set, 'db', { spec: { ordinals: { start: between(random, 0, 3) } } }), readyAll()],
    () => [end({ where: 'active', take: between(random, 1, 2), last: chance(random, 0.5) }, pick(random, [0, 1]))],
    () => [relabelPods({ where: 'active', take: 1 }, { app: 'other' })],
    () => [relabelPods({ where: 'any', take: 3 }, labels)],
    () => [quota(between(random, 0, 3)), change(set, 'db', { spec: { replicas: between(random, 2, 5) } }), readyAll(), noQuota()],
    () => [
      limits({ max: { memory: '1Gi' }, default: { memory: '2Gi' } }),
      change(set, 'db', imageChange(version())),
      noLimits(),
      readyAll(),
    ],
    () => [restart(set, 'db', version()), readyAll()],
    () => [change(set, 'db', { spec: { template: { spec: { serviceAccountName: pick(random, ['missing', 'default']) } } } }), wait(6)],
    () => [change(set, 'db', { metadata: { finalizers: ['example.com/hold'] } })],
    () => [remove('PersistentVolumeClaim', `data-db-${between(random, 0, 2)}`), removePods({ where: 'active', take: 1 })],
    () => [change(set, 'db', { spec: { template: { metadata: { labels: { more: String(version()) } } } } }), readyAll()],
  ];
  return pick(random, options)();
}

/** A StatefulSet, whose pods become ready in turn or not, with claims or without. */
export function statefulSetScenario(random: Random): Scenario {
  let latest = 1;
  const claims = [
    {
      metadata: { name: 'data', ...maybe(random, 0.3, { labels: { its: 'own' } }) },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ];
  const body = {
    metadata: { name: 'db' },
    spec: {
      replicas: between(random, 0, 4),
      serviceName: 'db',
      ...maybe(random, 0.5, { podManagementPolicy: pick(random, ['Parallel', 'OrderedReady']) }),
      ...maybe(random, 0.6, { updateStrategy: updateStrategy(random) }),
      ...maybe(random, 0.3, { minReadySeconds: 2 }),
      ...maybe(random, 0.3, { revisionHistoryLimit: between(random, 0, 2) }),
      ...maybe(random, 0.2, { ordinals: { start: between(random, 1, 3) } }),
      ...maybe(random, 0.4, { volumeClaimTemplates: claims }),
      ...maybe(random, 0.5, { persistentVolumeClaimRetentionPolicy: retention(random) }),
      selector: { matchLabels: labels },
      template: template(labels, maybe(random, 0.05, { serviceAccountName: 'missing' })),
    },
  };
  const steps: Step[] = [];
  if (chance(random, 0.2)) {
    const pod = { metadata: { name: `db-${between(random, 0, 2)}`, labels: chance(random, 0.5) ? labels : {} }, spec: template({}).spec };
    steps.push(create('Pod', pod as never));
  }
  steps.push(...companions(random, 'StatefulSet', 'db', labels), create('StatefulSet', body as never));
  if (chance(random, 0.6)) steps.push(readyAll());
  for (let i = between(random, 3, 6); i > 0; i--) steps.push(...step(random, () => ++latest));
  if (chance(random, 0.5)) steps.push(...ending(random, 'StatefulSet', 'db', create('StatefulSet', body as never)));
  return { name: 'StatefulSet', steps };
}
