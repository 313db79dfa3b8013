import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../../runtime/pods.ts';
import { type BackoffRecord, nextRecord } from './backoff.ts';
import { type ConditionType, findTrue, type JobCondition, jobCondition } from './conditions.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { IndexSet } from './indexes.ts';
import {
  allIndexFailuresOf,
  finishedAt,
  indexFailuresOf,
  indexOf,
  isIndexed,
  isPodFailed,
  isSuspended,
  isTracked,
  limitsEachIndex,
} from './job-pods.ts';
import { matchSuccessPolicy } from './success-policy.ts';

/** JobStatus as the controller writes it. */
export interface JobStatus {
  conditions: JobCondition[];
  startTime?: string;
  completionTime?: string;
  active: number;
  succeeded: number;
  failed: number;
  terminating?: number;
  completedIndexes?: string;
  failedIndexes?: string;
  uncountedTerminatedPods: { succeeded?: string[]; failed?: string[] };
  ready?: number;
}

/** What a step of a Job knows and has come to. */
export interface Evaluation {
  /** As it was read, or as our last write left it. */
  job: KubeObject;
  /** What its status will say. */
  readonly status: JobStatus;
  readonly pods: readonly KubeObject[];
  readonly active: readonly KubeObject[];
  ready: number;
  terminating: number;
  readonly succeeded: number;
  /** Pods that have no finalizer any more, although the informer may show one. */
  readonly untracked: ReadonlySet<string>;
  readonly backoff: BackoffRecord;
  readonly previousIndexes: IndexSet;
  succeededIndexes: IndexSet;
  readonly failedIndexes: IndexSet | undefined;
  /** The failed pod of each index that has no other pod yet: it is kept to tell the next one how often it failed. */
  readonly delayed: ReadonlyMap<number, KubeObject>;
  /** The Job is to end so. */
  finish: JobCondition | undefined;
}

/** The parts of the status that every step begins with. */
export function statusOf({ status = {} }: KubeObject): JobStatus {
  const { uncountedTerminatedPods: uncounted = {} } = status;
  return {
    ...status,
    conditions: [...(status.conditions ?? [])],
    active: status.active ?? 0,
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
    uncountedTerminatedPods: { succeeded: [...(uncounted.succeeded ?? [])], failed: [...(uncounted.failed ?? [])] },
  };
}

/** Counts a Job's pods and decides whether it has come to an end. */
export function evaluate(
  job: KubeObject,
  pods: readonly KubeObject[],
  untracked: ReadonlySet<string>,
  record: BackoffRecord | undefined,
  now: number,
): Evaluation {
  const status = statusOf(job);
  const active = pods.filter(isPodActive);
  const uncounted = {
    succeeded: new Set(status.uncountedTerminatedPods.succeeded),
    failed: new Set(status.uncountedTerminatedPods.failed),
  };
  const isNew = (pod: KubeObject, counted: ReadonlySet<string>) =>
    isTracked(pod) &&
    !counted.has(pod.metadata!.uid!) &&
    !untracked.has(pod.metadata!.uid!) &&
    (!isIndexed(job) || indexOf(job, pod) !== undefined);
  const newSucceeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncounted.succeeded));
  const newFailed = pods.filter((pod) => isPodFailed(job, pod) && isNew(pod, uncounted.failed));
  const counted = newFailed.filter((pod) => matchFailurePolicy(job.spec.podFailurePolicy, pod)?.counts ?? true);
  const failed = status.failed + counted.length + uncounted.failed.size;
  const previousIndexes = isIndexed(job) ? IndexSet.parse(status.completedIndexes, job.spec.completions) : IndexSet.none;
  const succeededIndexes = isIndexed(job) ? previousIndexes.with(succeededNow(job, pods)) : IndexSet.none;
  const failedIndexes = isIndexed(job) && limitsEachIndex(job) ? allFailedIndexes(job, pods, status.failedIndexes) : undefined;
  return {
    job,
    status,
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: isIndexed(job) ? succeededIndexes.total : status.succeeded + newSucceeded.length + uncounted.succeeded.size,
    untracked,
    backoff: nextRecord(record, newSucceeded, newFailed),
    previousIndexes,
    succeededIndexes,
    failedIndexes,
    delayed: failedIndexes ? delayedPods(job, pods, active, succeededIndexes, failedIndexes, untracked) : new Map(),
    finish: endOf(job, pods, failed, succeededIndexes, failedIndexes, now),
  };
}

/** The condition that ends the Job, if anything does but its completions. */
function endOf(
  job: KubeObject,
  pods: readonly KubeObject[],
  failed: number,
  succeeded: IndexSet,
  failedIndexes: IndexSet | undefined,
  now: number,
): JobCondition | undefined {
  const { backoffLimit, completions, maxFailedIndexes, successPolicy } = job.spec;
  const known = job.status?.conditions as JobCondition[] | undefined;
  const met = findTrue(known, 'SuccessCriteriaMet');
  if (met) return met;
  const target = findTrue(known, 'FailureTarget');
  if (target) return jobCondition('Failed', 'True', target.reason, target.message, now);
  const condition = (type: ConditionType, reason: string, message: string) => jobCondition(type, 'True', reason, message, now);
  const message = failingPolicy(job, pods);
  if (message !== undefined) return condition('FailureTarget', 'PodFailurePolicy', message);
  if (failed > backoffLimit || restartsExceed(job, pods))
    return condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  const left = deadlineIn(job, now);
  if (left !== undefined && left <= 0)
    return condition('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline');
  if (failedIndexes) {
    if (maxFailedIndexes !== undefined && failedIndexes.total > maxFailedIndexes) {
      const text = 'Job has exceeded the specified maximal number of failed indexes';
      return condition('FailureTarget', 'MaxFailedIndexesExceeded', text);
    }
    if (failedIndexes.total > 0 && failedIndexes.total + succeeded.total >= completions)
      return condition('FailureTarget', 'FailedIndexes', 'Job has failed indexes');
  }
  const matched = isIndexed(job) ? matchSuccessPolicy(successPolicy, completions, succeeded) : undefined;
  return matched === undefined ? undefined : condition('SuccessCriteriaMet', 'SuccessPolicy', matched);
}

function failingPolicy(job: KubeObject, pods: readonly KubeObject[]): string | undefined {
  if (!job.spec.podFailurePolicy) return undefined;
  for (const pod of pods) {
    const message = isPodFailed(job, pod) ? matchFailurePolicy(job.spec.podFailurePolicy, pod)?.message : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

// Containers that are restarted in their pods count one by one.
function restartsExceed(job: KubeObject, pods: readonly KubeObject[]): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status = {} } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const { restartCount = 0 } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      restarts += restartCount;
  }
  const limit = job.spec.backoffLimit;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Milliseconds until the Job has been active for too long; undefined where nothing limits that. */
export function deadlineIn(job: KubeObject, now: number): number | undefined {
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds === undefined || !job.status?.startTime || isSuspended(job)) return undefined;
  return parseTime(job.status.startTime) + Number(activeDeadlineSeconds) * 1000 - now;
}

function succeededNow(job: KubeObject, pods: readonly KubeObject[]): IndexSet {
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isTracked(pod));
  return IndexSet.of(indexesOf(job, succeeded));
}

/** The completion indexes of pods, each once. */
export function indexesOf(job: KubeObject, pods: readonly KubeObject[]): Set<number> {
  const indexes = new Set<number>();
  for (const pod of pods) {
    const index = indexOf(job, pod);
    if (index !== undefined) indexes.add(index);
  }
  return indexes;
}

function allFailedIndexes(job: KubeObject, pods: readonly KubeObject[], before: string | undefined): IndexSet {
  const failed = pods.filter((pod) => isTracked(pod) && failsIndex(job, pod));
  return IndexSet.parse(before, job.spec.completions).with(IndexSet.of(indexesOf(job, failed)));
}

function failsIndex(job: KubeObject, pod: KubeObject): boolean {
  if (!isPodFailed(job, pod)) return false;
  const match = matchFailurePolicy(job.spec.podFailurePolicy, pod);
  if (match?.action === 'FailIndex') return true;
  return (match?.counts ?? true) && indexFailuresOf(pod) >= job.spec.backoffLimitPerIndex;
}

function delayedPods(
  job: KubeObject,
  pods: readonly KubeObject[],
  active: readonly KubeObject[],
  succeeded: IndexSet,
  failed: IndexSet,
  untracked: ReadonlySet<string>,
): Map<number, KubeObject> {
  const present = indexesOf(job, active);
  const delayed = new Map<number, KubeObject>();
  for (const pod of pods) {
    const index = indexOf(job, pod);
    if (index === undefined || !isTracked(pod) || untracked.has(pod.metadata!.uid!) || !isPodFailed(job, pod)) continue;
    if (succeeded.has(index) || failed.has(index) || present.has(index)) continue;
    const other = delayed.get(index);
    if (!other || (allIndexFailuresOf(other) <= allIndexFailuresOf(pod) && finishedAt(pod) >= finishedAt(other))) delayed.set(index, pod);
  }
  return delayed;
}
