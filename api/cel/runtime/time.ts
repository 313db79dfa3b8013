import { goQuote } from '../../meta/go-quote.ts';
import { zoneOffsets, zoneUnknown } from '../../meta/time-zone.ts';
import { printPlainDouble } from './doubles.ts';
import { CelError } from './errors.ts';
import { Duration, Timestamp } from './values.ts';

const nanosecondsPerSecond = 1_000_000_000n;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds.
const minSeconds = -62_135_596_800n;
const maxSeconds = 253_402_300_799n;
const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);

/** @throws CelError outside the years 1 to 9999 */
export function checkedTimestamp(nanoseconds: bigint, offset = 0): Timestamp {
  const seconds = floorDivide(nanoseconds, nanosecondsPerSecond);
  if (seconds < minSeconds || seconds > maxSeconds) throw new CelError('timestamp overflow');
  return new Timestamp(nanoseconds, offset);
}

/** @throws CelError beyond 64 bits */
export function checkedDuration(nanoseconds: bigint): Duration {
  if (nanoseconds < minInt64 || nanoseconds > maxInt64) throw new CelError('duration overflow');
  return new Duration(nanoseconds);
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** An RFC 3339 time with zone, as Go's time.Parse takes it (hours of one digit, offsets up to 24:60); undefined if the text is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = rfc3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9));
  const zone = match[8]!;
  const offset = zone === 'Z' ? 0 : (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  if (zone !== 'Z' && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4, 6)) > 60)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, second);
  return new Timestamp(BigInt(date.getTime()) * 1_000_000n + fraction, offset);
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: nanosecondsPerSecond,
  m: 60n * nanosecondsPerSecond,
  h: 3600n * nanosecondsPerSecond,
};

/** A duration as Go writes it, such as 1h30m or -1.5s; undefined if the text is none. */
export function parseDuration(text: string): Duration | undefined {
  const signed = /^[+-]?/.exec(text)![0];
  const rest = text.slice(signed.length);
  if (rest === '0') return new Duration(0n);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, number, unit] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const [whole, fraction = ''] = number!.split('.');
    const scale = units[unit!]!;
    const digits = fraction.slice(0, 18);
    total += BigInt(whole || '0') * scale + (BigInt(digits || '0') * scale) / 10n ** BigInt(digits.length);
  }
  const nanoseconds = signed === '-' ? -total : total;
  return nanoseconds < minInt64 || nanoseconds > maxInt64 ? undefined : new Duration(nanoseconds);
}

/** RFC 3339 with the timestamp's offset and as many fractional digits as it needs. */
export function printTimestamp({ nanoseconds, offset }: Timestamp): string {
  const seconds = floorDivide(nanoseconds, nanosecondsPerSecond);
  const fraction = nanoseconds - seconds * nanosecondsPerSecond;
  const date = new Date((Number(seconds) + offset * 60) * 1000)
    .toISOString()
    .slice(0, 19)
    .replace(/^\+00|^-00/, '');
  return `${date}${printFraction(fraction)}${printOffset(offset)}`;
}

function printOffset(minutes: number): string {
  if (minutes === 0) return 'Z';
  const digits = (part: number) => String(Math.floor(part)).padStart(2, '0');
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(absolute / 60)}:${digits(absolute % 60)}`;
}

/** Seconds with as many fractional digits as a double has of them, such as 90s or 0.5s. */
export function printDuration({ nanoseconds }: Duration): string {
  const seconds = Number(nanoseconds / nanosecondsPerSecond) + Number(nanoseconds % nanosecondsPerSecond) / 1e9;
  return `${printPlainDouble(seconds)}s`;
}

function printFraction(nanoseconds: bigint): string {
  return nanoseconds === 0n ? '' : `.${nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

/** The parts of an instant as clocks in a zone show it. */
export interface ZonedTime {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly dayOfYear: number;
}

/** @param zone a name of the IANA database, or an offset such as -08:00; default UTC. @throws CelError for an unknown zone */
export function zonedTime({ nanoseconds }: Timestamp, zone = 'UTC'): ZonedTime {
  const epoch = Number(floorDivide(nanoseconds, 1_000_000n));
  const local = new Date(epoch + offsetOf(epoch, zone) * 1000);
  const start = new Date(0);
  start.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hours: local.getUTCHours(),
    minutes: local.getUTCMinutes(),
    seconds: local.getUTCSeconds(),
    milliseconds: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - start.getTime()) / 86_400_000),
  };
}

// Hours and minutes are any two numbers, and -0 is no less than 0, as in cel-go.
function offsetOf(epoch: number, zone: string): number {
  const colon = zone.indexOf(':');
  if (colon >= 0) {
    const [hours, minutes] = [wholeNumber(zone.slice(0, colon)), wholeNumber(zone.slice(colon + 1))];
    return (hours < 0 ? hours * 60 - minutes : hours * 60 + minutes) * 60;
  }
  try {
    return zoneOffsets(zone)(epoch);
  } catch {
    throw new CelError(zoneUnknown(zone));
  }
}

function wholeNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new CelError(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
}
