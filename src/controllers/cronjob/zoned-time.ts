import { zoneOffsets } from '../../../api/meta/time-zone.ts';
import { formatTime } from '../../machinery/clock.ts';

/** What a clock on the wall shows. Sunday is 0. */
export interface WallTime {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** Says what the clocks of a time zone show at a moment, and how far they are from UTC. */
export interface Zone {
  wallTime(milliseconds: number): WallTime;
  offsetMinutes(milliseconds: number): number;
}

/** @param name of the IANA database; absent or empty is UTC @throws RangeError for a name that is not there */
export function zoneOf(name = ''): Zone {
  const offset = zoneOffsets(name);
  return {
    wallTime(milliseconds) {
      const local = new Date(milliseconds + offset(milliseconds) * 1000);
      return {
        month: local.getUTCMonth() + 1,
        day: local.getUTCDate(),
        weekday: local.getUTCDay(),
        hour: local.getUTCHours(),
        minute: local.getUTCMinutes(),
      };
    },
    offsetMinutes: (milliseconds) => offset(milliseconds) / 60,
  };
}

/** RFC 3339 in a zone, with whole seconds: `2026-03-29T01:30:00+01:00`. */
export function formatInZone(milliseconds: number, zone: Zone): string {
  const offset = zone.offsetMinutes(milliseconds);
  const local = formatTime(milliseconds + offset * 60_000);
  if (offset === 0) return local;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const distance = Math.abs(offset);
  return `${local.slice(0, -1)}${offset < 0 ? '-' : '+'}${two(distance / 60)}:${two(distance % 60)}`;
}
