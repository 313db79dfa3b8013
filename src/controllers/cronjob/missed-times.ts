import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';

/** The next moment of a schedule after another. */
export type Next = (after: number) => number | undefined;

export interface Missed {
  /** The latest moment that has come since the last start; undefined if none has. */
  readonly latest: number | undefined;
  /** So many have passed that something is wrong: a clock, or the deadline. */
  readonly tooMany: boolean;
}

const many = 100;

/**
 * The moments that a CronJob has missed. @param within whether starts beyond its deadline count as none
 * @throws Error if the schedule has no moments
 */
export function missedTimes(cronJob: KubeObject, now: number, next: Next, within: boolean): Missed {
  const { lastScheduleTime } = cronJob.status ?? {};
  const { startingDeadlineSeconds } = cronJob.spec;
  let earliest = parseTime(lastScheduleTime ?? cronJob.metadata!.creationTimestamp!);
  if (within && startingDeadlineSeconds !== undefined) earliest = Math.max(earliest, now - Number(startingDeadlineSeconds) * 1000);
  const first = next(earliest);
  const second = first === undefined ? undefined : next(first);
  // Upstream's word for a schedule without any moment, as of a day that no month has.
  if (first === undefined || second === undefined) throw new Error('time difference between two schedules is less than 1 second');
  if (now < first) return { latest: undefined, tooMany: false };
  if (now < second) return { latest: first, tooMany: false };
  const distance = Math.round((second - first) / 1000);
  // Rather than walk through years of minutes, begin shortly before now, as far as the first distance tells where that is.
  const count = Math.floor(Math.floor((now - first) / 1000) / distance) + 1;
  let latest: number | undefined;
  for (let time = next(first + (count - 2) * distance * 1000); time !== undefined && time <= now; time = next(time)) latest = time;
  return { latest, tooMany: count > many };
}
