import type { Every, Schedule } from '../../../api/batch/v1/schedule.ts';
import type { WallTime, Zone } from './zoned-time.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A schedule without a match for so long has none (the 31st of February). */
const farthest = 5 * 366 * day;

/**
 * The first moment after `after` (milliseconds) that the schedule names; undefined if there is none. Hours that the clocks of the zone leave out have
 * no moment, hours that they show twice have two.
 */
export function nextTime(schedule: Schedule | Every, after: number, zone: Zone): number | undefined {
  if ('everySeconds' in schedule) return (Math.floor(after / 1000) + schedule.everySeconds) * 1000;
  let time = Math.floor(after / minute) * minute + minute;
  const end = after + farthest;
  while (time <= end) {
    const wall = zone.wallTime(time);
    if (!matchesDay(schedule, wall)) time = nextMidnight(time, wall, zone);
    else if (!schedule.hours.has(wall.hour)) time += hour - wall.minute * minute;
    else if (!schedule.minutes.has(wall.minute)) time += minute;
    else return time;
  }
  return undefined;
}

function matchesDay({ months, daysOfMonth, daysOfWeek, anyDayOfMonth, anyDayOfWeek }: Schedule, wall: WallTime): boolean {
  if (!months.has(wall.month)) return false;
  const ofMonth = daysOfMonth.has(wall.day);
  const ofWeek = daysOfWeek.has(wall.weekday);
  return anyDayOfMonth || anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek;
}

// A day on which the clocks change is an hour shorter or longer.
function nextMidnight(time: number, wall: WallTime, zone: Zone): number {
  const midnight = time + day - wall.hour * hour - wall.minute * minute;
  const there = zone.wallTime(midnight);
  if (there.hour === 23) return midnight + hour - there.minute * minute;
  if (there.hour !== 1) return midnight;
  const earlier = midnight - hour - there.minute * minute;
  // Midnight itself may be left out: then the day begins at one.
  return zone.wallTime(earlier).day === there.day ? earlier : midnight;
}
