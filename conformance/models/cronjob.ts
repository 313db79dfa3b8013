import { cronJob as cronJobs } from '../../api/batch/v1/cronjob.ts';
import { job as jobs } from '../../api/batch/v1/job.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { startCronJobController } from '../../src/controllers/cronjob/index.ts';
import { findTrue, isFinished } from '../../src/controllers/job/conditions.ts';
import { startJobController } from '../../src/controllers/job/index.ts';
import { unlessNotFound } from '../../src/runtime/errors.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { namespace, type World } from './world.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const minutes: Readonly<Record<string, number>> = { '* * * * *': 1, '*/5 * * * *': 5, '*/15 * * * *': 15 };

/** A CronJob starts Jobs at the moments of its schedule alone, no two at once if it may not, and keeps no more of them than it should. */
export function cronJobModel(): Model {
  let policy = 'Allow';
  let schedule = '* * * * *';
  const everSchedules = new Set([schedule]);
  const limits = { successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1 };
  let suspendedAt: number | undefined;
  const seen = new Set<string>();

  const children = (world: World): KubeObject[] => [...world.informers.for(jobs).list(namespace)];
  const running = (world: World) => children(world).filter((job) => !isFinished(job) && !job.metadata!.deletionTimestamp);

  function checkStart(job: KubeObject, world: World): string | undefined {
    const time = Date.parse(job.metadata!.annotations![scheduledAnnotation]!);
    if (job.metadata!.name !== `x-${time / 60_000}`) return `${job.metadata!.name} was scheduled for ${time}`;
    if (time > world.clock.now()) return `${job.metadata!.name} starts before its time`;
    if (![...everSchedules].some((text) => (time / 60_000) % minutes[text]! === 0)) return `${job.metadata!.name} is not in the schedule`;
    if (suspendedAt !== undefined && time > suspendedAt) return `${job.metadata!.name} starts while suspended`;
    return undefined;
  }

  return {
    controllers: [startCronJobController, startJobController],
    async begin(world) {
      await world.addNode();
      policy = world.pick(['Allow', 'Forbid', 'Replace'])!;
      world.watch(world.informers.for(cronJobs));
      world.watch(world.informers.for(jobs));
      const annotations = { 'orrery.dev/exit-code': '0', 'orrery.dev/exit-after': `${world.number(1, 150)}s` };
      const { metadata, spec: podSpec } = template('i:1', { restartPolicy: 'Never' });
      const jobSpec = { backoffLimit: 0, template: { metadata: { ...metadata, annotations }, spec: podSpec } };
      const deadline = world.chance(0.3) ? { startingDeadlineSeconds: world.number(10, 200) } : {};
      world.note(`${policy}, pods run for ${annotations['orrery.dev/exit-after']}, ${JSON.stringify(deadline)}`);
      const spec = { schedule, concurrencyPolicy: policy, ...limits, ...deadline, jobTemplate: { spec: jobSpec } };
      await world.api(cronJobs).create(namespace, { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec });
    },
    actions: [
      [4, (world) => world.advance(world.number(1, 20) * 60_000)],
      [
        1,
        async (world) => {
          schedule = world.pick(Object.keys(minutes))!;
          everSchedules.add(schedule);
          world.note(`schedule ${schedule}`);
          await world.patch(cronJobs, 'x', { spec: { schedule } });
        },
      ],
      [
        1,
        async (world) => {
          const suspend = suspendedAt === undefined;
          world.note(suspend ? 'suspend' : 'resume');
          if (!suspend) suspendedAt = undefined;
          await world.patch(cronJobs, 'x', { spec: { suspend } });
          if (suspend) suspendedAt = world.clock.now();
        },
      ],
      [2, (world) => world.failPod()],
      [
        1,
        async (world) => {
          const job = world.pick(children(world));
          if (!job) return;
          world.note(`job ${job.metadata!.name} is deleted`);
          await unlessNotFound(world.api(jobs).delete(namespace, job.metadata!.name!, { propagationPolicy: 'Background' }));
        },
      ],
    ],
    check(world) {
      let wrong: string | undefined;
      for (const job of children(world)) {
        if (seen.has(job.metadata!.uid!)) continue;
        seen.add(job.metadata!.uid!);
        wrong ??= checkStart(job, world);
      }
      const count = running(world).length;
      if (policy !== 'Allow' && count > 1) return `${count} jobs run at once`;
      return wrong;
    },
    async settled(world) {
      const cronJob = world.informers.for(cronJobs).get(namespace, 'x')!;
      if (!cronJob.spec.suspend) {
        suspendedAt = world.clock.now();
        await world.patch(cronJobs, 'x', { spec: { suspend: true } });
        return 'goes on';
      }
      if (running(world).length > 0 || cronJob.status?.active?.length) return `${running(world).length} jobs run still`;
      const count = (type: 'Complete' | 'Failed') => children(world).filter(({ status }) => findTrue(status?.conditions, type)).length;
      if (count('Complete') > limits.successfulJobsHistoryLimit) return `${count('Complete')} successful jobs are kept`;
      return count('Failed') > limits.failedJobsHistoryLimit ? `${count('Failed')} failed jobs are kept` : undefined;
    },
  };
}
