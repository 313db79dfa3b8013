import type { KubeObject } from '../../../api/meta/object.ts';
import { finishedAt } from './job-pods.ts';

const first = 10_000;
const longest = 600_000;

/** How often pods of a Job failed since one last succeeded, and when last. */
export interface BackoffRecord {
  readonly failures: number;
  readonly lastFailure: number;
}

const fresh: BackoffRecord = { failures: 0, lastFailure: 0 };

/** The record after pods were newly seen to have ended. */
export function nextRecord(before: BackoffRecord = fresh, succeeded: readonly KubeObject[], failed: readonly KubeObject[]): BackoffRecord {
  const lastSuccess = succeeded.length > 0 ? Math.max(...succeeded.map(finishedAt)) : undefined;
  const failures = failed.map(finishedAt).filter((time) => lastSuccess === undefined || time > lastSuccess);
  const base = lastSuccess === undefined ? before : fresh;
  if (failures.length === 0) return base;
  return { failures: base.failures + failures.length, lastFailure: Math.max(base.lastFailure, ...failures) };
}

/** Milliseconds until the next pod may be made after so many failures. */
export function backoffLeft({ failures, lastFailure }: BackoffRecord, now: number): number {
  if (failures === 0) return 0;
  const wait = Math.min(longest, first * 2 ** Math.min(failures - 1, 10));
  return Math.max(0, lastFailure + wait - now);
}
