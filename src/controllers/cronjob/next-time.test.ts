import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule } from '../../../api/batch/v1/schedule.ts';
import { missedTimes } from './missed-times.ts';
import { nextTime } from './next-time.ts';
import { formatInZone, zoneOf } from './zoned-time.ts';

const at = (text: string): number => Date.parse(text);

/** The next moments of a schedule, as its zone writes them. */
function moments(schedule: string, zone: string, after: string, count = 2): (string | undefined)[] {
  const parsed = parseSchedule(schedule);
  const found: (string | undefined)[] = [];
  for (let time: number | undefined = at(after); found.length < count && time !== undefined; ) {
    time = nextTime(parsed, time, zoneOf(zone));
    found.push(time === undefined ? undefined : formatInZone(time, zoneOf(zone)));
  }
  return found;
}

test('a schedule names its next moments, in its time zone', () => {
  const cases: [schedule: string, zone: string, after: string, expected: (string | undefined)[]][] = [
    ['*/15 * * * *', '', '2026-03-01T10:07:30Z', ['2026-03-01T10:15:00Z', '2026-03-01T10:30:00Z']],
    ['0 0 * * *', 'Asia/Kolkata', '2026-03-01T10:00:00Z', ['2026-03-02T00:00:00+05:30', '2026-03-03T00:00:00+05:30']],
    ['0 12 1 */3 *', 'UTC', '2026-01-01T12:00:00Z', ['2026-04-01T12:00:00Z', '2026-07-01T12:00:00Z']],
    ['0 0 13 * 5', '', '2026-03-10T00:00:00Z', ['2026-03-13T00:00:00Z', '2026-03-20T00:00:00Z']],
    ['0 0 29 2 *', '', '2026-03-01T00:00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
    ['0 0 31 2 *', '', '2026-03-01T00:00:00Z', [undefined]],
    ['@every 90s', '', '2026-03-01T00:00:00.400Z', ['2026-03-01T00:01:30Z', '2026-03-01T00:03:00Z']],
    // The clocks leave half past two out, and show half past one twice.
    ['30 2 * * *', 'America/New_York', '2026-03-08T05:00:00Z', ['2026-03-09T02:30:00-04:00', '2026-03-10T02:30:00-04:00']],
    ['30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z', ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00']],
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', ['2018-11-05T00:00:00-02:00', '2018-11-06T00:00:00-02:00']],
    ['0 * * * *', 'Australia/Lord_Howe', '2026-10-03T15:10:00Z', ['2026-10-04T03:00:00+11:00', '2026-10-04T04:00:00+11:00']],
  ];
  deepEqual(
    cases.map(([schedule, zone, after, expected]) => moments(schedule, zone, after, expected.length)),
    cases.map(([, , , expected]) => expected),
  );
});

test('what a CronJob has missed is counted from its last start, its creation or its deadline', () => {
  const next = (schedule: string) => (after: number) => nextTime(parseSchedule(schedule), after, zoneOf());
  const cronJob = (last?: string, startingDeadlineSeconds?: number) => ({
    metadata: { creationTimestamp: '2026-03-01T00:00:30Z' },
    spec: { startingDeadlineSeconds },
    status: last ? { lastScheduleTime: last } : {},
  });
  const missed = (schedule: string, now: string, last?: string, deadline?: number) => {
    const { latest, tooMany } = missedTimes(cronJob(last, deadline), at(now), next(schedule), true);
    return [latest === undefined ? undefined : formatInZone(latest, zoneOf()), tooMany];
  };
  deepEqual(missed('* * * * *', '2026-03-01T00:00:50Z'), [undefined, false]);
  deepEqual(missed('* * * * *', '2026-03-01T00:01:00Z'), ['2026-03-01T00:01:00Z', false]);
  deepEqual(missed('* * * * *', '2026-03-01T00:09:10Z', '2026-03-01T00:01:00Z'), ['2026-03-01T00:09:00Z', false]);
  deepEqual(missed('* * * * *', '2026-03-01T03:00:10Z', '2026-03-01T00:01:00Z'), ['2026-03-01T03:00:00Z', true]);
  deepEqual(missed('* * * * *', '2026-03-01T03:00:10Z', '2026-03-01T00:01:00Z', 200), ['2026-03-01T03:00:00Z', false]);
  deepEqual(missed('0 * * * *', '2026-03-01T00:30:00Z', undefined, 60), [undefined, false]);
  deepEqual(missed('30 6-16/4 * * 1-5', '2026-03-03T15:00:00Z'), ['2026-03-03T14:30:00Z', false]);
  throws(() => missed('0 0 31 2 *', '2027-01-01T00:00:00Z'), /less than 1 second/);
});
