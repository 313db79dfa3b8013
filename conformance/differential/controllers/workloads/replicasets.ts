import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  annotatePods,
  between,
  chance,
  change,
  companions,
  create,
  end,
  ending,
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
  template,
  unready,
} from '../steps.ts';

const labels = { app: 'set' };

const refused = [{}, {}, {}, {}, { serviceAccountName: 'missing' }, { priorityClassName: 'missing' }, { runtimeClassName: 'missing' }];

const looseSpec = { schedulerName: 'none', containers: [{ name: 'a', image: 'example.com/app:1' }] };

function step(random: Random, kind: string): Step[] {
  const options: (() => Step[])[] = [
    () => [readyAll()],
    () => [ready({ where: 'pending', take: between(random, 1, 3) })],
    () => [unready({ where: 'ready', take: between(random, 1, 2) })],
    () => [removePods({ where: 'active', take: between(random, 1, 2) })],
    () => [change(kind, 'set', { spec: { replicas: between(random, 0, 6) } })],
    () => [ready({ where: 'pending', take: 2 }), change(kind, 'set', { spec: { replicas: between(random, 0, 3) } })],
    () => [end({ where: 'active', take: between(random, 1, 2) }, pick(random, [0, 1]))],
    () => [relabelPods({ where: 'active', take: 1 }, { app: 'other' })],
    () => [relabelPods({ where: 'any', take: 3 }, labels)],
    () => [create('Pod', { metadata: { name: `extra-${between(random, 1, 3)}`, labels }, spec: looseSpec } as never)],
    () => [quota(between(random, 0, 4)), change(kind, 'set', { spec: { replicas: between(random, 2, 7) } }), noQuota()],
    () => [change(kind, 'set', { spec: { minReadySeconds: between(random, 0, 2) } })],
    () => [change(kind, 'set', { spec: { template: { spec: { containers: [{ name: 'a', image: 'example.com/app:2' }] } } } })],
    () => [change(kind, 'set', { metadata: { finalizers: ['example.com/hold'] } })],
    () => [
      change(kind, 'set', { spec: { template: { metadata: { annotations: { note: 'x' } } } } }),
      change(kind, 'set', { spec: { replicas: between(random, 0, 5) } }),
    ],
    () => [
      annotatePods({ where: 'active', take: 1 }, { 'controller.kubernetes.io/pod-deletion-cost': '-1' }),
      change(kind, 'set', { spec: { replicas: 1 } }),
    ],
    () => [limits({ max: { memory: '1Gi' }, default: { memory: '2Gi' } }), change(kind, 'set', { spec: { replicas: 6 } }), noLimits()],
    () => [limits({ default: { memory: '1Gi' }, defaultRequest: { cpu: '1' } }), change(kind, 'set', { spec: { replicas: 6 } })],
    () => [
      change('Namespace', '', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': pick(random, ['restricted', 'baseline']) } } }),
      change(kind, 'set', { spec: { replicas: 6 } }),
    ],
    () => [
      create(kind, {
        metadata: { name: 'rival' },
        spec: { replicas: 2, selector: kind === 'ReplicaSet' ? { matchLabels: labels } : labels, template: template(labels) },
      } as never),
    ],
    () => [
      change(kind, 'rival', { spec: { replicas: between(random, 0, 3) } }),
      remove(kind, 'rival', pick(random, ['Background', 'Orphan', 'Foreground'])),
    ],
  ];
  return pick(random, options)();
}

/** A ReplicaSet or a ReplicationController, whose pods come, go, and change hands. */
export function replicaSetScenario(random: Random): Scenario {
  const kind = chance(random, 0.6) ? 'ReplicaSet' : 'ReplicationController';
  const set = {
    metadata: { name: 'set', ...maybe(random, 0.3, { labels: { its: 'own' } }) },
    spec: {
      replicas: between(random, 0, 5),
      ...maybe(random, 0.3, { minReadySeconds: 2 }),
      selector: kind === 'ReplicaSet' ? { matchLabels: labels } : labels,
      template: template(labels, pick(random, refused)),
    },
  };
  const steps: Step[] = [];
  if (chance(random, 0.3)) steps.push(create('Pod', { metadata: { name: 'first', labels }, spec: looseSpec } as never));
  steps.push(...companions(random, kind, 'set', labels), create(kind, set as never));
  for (let i = between(random, 3, 6); i > 0; i--) steps.push(...step(random, kind));
  if (chance(random, 0.6)) steps.push(...ending(random, kind, 'set', create(kind, set as never)));
  return { name: kind, steps };
}
