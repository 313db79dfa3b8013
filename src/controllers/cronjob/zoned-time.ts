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

const dayLength = 86_400_000;

// Howard Hinnant's algorithm for the proleptic Gregorian calendar.
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function shown(local: number): WallTime {
  const days = Math.floor(local / dayLength);
  const minutes = Math.floor((local - days * dayLength) / 60_000);
  const { month, day } = civil(days);
  return { month, day, weekday: (((days + 4) % 7) + 7) % 7, hour: Math.floor(minutes / 60), minute: minutes % 60 };
}

/** @param name of the IANA database; absent or empty is UTC @throws RangeError for a name that is not there */
export function zoneOf(name?: string): Zone {
  if (!name || name === 'UTC' || name === 'Etc/UTC') return { wallTime: shown, offsetMinutes: () => 0 };
  const format = new Intl.DateTimeFormat('en', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offset = (milliseconds: number) => {
    const parts = Object.fromEntries(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
    const seconds = (parts['hour']! * 60 + parts['minute']!) * 60 + parts['second']!;
    const local = daysOf(parts['year']!, parts['month']!, parts['day']!) * dayLength + seconds * 1000;
    return local - Math.floor(milliseconds / 1000) * 1000;
  };
  return {
    wallTime: (milliseconds) => shown(milliseconds + offset(milliseconds)),
    offsetMinutes: (milliseconds) => offset(milliseconds) / 60_000,
  };
}

/** RFC 3339 in a zone, with whole seconds: `2026-03-29T01:30:00+01:00`. */
export function formatInZone(milliseconds: number, zone: Zone): string {
  const offset = zone.offsetMinutes(milliseconds);
  const local = milliseconds + offset * 60_000;
  const days = Math.floor(local / dayLength);
  const { year, month, day } = civil(days);
  const seconds = Math.floor((local - days * dayLength) / 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  const distance = Math.abs(offset);
  return `${date}T${time}${offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(distance / 60)}:${two(distance % 60)}`}`;
}
