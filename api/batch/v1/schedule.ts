/** Schedules of CronJobs: five fields, or a descriptor such as `@daily` or `@every 1h30m`. */
import { parseGoDuration } from '../../meta/duration.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { isZoneName, zoneUnknown } from '../../meta/time-zone.ts';

/** The allowed values of each field. */
export interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Sunday is 0. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Days have to match both fields if one of them is `*` or `?`, otherwise either. */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
  /** Of a `TZ=` or `CRON_TZ=` in front, which old objects may have. */
  readonly timeZone?: string;
}

/** `@every`: a fixed distance, whole seconds and at least one. */
export interface Every {
  readonly everySeconds: number;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const bounds: readonly Bounds[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
];

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** @throws Error in the API's words */
export function parseSchedule(text: string): Schedule | Every {
  if (text === '') throw new Error('empty spec string');
  const zoned = /^(?:CRON_)?TZ=/.exec(text);
  let rest = text;
  let timeZone: string | undefined;
  if (zoned) {
    const space = text.indexOf(' ');
    if (space < 0) throw new Error('invalid schedule format: runtime error: slice bounds out of range [:-1]');
    timeZone = text.slice(zoned[0].length, space);
    if (!isTimeZone(timeZone)) throw new Error(`provided bad location ${timeZone}: ${zoneUnknown(timeZone)}`);
    rest = text.slice(space).trim();
  }
  if (rest.startsWith('@')) return parseDescriptor(rest, timeZone);
  return parseFields(rest, timeZone);
}

function parseDescriptor(text: string, timeZone: string | undefined): Schedule | Every {
  const fields = descriptors[text];
  if (fields !== undefined) return parseFields(fields, timeZone);
  const every = '@every ';
  if (!text.startsWith(every)) throw new Error(`unrecognized descriptor: ${text}`);
  try {
    return { everySeconds: Math.max(1, Math.trunc(parseGoDuration(text.slice(every.length)) / 1000)) };
  } catch (error) {
    throw new Error(`failed to parse duration ${text}: ${(error as Error).message}`);
  }
}

function parseFields(text: string, timeZone: string | undefined): Schedule {
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, daysOfMonth, monthsOfYear, daysOfWeek] = fields.map((field, i) => parseField(field, bounds[i]!));
  return {
    minutes: minutes!.values,
    hours: hours!.values,
    daysOfMonth: daysOfMonth!.values,
    months: monthsOfYear!.values,
    daysOfWeek: daysOfWeek!.values,
    anyDayOfMonth: daysOfMonth!.any,
    anyDayOfWeek: daysOfWeek!.any,
    ...(timeZone !== undefined && { timeZone }),
  };
}

function parseField(field: string, limits: Bounds): { values: Set<number>; any: boolean } {
  const values = new Set<number>();
  let any = false;
  for (const range of field.split(',')) {
    if (range !== '') any = addRange(range, limits, values) || any;
  }
  return { values, any };
}

// Whether the range stands for every value.
function addRange(range: string, { low, high, names }: Bounds, values: Set<number>): boolean {
  const [span = '', stepText, ...moreSteps] = range.split('/');
  const [from = '', to, ...moreBounds] = span.split('-');
  let start = low;
  let end = high;
  const star = from === '*' || from === '?';
  if (!star) {
    start = numberOrName(from, names, low);
    if (moreBounds.length > 0) throw new Error(`too many hyphens: ${range}`);
    end = to === undefined ? start : numberOrName(to, names, low);
  }
  if (moreSteps.length > 0) throw new Error(`too many slashes: ${range}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (stepText !== undefined && to === undefined) end = high;
  if (start < low) throw new Error(`beginning of range (${start}) below minimum (${low}): ${range}`);
  if (end > high) throw new Error(`end of range (${end}) above maximum (${high}): ${range}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${range}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${range}`);
  for (let value = start; value <= end; value += step) values.add(value);
  return star && step === 1;
}

function numberOrName(text: string, names: readonly string[] | undefined, first: number): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? parseNumber(text) : index + first;
}

function parseNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) throw new Error(`negative number (${value}) not allowed: ${text}`);
  return value;
}

/** Whether schedules can be in this time zone. */
export function isTimeZone(name: string): boolean {
  return name === '' || name === 'Local' || isZoneName(name);
}
