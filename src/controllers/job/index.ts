import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import { claimObjects } from '../../runtime/adoption.ts';
import { createController } from '../../runtime/controller.ts';
import { watchDependents } from '../../runtime/dependents.ts';
import { isNamespaceTerminating, isNotFound, unlessNotFound } from '../../runtime/errors.ts';
import { Expectations } from '../../runtime/expectations.ts';
import { keyOf } from '../../runtime/keys.ts';
import { controlledBy, controllerOf, indexByController } from '../../runtime/owners.ts';
import { createPodControl } from '../../runtime/pod-control.ts';
import { isPodReady } from '../../runtime/pods.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { slowStart } from '../../runtime/slow-start.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { jobs as jobResource, pods as podResource } from '../resources.ts';
import type { BackoffRecord } from './backoff.ts';
import { ensureCondition, isFinished, jobCondition } from './conditions.ts';
import { deadlineIn, type Evaluation, evaluate } from './evaluation.ts';
import { isSuspended, isTracked, newJobPod, trackingFinalizer } from './job-pods.ts';
import { plan } from './manage.ts';
import { FinalizerRemovals } from './removals.ts';
import { createTracking, untrack } from './tracking.ts';

const ourName = 'kubernetes.io/job-controller';

/** What pods and our own writes bring about is counted together after so many milliseconds; what users ask for is done at once. */
const gatheringTime = 1_000;

function isManagedByAnother(job: KubeObject): boolean {
  return job.spec.managedBy !== undefined && job.spec.managedBy !== ourName;
}

/** Runs Jobs: pods until enough of them succeed or too many fail, each counted once. */
export function startJobController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('job-controller');
  const jobs = informers.for(jobResource);
  const pods = informers.for(podResource);
  indexByController(pods);
  const recorder = recorderFor(context, client, 'job-controller');
  const podControl = createPodControl(client, podResource, jobResource, recorder);
  const expectations = new Expectations(clock);
  const removals = new FinalizerRemovals();
  const backoffs = new Map<string, BackoffRecord>();
  const tracking = createTracking({
    client,
    recorder,
    clock,
    removals,
    counted: (key, { backoff }) => backoffs.set(key, backoff),
  });

  const controller = createController(
    {
      name: 'job',
      workers: 5,
      reconcile,
      informers: [jobs, pods],
      initialBackoff: 1_000,
      maximumBackoff: 60_000,
    },
    context,
  );
  const orphans = createController({ name: 'job-orphan', workers: 1, reconcile: releaseOrphan, informers: [jobs, pods] }, context);
  const enqueue = (job: KubeObject) => controller.enqueue(keyOf(job));
  const gathering = {
    enqueue: (key: string) => controller.enqueueAfter(key, gatheringTime),
    enqueueAfter: (key: string, ms: number) => controller.enqueueAfter(key, Math.max(ms, gatheringTime)),
  };

  jobs.addHandler({
    added: enqueue,
    updated(job, old) {
      if (isFinished(job)) enqueueTracked(job);
      else if (job.metadata!.generation === old.metadata!.generation) gathering.enqueue(keyOf(job));
      else enqueue(job);
    },
    deleted(job) {
      enqueue(job);
      enqueueTracked(job);
    },
  });
  watchDependents({
    dependents: pods,
    owners: jobs,
    resource: jobResource,
    controller: gathering,
    expectations,
    selectorOf: (job) => selectorOf(job.spec.selector),
  });
  pods.addHandler({
    added: watchFinalizer,
    updated: watchFinalizer,
    deleted: (pod) => {
      const job = jobOf(pod);
      if (job) removals.observed(keyOf(job), pod.metadata!.uid!);
    },
  });

  function jobOf(pod: KubeObject): KubeObject | undefined {
    const reference = controllerOf(pod);
    if (reference?.kind !== jobResource.kind) return undefined;
    const job = jobs.get(pod.metadata!.namespace!, reference.name);
    return job?.metadata?.uid === reference.uid ? job : undefined;
  }

  function watchFinalizer(pod: KubeObject): void {
    const job = jobOf(pod);
    if (!isTracked(pod)) {
      if (job) removals.observed(keyOf(job), pod.metadata!.uid!);
    } else if (!controllerOf(pod) || (pod.metadata!.deletionTimestamp && (!job || isFinished(job)))) orphans.enqueue(keyOf(pod));
  }

  function enqueueTracked(job: KubeObject): void {
    for (const pod of controlledBy(pods, job)) if (isTracked(pod)) orphans.enqueue(keyOf(pod));
  }

  /** Frees a pod that no Job will ever count. */
  async function releaseOrphan(key: string): Promise<void> {
    const pod = pods.getByKey(key);
    if (!pod) return;
    const reference = controllerOf(pod);
    if (reference && (reference.kind !== jobResource.kind || reference.apiVersion !== 'batch/v1')) return;
    const job = jobOf(pod);
    if (job && (isManagedByAnother(job) || !isFinished(job))) return;
    await unlessNotFound(untrack(client, pod));
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const job = jobs.getByKey(key);
    if (!job || isFinished(job)) {
      backoffs.delete(key);
      if (!job) {
        expectations.forget(key);
        removals.forget(key);
      }
      return;
    }
    if (isManagedByAnother(job)) return;
    const inStep = expectations.satisfied(key);
    const owned = await claimObjects({
      owner: job,
      ownerResource: jobResource,
      owners: client.resource(jobResource),
      selector: selectorOf(job.spec.selector),
      objects: client.resource(podResource),
      informer: pods,
      finalizers: [trackingFinalizer],
    });
    const now = clock.now();
    const evaluation = evaluate(job, owned, removals.of(key), backoffs.get(key), now);
    const { status } = evaluation;
    if (!status.startTime && !isSuspended(job)) status.startTime = formatTime(now);
    const result = evaluation.finish ? await removeAll(evaluation, inStep) : await manage(key, evaluation, inStep);
    const { active, failure, again } = result;
    const news =
      result.news || active !== status.active || evaluation.ready !== status.ready || evaluation.terminating !== status.terminating;
    Object.assign(status, { active, ready: evaluation.ready, terminating: evaluation.terminating });
    await tracking.track(evaluation, news);
    if (failure !== undefined) throw failure;
    const waits = [again, deadlineIn(evaluation.job, clock.now())].filter((wait) => wait !== undefined && wait > 0) as number[];
    return waits.length > 0 ? Math.max(gatheringTime, Math.min(...waits)) : undefined;
  }

  interface Managed {
    readonly active: number;
    readonly failure?: unknown;
    /** Milliseconds after which to look again. */
    readonly again?: number;
    readonly news?: boolean;
  }

  /** Deletes what still runs of a Job that ends; it has not ended before all that is done. */
  async function removeAll(evaluation: Evaluation, inStep: boolean): Promise<Managed> {
    const { job, active } = evaluation;
    let failure: unknown;
    const results = await Promise.allSettled(active.map((pod) => podControl.delete(pod, job)));
    let left = 0;
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected' && !isNotFound(result.reason)) {
        failure ??= result.reason;
        left++;
      } else noteRemoved(evaluation, active[index]!);
    }
    if (left > 0 || !inStep) evaluation.finish = undefined;
    return { active: left, failure };
  }

  function noteRemoved(evaluation: Evaluation, pod: KubeObject): void {
    evaluation.terminating++;
    if (isPodReady(pod)) evaluation.ready--;
  }

  async function manage(key: string, evaluation: Evaluation, inStep: boolean): Promise<Managed> {
    const { job, succeeded } = evaluation;
    const managing = inStep && !job.metadata!.deletionTimestamp;
    const managed = managing ? await change(key, evaluation) : { active: evaluation.active.length };
    const { completions } = job.spec;
    const enough = completions === undefined ? succeeded > 0 : succeeded >= completions;
    if (enough && managed.active === 0) {
      const message = 'Reached expected number of succeeded pods';
      evaluation.finish = jobCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, clock.now());
      return managed;
    }
    return managing ? { ...managed, news: noteSuspension(evaluation) } : managed;
  }

  function noteSuspension({ job, status }: Evaluation): boolean {
    const suspended = isSuspended(job);
    const [value, reason, message] = suspended
      ? (['True', 'JobSuspended', 'Job suspended'] as const)
      : (['False', 'JobResumed', 'Job resumed'] as const);
    const conditions = ensureCondition(status.conditions, jobCondition('Suspended', value, reason, message, clock.now()));
    if (conditions === status.conditions) return false;
    status.conditions = conditions;
    // The time that it is suspended does not count against its deadline.
    if (suspended) delete status.startTime;
    else status.startTime = formatTime(clock.now());
    recorder.event({ object: job, resource: jobResource }, 'Normal', suspended ? 'Suspended' : 'Resumed', message);
    return true;
  }

  async function change(key: string, evaluation: Evaluation): Promise<Managed> {
    const planned = plan(evaluation, clock.now());
    const { length } = evaluation.active;
    if ('waitFor' in planned) return { active: length, again: planned.waitFor };
    if ('remove' in planned) return remove(key, evaluation, planned.remove);
    if (planned.create.length === 0) return { active: length };
    const { job, delayed } = evaluation;
    expectations.expectCreations(key, planned.create.length);
    const { succeeded, failure } = await slowStart(planned.create.length, async (i) => {
      const index = planned.create[i];
      await podControl.create(newJobPod(job, index, index === undefined ? undefined : delayed.get(index)), job);
    });
    expectations.creationObserved(key, planned.create.length - succeeded);
    return { active: length + succeeded, failure: isNamespaceTerminating(failure) ? undefined : failure };
  }

  async function remove(key: string, evaluation: Evaluation, going: readonly KubeObject[]): Promise<Managed> {
    const { job } = evaluation;
    let { length: active } = evaluation.active;
    let failure: unknown;
    if (going.length > 0) expectations.expectDeletions(key, going.map(keyOf));
    await Promise.all(
      going.map(async (pod) => {
        try {
          // It is given up, not finished: it is not counted.
          await untrack(client, pod);
          await podControl.delete(pod, job);
        } catch (error) {
          expectations.deletionObserved(key, keyOf(pod));
          if (!isNotFound(error)) {
            failure ??= error;
            return;
          }
        }
        active--;
        noteRemoved(evaluation, pod);
      }),
    );
    return { active, failure };
  }

  return run('job', [controller, orphans]);
}
