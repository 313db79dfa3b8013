import { goTimeQuote } from '../../../api/meta/go-quote.ts';
import { canonicalQuantity } from '../../../api/meta/quantity.ts';
import { formatMicroTime, formatTime } from '../clock.ts';

const second = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
const canonicalTime = new RegExp(`^${second}Z$`);
const canonicalMicroTime = new RegExp(`^${second}\\.\\d{6}Z$`);

/** A value that is wrong in itself, whatever field it stands in: the message is complete. */
export class ValueError extends Error {}

/** metav1.Time: RFC 3339 to UTC with whole seconds. @throws ValueError */
export function convertTime(text: string): string {
  if (canonicalTime.test(text)) return text;
  return formatTime(parseGoTime(text, '2006-01-02T15:04:05Z07:00', false).time);
}

/** metav1.MicroTime: RFC 3339 with six digits of a second. @throws ValueError */
export function convertMicroTime(text: string): string {
  if (canonicalMicroTime.test(text)) return text;
  const { time, fraction } = parseGoTime(text, '2006-01-02T15:04:05.000000Z07:00', true);
  return `${formatMicroTime(time).slice(0, 20)}${fraction}Z`;
}

interface TimeElement {
  readonly layout: string;
  readonly pattern: RegExp;
  /** What the numbers of it are called, and which they may be. */
  readonly ranges?: readonly (readonly [name: string, least: number, most: number])[];
}

const elements: readonly TimeElement[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  { layout: '-', pattern: /^-/ },
  { layout: '01', pattern: /^\d{2}/, ranges: [['month', 1, 12]] },
  { layout: '-', pattern: /^-/ },
  // Whether there is such a day is seen when the whole has been read.
  { layout: '02', pattern: /^\d{2}/ },
  { layout: 'T', pattern: /^T/ },
  { layout: '15', pattern: /^\d{1,2}/, ranges: [['hour', 0, 23]] },
  { layout: ':', pattern: /^:/ },
  { layout: '04', pattern: /^\d{2}/, ranges: [['minute', 0, 59]] },
  { layout: ':', pattern: /^:/ },
  { layout: '05', pattern: /^\d{2}/, ranges: [['second', 0, 59]] },
];
const microseconds: TimeElement = { layout: '.000000', pattern: /^\.\d{6}/ };
const zone: TimeElement = {
  layout: 'Z07:00',
  pattern: /^(?:Z|[+-]\d{2}:\d{2})/,
  ranges: [
    ['time zone offset hour', 0, 24],
    ['time zone offset minute', 0, 60],
  ],
};

/** Reads a time as Go's time.Parse does, to fail in its words. @returns the whole second in milliseconds, and the digits of its fraction */
function parseGoTime(text: string, layout: string, hasMicroseconds: boolean): { time: number; fraction: string } {
  let rest = text;
  let fraction = '';
  const found: string[] = [];
  const take = ({ layout: name, pattern, ranges = [] }: TimeElement): string => {
    const match = pattern.exec(rest)?.[0];
    if (match === undefined) {
      throw new ValueError(`parsing time ${goTimeQuote(text)} as "${layout}": cannot parse ${goTimeQuote(rest)} as ${goTimeQuote(name)}`);
    }
    rest = rest.slice(match.length);
    const numbers = match.match(/\d+/g) ?? [];
    for (const [i, [what, least, most]] of ranges.entries()) {
      if (Number(numbers[i] ?? least) < least || Number(numbers[i] ?? least) > most) throw outOfRange(text, what);
    }
    return match;
  };
  for (const element of elements) found.push(take(element));
  if (hasMicroseconds) {
    fraction = take(microseconds).slice(1);
  } else {
    const match = /^[.,]\d+/.exec(rest);
    if (match) rest = rest.slice(match[0].length);
  }
  const offset = take(zone);
  if (rest !== '') throw new ValueError(`parsing time ${goTimeQuote(text)}: extra text: ${goTimeQuote(rest)}`);
  const [year, , month, , day, , hour, , minute, , second] = found.map(Number);
  if (day! < 1 || day! > daysIn(year!, month!)) throw outOfRange(text, 'day');
  const date = new Date(0);
  // Date.UTC takes the years before 100 for those of the last century.
  date.setUTCFullYear(year!, month! - 1, day);
  date.setUTCHours(hour!, minute! - minutesOf(offset), second);
  return { time: date.getTime(), fraction };
}

/** Minutes east of Greenwich. */
function minutesOf(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return offset.startsWith('-') ? -minutes : minutes;
}

function outOfRange(text: string, what: string): ValueError {
  return new ValueError(`parsing time ${goTimeQuote(text)}: ${what} out of range`);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A quantity in canonical form; JSON numbers are taken too. @throws ValueError */
export function convertQuantity(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'bigint' ? String(value) : 'x';
  try {
    return canonicalQuantity(text);
  } catch (error) {
    throw new ValueError((error as Error).message);
  }
}

const wholeBase64 = /^[A-Za-z0-9+/]*$/;

/** Base64 as Go's decoder takes it (line breaks are skipped), encoded again. @throws ValueError */
export function convertBase64(text: string): string {
  if (text.length % 4 === 0 && wholeBase64.test(text)) return text;
  const wrong = firstWrongByte(text);
  if (wrong >= 0) throw new ValueError(`illegal base64 data at input byte ${wrong}`);
  return Buffer.from(text, 'base64').toString('base64');
}

const base64Character = /[A-Za-z0-9+/]/;

/** Where Go's decoder finds fault, or -1. */
function firstWrongByte(text: string): number {
  let inQuantum = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '\n' || character === '\r') continue;
    if (character === '=') return wrongPadding(text, i, inQuantum);
    if (!base64Character.test(character)) return i;
    inQuantum = (inQuantum + 1) % 4;
  }
  return inQuantum === 0 ? -1 : text.length - inQuantum;
}

function wrongPadding(text: string, at: number, inQuantum: number): number {
  if (inQuantum < 2) return at;
  const skip = (from: number) => {
    let i = from;
    while (text[i] === '\n' || text[i] === '\r') i++;
    return i;
  };
  let next = skip(at + 1);
  if (inQuantum === 2) {
    if (next === text.length) return text.length;
    if (text[next] !== '=') return next - 1;
    next = skip(next + 1);
  }
  return next < text.length ? next : -1;
}
