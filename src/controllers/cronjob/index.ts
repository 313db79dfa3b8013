import { type Every, isTimeZone, parseSchedule, type Schedule } from '../../../api/batch/v1/schedule.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { formatHttpDate, formatTime, parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { omitZeros, typed } from '../../runtime/objects.ts';
import { controlledBy, controllerOf, controllerReference, indexByController } from '../../runtime/owners.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { findTrue, isFinished } from '../job/conditions.ts';
import { cronJobs as cronJobResource, jobs as jobResource } from '../resources.ts';
import { missedTimes, type Next } from './missed-times.ts';
import { nextTime } from './next-time.ts';
import { formatInZone, zoneOf } from './zoned-time.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** So long after a moment of the schedule the CronJob is looked at, so that the moment is certainly past. */
const delta = 100;

interface Active {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** What a step makes of a CronJob's status. */
interface Step {
  readonly cronJob: KubeObject;
  active: Active[];
  lastScheduleTime?: string;
  lastSuccessfulTime?: string;
  changed: boolean;
}

/** Makes the Jobs of CronJobs when their time comes, and deletes old ones. */
export function startCronJobController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('cronjob-controller');
  const cronJobs = informers.for(cronJobResource);
  const jobs = informers.for(jobResource);
  indexByController(jobs);
  const api = client.resource(cronJobResource);
  const jobsApi = client.resource(jobResource);
  const recorder = recorderFor(context, client, 'cronjob-controller');
  const controller = createController({ name: 'cronjob', workers: 5, reconcile, informers: [cronJobs, jobs] }, context);
  const enqueue = (cronJob: KubeObject) => controller.enqueue(keyOf(cronJob));
  cronJobs.addHandler({
    added: enqueue,
    updated(cronJob, old) {
      const hasNewSchedule = cronJob.spec.schedule !== old.spec.schedule || cronJob.spec.timeZone !== old.spec.timeZone;
      if (hasNewSchedule) enqueueWhenDue(cronJob);
      else enqueue(cronJob);
    },
    deleted: enqueue,
  });
  jobs.addHandler({
    added: enqueueOwner,
    updated(job, old) {
      if (controllerOf(old)?.uid !== controllerOf(job)?.uid) enqueueOwner(old);
      enqueueOwner(job);
    },
    deleted: enqueueOwner,
  });

  function enqueueOwner(job: KubeObject): void {
    const reference = controllerOf(job);
    if (reference?.kind === cronJobResource.kind) controller.enqueue(keyOfParts(job.metadata!.namespace!, reference.name));
  }

  /** A new schedule says when to begin: its moments that are past are nobody's. */
  function enqueueWhenDue(cronJob: KubeObject): void {
    let next: Next;
    try {
      next = momentsOf(cronJob);
    } catch {
      tell(cronJob, 'Warning', 'UnParseableCronJobSchedule', `unparseable schedule for cronjob: ${cronJob.spec.schedule}`);
      return;
    }
    let wait = 0;
    try {
      wait = untilNext(cronJob, clock.now(), next);
    } catch {
      // It has no moments: the step tells of that.
    }
    controller.enqueueAfter(keyOf(cronJob), wait);
  }

  function tell(cronJob: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recorder.event({ object: cronJob, resource: cronJobResource }, type, reason, message);
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const cronJob = cronJobs.getByKey(key);
    if (!cronJob) return;
    const owned = [...controlledBy(jobs, cronJob)];
    const { active = [], lastScheduleTime, lastSuccessfulTime } = cronJob.status ?? {};
    const step: Step = { cronJob, active: [...active], lastScheduleTime, lastSuccessfulTime, changed: false };
    let failure: unknown;
    let again: number | undefined;
    // What is not kept is not told of as completed.
    await removeOld(step, owned);
    try {
      await followJobs(step, owned);
      again = await schedule(step);
    } catch (error) {
      failure = error;
    }
    if (step.changed) await writeStatus(step);
    if (failure !== undefined) throw failure;
    return again;
  }

  async function writeStatus({ cronJob, active, lastScheduleTime, lastSuccessfulTime }: Step): Promise<void> {
    const status = omitZeros({ active, lastScheduleTime, lastSuccessfulTime });
    await api.update(cronJob.metadata!.namespace!, typed(cronJobResource, { ...cronJob, status }), { subresource: 'status' });
  }

  /** Brings the list of active Jobs, and the time of the last success, up to date. */
  async function followJobs(step: Step, owned: readonly KubeObject[]): Promise<void> {
    const { cronJob } = step;
    for (const job of owned) {
      const { name, uid } = job.metadata!;
      const listed = step.active.some((active) => active.uid === uid);
      if (!listed && !isFinished(job)) {
        const { namespace, name: ownName } = cronJob.metadata!;
        const fresh = await api.get(namespace!, ownName!);
        if (fresh.status?.active?.some((active: Active) => active.uid === uid)) step.active = [...fresh.status.active];
        else tell(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`);
        continue;
      }
      const succeeded = findTrue(job.status?.conditions, 'Complete') !== undefined;
      if (listed && isFinished(job)) {
        takeFromActive(step, uid!);
        tell(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${succeeded ? 'Complete' : 'Failed'}`);
      }
      const { completionTime } = job.status ?? {};
      if (!succeeded || !completionTime) continue;
      if (step.lastSuccessfulTime && parseTime(completionTime) <= parseTime(step.lastSuccessfulTime)) continue;
      step.lastSuccessfulTime = completionTime;
      step.changed = true;
    }
    const present = new Set(owned.map(({ metadata }) => metadata!.uid));
    for (const { namespace, name, uid } of step.active) {
      // The informer may be behind: only the API knows that a Job is gone.
      if (present.has(uid) || (await unlessNotFound(jobsApi.get(namespace, name)))) continue;
      tell(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      takeFromActive(step, uid);
    }
  }

  function takeFromActive(step: Step, uid: string): void {
    step.active = step.active.filter((active) => active.uid !== uid);
    step.changed = true;
  }

  /** The schedule of a CronJob in its zone; undefined, and told, if there is none. */
  function scheduleOf(cronJob: KubeObject): Next | undefined {
    const { schedule: text, timeZone } = cronJob.spec;
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      tell(cronJob, 'Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
      return undefined;
    }
    if (cronJob.spec.suspend) return undefined;
    if (text.includes('TZ')) {
      const advice = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';
      const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(text)} is not officially supported, ${advice}`;
      tell(cronJob, 'Warning', 'UnsupportedSchedule', message);
    }
    try {
      return momentsOf(cronJob);
    } catch (error) {
      tell(cronJob, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)} : ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Makes the Job that is due, if one is. Returns when the next one will be. */
  async function schedule(step: Step): Promise<number | undefined> {
    const { cronJob } = step;
    const now = clock.now();
    if (cronJob.metadata!.deletionTimestamp) return undefined;
    const next = scheduleOf(cronJob);
    if (!next) return undefined;
    const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
    const due = dueTime(cronJob, now, next);
    if (due === 'invalid') return undefined;
    if (due === undefined) return afterStep(step, now, next);
    if (startingDeadlineSeconds !== undefined && due + Number(startingDeadlineSeconds) * 1000 < now) {
      const time = formatHttpDate(due).replace('GMT', '+0000');
      tell(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${time}`);
      return afterStep(step, now, next);
    }
    const name = jobName(cronJob, due);
    const started = cronJob.status?.lastScheduleTime && parseTime(cronJob.status.lastScheduleTime) === due;
    if (started || step.active.some((active) => active.name === name)) return afterStep(step, now, next);
    if (concurrencyPolicy === 'Forbid' && step.active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      tell(cronJob, 'Normal', 'JobAlreadyActive', message);
      return afterStep(step, now, next);
    }
    if (concurrencyPolicy === 'Replace') await replaceActive(step);
    step.active.push(referenceTo(await start(cronJob, due)));
    step.lastScheduleTime = formatTime(due);
    step.changed = true;
    return afterStep(step, now, next);
  }

  function dueTime(cronJob: KubeObject, now: number, next: Next): number | 'invalid' | undefined {
    try {
      const { latest, tooMany } = missedTimes(cronJob, now, next, true);
      if (latest !== undefined && tooMany) {
        const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
        tell(cronJob, 'Warning', 'TooManyMissedTimes', message);
      }
      return latest;
    } catch (error) {
      tell(cronJob, 'Warning', 'InvalidSchedule', `invalid schedule: ${cronJob.spec.schedule} : ${messageOf(error)}`);
      return 'invalid';
    }
  }

  function afterStep({ cronJob, lastScheduleTime }: Step, now: number, next: Next): number {
    return untilNext(lastScheduleTime ? { ...cronJob, status: { ...cronJob.status, lastScheduleTime } } : cronJob, now, next);
  }

  async function replaceActive(step: Step): Promise<void> {
    for (const { namespace, name } of step.active) {
      let job: KubeObject;
      try {
        job = await jobsApi.get(namespace, name);
      } catch (error) {
        tell(step.cronJob, 'Warning', 'FailedGet', `Get job: ${messageOf(error)}`);
        throw error;
      }
      if (!(await remove(step, job))) throw new Error(`could not replace job ${namespace}/${name}`);
      step.changed = true;
    }
  }

  /** @returns the Job that now counts as active. @throws Error where it could not be made, or its name is taken */
  async function start(cronJob: KubeObject, due: number): Promise<KubeObject> {
    const wanted = newJob(cronJob, due);
    const { namespace, name } = wanted.metadata!;
    try {
      const created = await jobsApi.create(namespace!, wanted);
      tell(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
      return created;
    } catch (error) {
      // Upstream then asks for that Job without its namespace, which fails: it is tried again, each time later, until another moment is due.
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error))
        tell(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
      throw error;
    }
  }

  async function remove(step: Step, job: KubeObject): Promise<boolean> {
    const { namespace, name, uid } = job.metadata!;
    try {
      await jobsApi.delete(namespace!, name!, { propagationPolicy: 'Background' });
    } catch (error) {
      tell(step.cronJob, 'Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
      return isNotFound(error);
    }
    step.active = step.active.filter((active) => active.uid !== uid);
    tell(step.cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    return true;
  }

  /** Deletes finished Jobs beyond the history that is kept, the oldest first. */
  async function removeOld(step: Step, owned: readonly KubeObject[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = step.cronJob.spec;
    const histories = [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const;
    for (const [type, limit] of histories) {
      if (limit === undefined) continue;
      const finished = owned.filter(({ status }) => findTrue(status?.conditions, type)).sort(byStart);
      for (const job of finished.slice(0, Math.max(0, finished.length - limit))) {
        await remove(step, job);
        step.changed = true;
      }
    }
  }

  return run('cronjob', [controller]);
}

function byStart(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.status?.startTime, b.status?.startTime];
  if (left !== right) return !left ? 1 : !right ? -1 : left < right ? -1 : 1;
  return a.metadata!.name! < b.metadata!.name! ? -1 : 1;
}

/** The moments of a CronJob's schedule in its zone. @throws Error if the schedule is none */
function momentsOf({ spec }: KubeObject): Next {
  const schedule: Schedule | Every = parseSchedule(spec.schedule);
  const zone = zoneOf(('timeZone' in schedule ? schedule.timeZone : undefined) ?? spec.timeZone);
  return (after) => nextTime(schedule, after, zone);
}

/** Milliseconds until the next moment after those that have passed. @throws Error if the schedule has no moments */
function untilNext(cronJob: KubeObject, now: number, next: Next): number {
  const { latest } = missedTimes(cronJob, now, next, false);
  const time = next(latest ?? parseTime(cronJob.status?.lastScheduleTime ?? cronJob.metadata!.creationTimestamp!));
  return time! + delta - now;
}

function jobName(cronJob: KubeObject, due: number): string {
  return `${cronJob.metadata!.name}-${Math.floor(due / 60_000)}`;
}

function newJob(cronJob: KubeObject, due: number): KubeObject {
  const { jobTemplate, timeZone } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  return {
    apiVersion: apiVersionOf(jobResource.group, jobResource.version),
    kind: jobResource.kind,
    metadata: {
      name: jobName(cronJob, due),
      namespace: cronJob.metadata!.namespace,
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [scheduledAnnotation]: formatInZone(due, zoneOf(timeZone)) },
      ownerReferences: [controllerReference(cronJob, cronJobResource)],
    },
    spec: jobTemplate.spec,
  };
}

function referenceTo({ metadata }: KubeObject): Active {
  const { namespace, name, uid, resourceVersion } = metadata as Required<NonNullable<KubeObject['metadata']>>;
  return {
    kind: jobResource.kind,
    namespace,
    name,
    uid,
    apiVersion: apiVersionOf(jobResource.group, jobResource.version),
    resourceVersion,
  };
}
