import { controlEscapes } from '../../meta/go-quote.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { CelError, CostLimitExceeded } from '../runtime/errors.ts';
import { ArrayList, type ListValue, typeName } from '../runtime/values.ts';
import { formatString } from './format-string.ts';

/** cel-go's string extensions, version 2. Positions count code points. */
export function stringLibrary(): FunctionDeclaration[] {
  return [
    declareFunction('charAt', { string_char_at_int: ['string.(int): string', charAt] }),
    declareFunction('indexOf', {
      string_index_of_string: ['string.(string): int', (text: string, part: string) => indexOf(text, part, 0n)],
      string_index_of_string_int: ['string.(string, int): int', indexOf],
    }),
    declareFunction('lastIndexOf', {
      string_last_index_of_string: ['string.(string): int', lastIndexOfAny],
      string_last_index_of_string_int: ['string.(string, int): int', lastIndexOf],
    }),
    declareFunction('lowerAscii', {
      string_lower_ascii: ['string.(): string', (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())],
    }),
    declareFunction('upperAscii', {
      string_upper_ascii: ['string.(): string', (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())],
    }),
    declareFunction('replace', {
      string_replace_string_string: [
        'string.(string, string): string',
        (text: string, old: string, by: string) => replace(text, old, by, -1n),
      ],
      string_replace_string_string_int: ['string.(string, string, int): string', replace],
    }),
    declareFunction('split', {
      string_split_string: ['string.(string): list(string)', (text: string, separator: string) => split(text, separator, -1n)],
      string_split_string_int: ['string.(string, int): list(string)', split],
    }),
    declareFunction('substring', {
      string_substring_int: ['string.(int): string', (text: string, start: bigint) => substring(text, start, undefined)],
      string_substring_int_int: ['string.(int, int): string', substring],
    }),
    declareFunction('trim', { string_trim: ['string.(): string', trim] }),
    declareFunction('format', { string_format: ['string.(list(dyn)): string', formatString] }),
    declareFunction('strings.quote', { strings_quote: ['(string): string', quote] }),
    declareFunction('join', {
      list_join: ['list(string).(): string', (list: ListValue) => join(list, '')],
      list_join_string: ['list(string).(string): string', join],
    }),
  ];
}

function outOfRange(index: bigint): CelError {
  return new CelError(`index out of range: ${index}`);
}

function charAt(text: string, index: bigint): string {
  const points = Array.from(text);
  if (index < 0n || index > BigInt(points.length)) throw outOfRange(index);
  return points[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from: bigint): bigint {
  if (part === '') return from;
  if (from < 0n) throw outOfRange(from);
  const points = Array.from(text);
  if (from >= BigInt(points.length)) return -1n;
  const before = points.slice(0, Number(from)).join('');
  const found = text.indexOf(part, before.length);
  return found < 0 ? -1n : BigInt(Array.from(text.slice(0, found)).length);
}

function lastIndexOfAny(text: string, part: string): bigint {
  const length = BigInt(Array.from(text).length);
  if (part === '') return length;
  return text.length < part.length ? -1n : lastIndexOf(text, part, length - 1n);
}

function lastIndexOf(text: string, part: string, from: bigint): bigint {
  if (part === '') return from;
  if (from < 0n) throw outOfRange(from);
  const points = Array.from(text);
  if (from >= BigInt(points.length)) return -1n;
  const found = text.lastIndexOf(part, points.slice(0, Number(from)).join('').length);
  return found < 0 ? -1n : BigInt(Array.from(text.slice(0, found)).length);
}

// What a call may cost pays for shorter texts than this.
const maxLength = 20_000_000;

/** A text's cost is only counted once it is there. @throws CostLimitExceeded for one that is too long to be made */
function boundLength(length: number): void {
  if (length > maxLength) throw new CostLimitExceeded();
}

function replace(text: string, old: string, by: string, limit: bigint): string {
  if (limit === 0n || old === by) return text;
  if (old !== '') {
    const parts = text.split(old);
    const count = limit < 0n || limit >= BigInt(parts.length) ? parts.length - 1 : Number(limit);
    boundLength(text.length + count * by.length);
    return (
      parts.slice(0, count + 1).join(by) +
      parts
        .slice(count + 1)
        .map((part) => old + part)
        .join('')
    );
  }
  // An empty string is found before each character and at the end.
  const points = Array.from(text);
  boundLength(points.length * (by.length + 1));
  let result = '';
  for (let i = 0; i <= points.length; i++) result += (limit < 0n || BigInt(i) < limit ? by : '') + (points[i] ?? '');
  return result;
}

function split(text: string, separator: string, limit: bigint): ArrayList {
  if (limit === 0n) return new ArrayList([]);
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0n || limit >= BigInt(parts.length)) return new ArrayList(parts);
  const last = Number(limit) - 1;
  return new ArrayList([...parts.slice(0, last), parts.slice(last).join(separator)]);
}

function substring(text: string, start: bigint, end: bigint | undefined): string {
  const points = Array.from(text);
  const length = BigInt(points.length);
  if (end !== undefined && start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > length) throw outOfRange(start);
  if (end !== undefined && (end < 0n || end > length)) throw outOfRange(end);
  return points.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

// Unicode's White_Space, which differs from what JavaScript trims.
const space = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const spaces = new RegExp(`^${space}+|(?<!${space})${space}+$`, 'gu');

function trim(text: string): string {
  return text.replace(spaces, '');
}

const quoted: Readonly<Record<string, string>> = { ...controlEscapes, '\\': '\\\\', '"': '\\"' };

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters with an escape
  return `"${text.replace(/[\x07\b\f\n\r\t\v\\"]/g, (character) => quoted[character]!)}"`;
}

function join(list: ListValue, separator: string): string {
  const parts: string[] = [];
  for (const element of list) {
    if (typeof element !== 'string') throw new CelError(`join: invalid input: ${typeName(element)}`);
    parts.push(element);
  }
  boundLength(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return parts.join(separator);
}
