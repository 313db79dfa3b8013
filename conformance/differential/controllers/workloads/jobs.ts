import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  between,
  chance,
  change,
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
  removePods,
  replaceField,
  template,
  unready,
} from '../steps.ts';

const disrupted = {
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'Gone', message: 'gone', lastTransitionTime: '2026-01-01T00:00:00Z' }],
};

function failurePolicy(random: Random, perIndex: boolean): object {
  const actions = ['FailJob', 'Ignore', 'Count', ...(perIndex ? ['FailIndex'] : [])];
  const rule = () =>
    chance(random, 0.7)
      ? {
          action: pick(random, actions),
          onExitCodes: {
            ...maybe(random, 0.5, { containerName: 'a' }),
            operator: pick(random, ['In', 'NotIn']),
            values: [pick(random, [3, 42])],
          },
        }
      : { action: pick(random, actions), onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
  return { rules: Array.from({ length: between(random, 1, 2) }, rule) };
}

function spec(random: Random): any {
  const indexed = chance(random, 0.5);
  const completions = between(random, 1, 5);
  const perIndex = indexed && chance(random, 0.35);
  const policy = chance(random, 0.35);
  const success = indexed && chance(random, 0.3);
  return {
    ...maybe(random, 0.8, { parallelism: between(random, 0, 4) }),
    ...(indexed ? { completionMode: 'Indexed' } : {}),
    ...(indexed ? { completions } : maybe(random, 0.7, { completions })),
    ...(perIndex
      ? {
          backoffLimitPerIndex: between(random, 0, 1),
          ...maybe(random, 0.5, { maxFailedIndexes: between(random, 0, Math.min(2, completions)) }),
        }
      : maybe(random, 0.7, { backoffLimit: between(random, 0, 2) })),
    ...maybe(random, 0.2, { suspend: true }),
    ...maybe(random, 0.15, { activeDeadlineSeconds: between(random, 5, 8) }),
    ...maybe(random, 0.2, { ttlSecondsAfterFinished: between(random, 0, 3) }),
    ...(policy
      ? { podFailurePolicy: failurePolicy(random, perIndex), podReplacementPolicy: 'Failed' }
      : maybe(random, 0.3, { podReplacementPolicy: pick(random, ['Failed', 'TerminatingOrFailed']) })),
    ...(success
      ? {
          successPolicy: { rules: [chance(random, 0.5) ? { succeededIndexes: '0' } : { succeededCount: between(random, 1, completions) }] },
        }
      : {}),
    ...maybe(random, 0.05, { managedBy: pick(random, ['example.com/other', 'kubernetes.io/job-controller']) }),
    template: template(
      { app: 'job' },
      { restartPolicy: policy || chance(random, 0.7) ? 'Never' : 'OnFailure', ...maybe(random, 0.05, { serviceAccountName: 'missing' }) },
    ),
  };
}

// Another pod is made ten seconds after one that failed, and twenty after the second.
function step(random: Random): Step[] {
  const some = () => ({ where: 'active', take: between(random, 1, 2), last: chance(random, 0.5) }) as const;
  const options: (() => Step[])[] = [
    () => [end(some(), 0)],
    () => [end(some(), 0), end(some(), 0)],
    () => [end({ where: 'active' }, 0)],
    () => [end({ where: 'active', take: 1 }, pick(random, [1, 3, 42]), {}, { timer: 13 })],
    () => [end({ where: 'active', take: 1 }, pick(random, [1, 3, 42]))],
    () => [end(some(), 1, disrupted, { timer: 13 })],
    () => [end({ where: 'active' }, pick(random, [1, 3, 42]), {}, { timer: 13 })],
    () => [readyAll()],
    () => [ready({ where: 'pending', take: 1 }), unready({ where: 'ready', take: 1 })],
    () => [removePods(some(), { timer: 25 })],
    () => [removePods({ where: 'any', take: 2 }, { timer: 25 })],
    () => [change('Job', 'sum', { spec: { suspend: chance(random, 0.5) } })],
    () => [change('Job', 'sum', { spec: { suspend: true } }), change('Job', 'sum', { spec: { suspend: false } })],
    () => [change('Job', 'sum', { spec: { parallelism: between(random, 0, 4) } })],
    () => {
      const size = between(random, 1, 5);
      return [change('Job', 'sum', { spec: { parallelism: size, completions: size } })];
    },
    () => [change('Job', 'sum', { spec: { ttlSecondsAfterFinished: 1 } }, { timer: 3 })],
    () => [change('Job', 'sum', { spec: { activeDeadlineSeconds: between(random, 1, 4) } }, { timer: 6 })],
    () => [change('Job', 'sum', { spec: { backoffLimit: between(random, 0, 3) } })],
    () => [relabelPods({ where: 'active', take: 1 }, { 'batch.kubernetes.io/controller-uid': 'other' })],
    () => [quota(between(random, 0, 2)), change('Job', 'sum', { spec: { parallelism: 4 } }), noQuota()],
    () => [limits({ max: { memory: '1Gi' }, default: { memory: '2Gi' } }), change('Job', 'sum', { spec: { parallelism: 5 } }), noLimits()],
    () => [change('Job', 'sum', { metadata: { finalizers: ['example.com/hold'] } })],
    () => [end({ where: 'active', take: 1 }, 1, { reason: 'Evicted', message: 'gone' }, { timer: 13 })],
    () => [replaceField('Job', 'sum', '/spec/completions', between(random, 1, 5))],
    () => [change('Job', 'sum', { spec: { template: { metadata: { labels: { more: 'x' } }, spec: { nodeSelector: { a: 'b' } } } } })],
  ];
  return pick(random, options)();
}

/** A Job, whose pods end as the scenario has it. */
export function jobScenario(random: Random): Scenario {
  const body = { metadata: { name: 'sum', ...maybe(random, 0.3, { labels: { its: 'own' } }) }, spec: spec(random) };
  const steps: Step[] = [create('Job', body as never, body.spec.activeDeadlineSeconds && chance(random, 0.5) ? { timer: 12 } : {})];
  for (let i = between(random, 3, 6); i > 0; i--) steps.push(...step(random));
  if (chance(random, 0.5)) steps.push(...ending(random, 'Job', 'sum'));
  return { name: 'Job', steps };
}
