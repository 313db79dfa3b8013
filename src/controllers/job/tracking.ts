import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import { isNotFound } from '../../runtime/errors.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import { keyOf } from '../../runtime/keys.ts';
import { omitZeros, typed } from '../../runtime/objects.ts';
import { jobs, pods as podResource } from '../resources.ts';
import { ensureCondition, findTrue, jobCondition } from './conditions.ts';
import type { Evaluation, JobStatus } from './evaluation.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { IndexSet } from './indexes.ts';
import { indexOf, isIndexed, isPodFailed, isTracked, limitsEachIndex, trackingFinalizer } from './job-pods.ts';
import type { FinalizerRemovals } from './removals.ts';

// So many uids fit into a status; the next step goes on with the others.
const mostUncounted = 500;

export interface TrackingDependencies {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly removals: FinalizerRemovals;
  /** The status with what was counted is written: the failures count from now on. */
  counted(key: string, evaluation: Evaluation): void;
}

/** Takes the tracking finalizer from a pod, if it has it. */
export async function untrack(client: Client, pod: KubeObject): Promise<void> {
  if (!isTracked(pod)) return;
  const { namespace, name } = pod.metadata!;
  const metadata = { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] };
  await client.resource(podResource).patch(namespace!, name!, 'application/strategic-merge-patch+json', { metadata });
}

/**
 * Counts every pod exactly once: its uid is written into the status, then its finalizer is taken, and then the counter goes up as the uid goes
 * from the status (KEP-2307). Ends the Job when everything is counted.
 * @param flush whether the status has news already
 */
export function createTracking({ client, recorder, clock, removals, counted }: TrackingDependencies): {
  track(evaluation: Evaluation, flush: boolean): Promise<void>;
} {
  const api = client.resource(jobs);

  async function track(evaluation: Evaluation, news: boolean): Promise<void> {
    const { job, status, untracked } = evaluation;
    const held = new Set(evaluation.pods.filter((pod) => isTracked(pod) && !untracked.has(uidOf(pod))).map(uidOf));
    let flush = countReleased(status, held) || news;
    const collected = collect(evaluation, held);
    flush ||= collected.news;
    if (isIndexed(job)) flush = noteIndexes(evaluation, collected.indexes) || flush;
    flush = noteEnd(evaluation) || flush;
    if (flush) {
      await writeStatus(evaluation);
      counted(keyOf(job), evaluation);
    }
    const failure = await release(keyOf(job), collected.pods, held);
    flush = countReleased(status, held);
    if (failure !== undefined) {
      if (flush) await writeStatus(evaluation);
      throw failure;
    }
    const ended = !collected.more && end(evaluation);
    if (flush || ended) await writeStatus(evaluation);
    if (ended) announce(evaluation);
  }

  async function writeStatus(evaluation: Evaluation): Promise<void> {
    const { job, status } = evaluation;
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods;
    const written = omitZeros({ ...status, uncountedTerminatedPods: omitZeros({ succeeded, failed }) }, [
      'terminating',
      'failedIndexes',
      'uncountedTerminatedPods',
      'ready',
    ]);
    evaluation.job = await api.update(job.metadata!.namespace!, typed(jobs, { ...job, status: written }), { subresource: 'status' });
  }

  /** Takes the finalizers, and their uids from `held`. Returns the first failure. */
  async function release(key: string, pods: readonly KubeObject[], held: Set<string>): Promise<unknown> {
    removals.expect(key, pods.map(uidOf));
    let failure: unknown;
    await Promise.all(
      pods.map(async (pod) => {
        try {
          await untrack(client, pod);
        } catch (error) {
          removals.observed(key, uidOf(pod));
          if (!isNotFound(error)) {
            failure ??= error;
            return;
          }
        }
        held.delete(uidOf(pod));
      }),
    );
    return failure;
  }

  /** Gives the Job its last condition, unless something is still to be counted or to go. */
  function end({ status, finish }: Evaluation): boolean {
    if (!finish) return false;
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods;
    if (succeeded.length + failed.length > 0 || (status.terminating ?? 0) > 0) return false;
    status.conditions = ensureCondition(status.conditions, finish);
    if (finish.type === 'Complete') status.completionTime = finish.lastTransitionTime!;
    return true;
  }

  function announce({ job, finish, status }: Evaluation): void {
    const target = { object: job, resource: jobs };
    if (finish!.type !== 'Complete') return recorder.event(target, 'Warning', finish!.reason, finish!.message);
    const { completions } = job.spec;
    if (completions !== undefined && status.succeeded > completions) {
      const message = 'Too many succeeded pods running after completion count reached';
      recorder.event(target, 'Warning', 'TooManySucceededPods', message);
    }
    recorder.event(target, 'Normal', 'Completed', 'Job completed');
  }

  /** The interim condition is told before the pods lose their finalizers; the last one follows when all are counted. */
  function noteEnd(evaluation: Evaluation): boolean {
    const { status, finish } = evaluation;
    if (finish?.type !== 'FailureTarget' && finish?.type !== 'SuccessCriteriaMet') return false;
    const isNew = !findTrue(status.conditions, finish.type);
    if (isNew) status.conditions = [...status.conditions, finish];
    const last = finish.type === 'FailureTarget' ? 'Failed' : 'Complete';
    evaluation.finish = jobCondition(last, 'True', finish.reason, finish.message, clock.now());
    return isNew;
  }

  return { track };
}

const uidOf = (pod: KubeObject): string => pod.metadata!.uid!;

/** Moves uids whose pods have lost their finalizer from the status into its counters; whether there were any. */
function countReleased(status: JobStatus, held: ReadonlySet<string>): boolean {
  let changed = false;
  for (const sort of ['succeeded', 'failed'] as const) {
    const uids = status.uncountedTerminatedPods[sort] ?? [];
    const left = uids.filter((uid) => held.has(uid));
    if (left.length === uids.length) continue;
    changed = true;
    status[sort] += uids.length - left.length;
    status.uncountedTerminatedPods[sort] = left;
  }
  return changed;
}

interface Collected {
  /** Pods that may lose their finalizer once the status is written. */
  readonly pods: KubeObject[];
  /** Newly succeeded indexes of an indexed Job. */
  readonly indexes: Set<number>;
  news: boolean;
  /** There are others that did not fit. */
  more: boolean;
}

/** Writes the uids of pods that ended into the status. */
function collect(evaluation: Evaluation, held: ReadonlySet<string>): Collected {
  const { job, status, finish, previousIndexes } = evaluation;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods;
  const known = { succeeded: new Set(succeeded), failed: new Set(failed) };
  const collected: Collected = { pods: [], indexes: new Set(), news: false, more: false };
  const pods = isIndexed(job) ? [...evaluation.pods].sort((a, b) => (indexOf(job, a) ?? -1) - (indexOf(job, b) ?? -1)) : evaluation.pods;
  for (const pod of pods) {
    const uid = uidOf(pod);
    if (!held.has(uid)) continue;
    const isFailed = isPodFailed(job, pod);
    if (!mayRelease(evaluation, pod, isFailed)) continue;
    collected.pods.push(pod);
    const index = isIndexed(job) ? indexOf(job, pod) : undefined;
    const counts = !isIndexed(job) || index !== undefined;
    if (pod.status?.phase === 'Succeeded' && !known.failed.has(uid)) {
      if (index !== undefined) {
        if (!previousIndexes.has(index)) collected.indexes.add(index);
      } else if (!isIndexed(job) && !known.succeeded.has(uid)) {
        collected.news = true;
        succeeded.push(uid);
      }
    } else if (isFailed || (finish && finish.type !== 'SuccessCriteriaMet')) {
      // In a Job that has failed, pods that did not end by themselves count as failed.
      const ignored = matchFailurePolicy(job.spec.podFailurePolicy, pod)?.counts === false;
      if (!known.failed.has(uid) && counts && !ignored) {
        collected.news = true;
        failed.push(uid);
      }
    }
    if (collected.indexes.size + succeeded.length + failed.length >= mostUncounted) {
      collected.more = true;
      break;
    }
  }
  collected.news ||= collected.indexes.size > 0;
  Object.assign(status.uncountedTerminatedPods, { succeeded, failed });
  return collected;
}

function mayRelease({ job, finish, delayed }: Evaluation, pod: KubeObject, isFailed: boolean): boolean {
  if (job.metadata!.deletionTimestamp || finish || pod.status?.phase === 'Succeeded') return true;
  if (!isFailed) return false;
  if (!limitsEachIndex(job)) return true;
  const index = indexOf(job, pod);
  return index === undefined || delayed.get(index)?.metadata?.uid !== pod.metadata!.uid;
}

function noteIndexes(evaluation: Evaluation, indexes: ReadonlySet<number>): boolean {
  const { status, failedIndexes, previousIndexes } = evaluation;
  const completed = previousIndexes.with(IndexSet.of(indexes));
  const before = { completed: status.completedIndexes ?? '', failed: status.failedIndexes };
  status.succeeded = completed.total;
  status.completedIndexes = completed.toString();
  if (failedIndexes) status.failedIndexes = failedIndexes.toString();
  return before.completed !== status.completedIndexes || before.failed !== status.failedIndexes;
}
