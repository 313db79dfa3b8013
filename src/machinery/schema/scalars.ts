import { canonicalQuantity } from '../../../api/meta/quantity.ts';
import { formatMicroTime, formatTime, parseTime } from '../clock.ts';

const canonicalTime = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** A value that is wrong in itself, whatever field it stands in: the message is complete. */
export class ValueError extends Error {}

/** metav1.Time: RFC 3339 to UTC with whole seconds. @throws ValueError */
export function convertTime(text: string): string {
  if (canonicalTime.test(text)) return text;
  parseGoTime(text, '2006-01-02T15:04:05Z07:00', false);
  return formatTime(Math.floor(parseTime(text) / 1000) * 1000);
}

/** metav1.MicroTime: RFC 3339 with six digits of a second. @throws ValueError */
export function convertMicroTime(text: string): string {
  const fraction = parseGoTime(text, '2006-01-02T15:04:05.000000Z07:00', true);
  return text.endsWith('Z') ? text : `${formatMicroTime(parseTime(text)).slice(0, 20)}${fraction}Z`;
}

const elements: readonly [layout: string, pattern: RegExp][] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{1,2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
];
const zone: [string, RegExp] = ['Z07:00', /^(?:Z|[+-]\d{2}:\d{2})/];

/** Reads a time as Go's time.Parse does, to fail in its words. @returns the digits of the fraction */
function parseGoTime(text: string, layout: string, microseconds: boolean): string {
  let rest = text;
  let fraction = '';
  const found: string[] = [];
  const take = (name: string, pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match === null) {
      throw new ValueError(
        `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`,
      );
    }
    rest = rest.slice(match[0].length);
    found.push(match[0]);
  };
  for (const [name, pattern] of elements) take(name, pattern);
  if (microseconds) {
    take('.000000', /^\.\d{6}/);
    fraction = found.at(-1)!.slice(1);
  } else {
    const match = /^[.,]\d+/.exec(rest);
    if (match) rest = rest.slice(match[0].length);
  }
  take(...zone);
  if (rest !== '') throw new ValueError(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
  checkRanges(text, found);
  return fraction;
}

function checkRanges(text: string, found: readonly string[]): void {
  const [year, , month, , day, , hour, , minute, , second] = found.map(Number);
  const outOfRange = (name: string) => new ValueError(`parsing time ${JSON.stringify(text)}: ${name} out of range`);
  if (month! < 1 || month! > 12) throw outOfRange('month');
  if (hour! > 23) throw outOfRange('hour');
  if (minute! > 59) throw outOfRange('minute');
  if (second! > 59) throw outOfRange('second');
  if (day! < 1 || day! > daysIn(year!, month!)) throw outOfRange('day');
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A quantity in canonical form; JSON numbers are taken too. @throws ValueError */
export function convertQuantity(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : 'x';
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
