import { CelError } from '../runtime/errors.ts';
import { printValue } from '../runtime/operations.ts';
import { Duration, ListValue, MapValue, Timestamp, TypeValue, typeName, Uint, type Value } from '../runtime/values.ts';
import { fixedText, scientificText } from './float-text.ts';

/** What a clause such as %d or %.2f takes and how it prints it. */
interface Clause {
  readonly letter: string;
  /** Types by name; absent: what `print` itself refuses. */
  readonly types: readonly string[];
  readonly refusal: string;
  print(value: Value, precision: number): string;
}

const numbersRefusal = (kind: string) => `${kind} clause can only be used on doubles, was given `;

/** The clauses by letter; the checker refuses wrong arguments in the same words as the evaluation. */
export const clauses: Readonly<Record<string, Clause>> = {
  s: {
    letter: 's',
    types: [
      'list',
      'map',
      'int',
      'uint',
      'double',
      'bool',
      'string',
      'google.protobuf.Timestamp',
      'bytes',
      'google.protobuf.Duration',
      'type',
      'null_type',
    ],
    refusal:
      'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ',
    print: printAny,
  },
  d: {
    letter: 'd',
    types: ['int', 'uint'],
    refusal: 'decimal clause can only be used on integers, was given ',
    print: (value) => printValue(value)!,
  },
  f: { letter: 'f', types: ['double', 'string'], refusal: numbersRefusal('fixed-point'), print: printFixed },
  e: { letter: 'e', types: ['double', 'string'], refusal: numbersRefusal('scientific'), print: printScientific },
  b: {
    letter: 'b',
    types: ['int', 'uint', 'bool'],
    refusal: 'only integers and bools can be formatted as binary, was given ',
    print: (value) => (typeof value === 'boolean' ? String(Number(value)) : inBase(value, 2)),
  },
  x: hexClause('x', (text) => text),
  X: hexClause('X', (text) => text.toUpperCase()),
  o: {
    letter: 'o',
    types: ['int', 'uint'],
    refusal: 'octal clause can only be used on integers, was given ',
    print: (value) => inBase(value, 8),
  },
};

function hexClause(letter: string, change: (text: string) => string): Clause {
  return {
    letter,
    types: ['int', 'uint', 'string', 'bytes'],
    refusal: 'only integers, byte buffers, and strings can be formatted as hex, was given ',
    print: (value) =>
      change(typeof value === 'string' || value instanceof Uint8Array ? Buffer.from(value as string).toString('hex') : inBase(value, 16)),
  };
}

/** A format's text and its clauses in order. */
export type FormatPart = string | { readonly clause: Clause; readonly precision: number };

export class FormatError extends Error {}

/**
 * Reads a format string, part by part, so that what is wrong with an argument is told before what is wrong with the clauses after it. `next` is asked for each clause before it is read, so that a missing argument is reported first; `last`: nothing follows the `%`.
 * @throws FormatError in cel-go's words
 */
export function* parseFormat(format: string, next: (index: number, last: boolean) => void): Generator<FormatPart> {
  let text = '';
  let index = 0;
  for (let i = 0; i < format.length; ) {
    if (format[i] !== '%') {
      text += format[i++];
      continue;
    }
    if (format[i + 1] === '%') {
      text += '%';
      i += 2;
      continue;
    }
    next(index++, i + 1 >= format.length);
    if (i + 1 >= format.length) throw new FormatError('unexpected end of string');
    i++;
    let precision = 6;
    if (format[i] === '.') {
      const digits = /^\d*/.exec(format.slice(i + 1))![0];
      i += 1 + digits.length;
      const wrong = 'could not parse formatting clause: error while parsing precision: ';
      if (i >= format.length) throw new FormatError(`${wrong}could not find end of precision specifier`);
      if (digits === '') {
        throw new FormatError(`${wrong}error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`);
      }
      precision = Number(digits);
    }
    const clause = clauses[format[i]!];
    if (!clause) throw new FormatError(`could not parse formatting clause: unrecognized formatting clause "${format[i]}"`);
    i++;
    if (text) yield text;
    text = '';
    yield { clause, precision };
  }
  if (text) yield text;
}

/** `'%s is %d'.format(['x', 1])`. @throws CelError */
export function formatString(format: string, args: ListValue): string {
  const next = (index: number) => {
    if (index >= args.size) throw new FormatError(`index ${index} out of range`);
  };
  let index = 0;
  let text = '';
  try {
    for (const part of parseFormat(format, next)) {
      text += typeof part === 'string' ? part : printClause(part.clause, part.precision, args.at(index++));
    }
  } catch (error) {
    if (error instanceof FormatError) throw new CelError(error.message);
    throw error;
  }
  return text;
}

function printClause(clause: Clause, precision: number, value: Value): string {
  const special = typeof value === 'string' && (clause.letter === 'f' || clause.letter === 'e');
  const fits = clause.types.includes(typeName(value)) && (!special || ['NaN', 'Infinity', '-Infinity'].includes(value));
  if (!fits) throw new CelError(`error during formatting: ${clause.refusal}${typeName(value)}`);
  return clause.print(value, precision);
}

function inBase(value: Value, base: number): string {
  return (value instanceof Uint ? value.value : (value as bigint)).toString(base);
}

const maxPrecision = 10_000;

function printFixed(value: Value, precision: number): string {
  const number = Number(value);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '-∞';
  const [whole, fraction] = fixedText(number, Math.min(precision, maxPrecision)).split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** @param width what cel-go takes a precision for here */
function printScientific(value: Value, width: number): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return printFixed(value, 0).padStart(width);
  const { mantissa, exponent } = scientificText(number);
  const digits = String(Math.abs(exponent))
    .padStart(2, '0')
    .replace(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `${mantissa}×10${exponent < 0 ? '⁻' : ''}${digits}`.padStart(Math.min(width, maxPrecision));
}

function printAny(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof ListValue) return `[${[...value].map(printNested).join(', ')}]`;
  if (value instanceof MapValue) return printMap(value);
  return value instanceof Uint8Array ? printBytes(value) : printValue(value)!;
}

function printBytes(bytes: Uint8Array): string {
  try {
    return printValue(bytes)!;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError(`error during formatting: could not convert argument ${JSON.stringify(error.message)} to string`);
  }
}

function printMap(map: MapValue): string {
  const pairs = [...map.keys()].map((key) => ({ key: printNested(key), value: printNested(map.find(key)!) }));
  pairs.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return `{${pairs.map(({ key, value }) => `${key}:${value}`).join(', ')}}`;
}

/** Within a list or map text is quoted and times name their type. */
function printNested(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? fixedText(value, 6) : JSON.stringify(Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf');
  if (value instanceof Uint8Array) return `b${JSON.stringify(printBytes(value))}`;
  if (value instanceof Timestamp) return `timestamp("${printValue(value)}")`;
  if (value instanceof Duration) return `duration("${printValue(value)}")`;
  if (value instanceof TypeValue) return `type(${value.name})`;
  if (value === null || typeof value !== 'object' || value instanceof Uint || value instanceof ListValue || value instanceof MapValue)
    return printAny(value);
  throw new CelError(`error during formatting: no formatting function for ${typeName(value)}`);
}
