import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, end, ending, maybe, remove, template, wait } from '../steps.ts';

function step(random: Random): Step[] {
  const options: (() => Step[])[] = [
    () => [end({ where: 'active' }, 0)],
    () => [end({ where: 'active' }, 1)],
    () => [end({ where: 'active', take: 1 }, 0)],
    () => [change('CronJob', 'tick', { spec: { suspend: chance(random, 0.5) } })],
    () => [change('CronJob', 'tick', { spec: { concurrencyPolicy: pick(random, ['Allow', 'Forbid', 'Replace']) } })],
    () => [
      change('CronJob', 'tick', {
        spec: { successfulJobsHistoryLimit: between(random, 0, 1), failedJobsHistoryLimit: between(random, 0, 1) },
      }),
    ],
    () => [change('CronJob', 'tick', { spec: { schedule: pick(random, ['@yearly', '* * * * *', 'TZ=Europe/Berlin * * * * *']) } })],
    () => [change('CronJob', 'tick', { spec: { jobTemplate: { metadata: { labels: { more: 'x' }, annotations: { note: 'x' } } } } })],
  ];
  return pick(random, options)();
}

/** A CronJob of every minute, for a few of them. */
export function cronJobScenario(random: Random): Scenario {
  const body = {
    metadata: { name: 'tick' },
    spec: {
      schedule: pick(random, ['* * * * *', '*/1 * * * *', '@every 1m']),
      ...maybe(random, 0.3, { timeZone: pick(random, ['Etc/UTC', 'Asia/Tokyo']) }),
      ...maybe(random, 0.7, { concurrencyPolicy: pick(random, ['Allow', 'Forbid', 'Replace']) }),
      ...maybe(random, 0.2, { startingDeadlineSeconds: between(random, 5, 100) }),
      ...maybe(random, 0.2, { suspend: true }),
      ...maybe(random, 0.4, { successfulJobsHistoryLimit: between(random, 0, 1), failedJobsHistoryLimit: between(random, 0, 1) }),
      jobTemplate: {
        ...maybe(random, 0.4, { metadata: { labels: { its: 'own' }, annotations: { note: 'y' } } }),
        spec: { backoffLimit: between(random, 0, 1), template: template({ app: 'tick' }, { restartPolicy: 'Never' }) },
      },
    },
  };
  const steps: Step[] = [create('CronJob', body as never), wait(61)];
  for (let i = between(random, 2, 3); i > 0; i--) steps.push(...step(random), wait(61));
  steps.push(...(chance(random, 0.5) ? ending(random, 'CronJob', 'tick') : [remove('CronJob', 'tick')]));
  return { name: 'CronJob', steps };
}
