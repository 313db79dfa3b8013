import { parseTime } from './timestamps.ts';

export { parseTime };

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const withRest = (major: number, majorUnit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${rest}${restUnit}`;

/** A span with two or three significant figures, as kubectl prints ages: `45s`, `5m10s`, `3d4h`, `2y12d`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return withRest(Math.trunc(seconds / minute), 'm', seconds % minute, 's');
  if (seconds < 3 * hour) return `${Math.trunc(seconds / minute)}m`;
  const hours = Math.trunc(seconds / hour);
  if (hours < 8) return withRest(hours, 'h', Math.trunc(seconds / minute) % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(seconds / day);
  if (days < 8) return withRest(days, 'd', hours % 24, 'h');
  if (days < 2 * 365) return `${days}d`;
  const years = Math.trunc(seconds / year);
  return years < 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`;
}

/** A span with one figure: `45s`, `5m`, `3h`, `2d`, `1y`. */
export function shortHumanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < minute) return `${seconds}s`;
  if (seconds < hour) return `${Math.trunc(seconds / minute)}m`;
  if (seconds < day) return `${Math.trunc(seconds / hour)}h`;
  return seconds < year ? `${Math.trunc(seconds / day)}d` : `${Math.trunc(seconds / year)}y`;
}

/** The AGE cell of an object's creation (or any) time; `<unknown>` without one. */
export function ageCell(timestamp: string | null | undefined, nowMs: number): string {
  return timestamp ? humanDuration(nowMs - parseTime(timestamp)) : '<unknown>';
}
