import type { KubeObject } from '../../../api/meta/object.ts';
import { compareActive } from '../../runtime/pods.ts';
import { backoffLeft } from './backoff.ts';
import { type Evaluation, indexesOf } from './evaluation.ts';
import { IndexSet } from './indexes.ts';
import { allIndexFailuresOf, finishedAt, indexOf, isIndexed, isSuspended, limitsEachIndex, replacesFailedOnly } from './job-pods.ts';

// No more pods than this are created or deleted in one step.
const burst = 500;

/** What the number of a Job's pods asks for: some to delete, or else some to create (an index each for indexed Jobs), now or in so many milliseconds. */
export type Plan =
  | { readonly remove: readonly KubeObject[] }
  | { readonly create: readonly (number | undefined)[] }
  | { readonly waitFor: number };

export function plan(evaluation: Evaluation, now: number): Plan {
  const { job, active, terminating } = evaluation;
  if (isSuspended(job)) return { remove: active };
  const wanted = wantedActive(evaluation);
  const remove = podsToRemove(job, active, Math.max(0, active.length - wanted)).slice(0, burst);
  if (remove.length > 0) return { remove };
  const missing = wanted - (replacesFailedOnly(job) ? terminating : 0) - active.length;
  if (missing <= 0) return { create: [] };
  const left = limitsEachIndex(job) ? 0 : backoffLeft(evaluation.backoff, now);
  if (left > 0) return { waitFor: left };
  const count = Math.min(burst, missing);
  if (!isIndexed(job)) return { create: Array.from({ length: count }, () => undefined) };
  const pending = pendingIndexes(evaluation, count);
  if (!limitsEachIndex(job)) return { create: pending };
  const waits = pending.map((index) => waitOfIndex(evaluation.delayed.get(index), now));
  const ready = pending.filter((_, i) => waits[i] === 0);
  return ready.length === 0 && pending.length > 0 ? { waitFor: Math.min(...waits) } : { create: ready };
}

function wantedActive({ job, active, succeeded }: Evaluation): number {
  const { completions, parallelism } = job.spec;
  // Without a number of completions, the first success ends it: what runs then may end by itself.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

function podsToRemove(job: KubeObject, active: readonly KubeObject[], atLeast: number): KubeObject[] {
  const remove: KubeObject[] = [];
  const left: KubeObject[] = [];
  if (isIndexed(job)) {
    const byIndex = new Map<number, KubeObject[]>();
    for (const pod of active) {
      const index = indexOf(job, pod);
      if (index === undefined) remove.push(pod);
      else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
    }
    for (const pods of byIndex.values()) {
      pods.sort(compareActive);
      left.push(pods.pop()!);
      remove.push(...pods);
    }
  } else left.push(...active);
  if (remove.length < atLeast) remove.push(...left.sort(compareActive).slice(0, atLeast - remove.length));
  return remove;
}

function pendingIndexes({ job, pods, active, succeededIndexes, failedIndexes }: Evaluation, count: number): number[] {
  let taken = succeededIndexes.with(IndexSet.of(indexesOf(job, active)));
  if (replacesFailedOnly(job)) {
    const terminating = pods.filter(
      ({ metadata, status }) => metadata!.deletionTimestamp && !['Succeeded', 'Failed'].includes(status?.phase),
    );
    taken = taken.with(IndexSet.of(indexesOf(job, terminating)));
  }
  if (failedIndexes) taken = taken.with(failedIndexes);
  return taken.firstMissing(count, job.spec.completions);
}

function waitOfIndex(failed: KubeObject | undefined, now: number): number {
  return failed ? backoffLeft({ failures: allIndexFailuresOf(failed) + 1, lastFailure: finishedAt(failed) }, now) : 0;
}
