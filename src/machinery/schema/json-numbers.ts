import { GoValue } from '../../../api/cel/policy/go-native.ts';
import { printFloat64 } from '../../../api/meta/go-float.ts';
import { exactInteger, WrittenNumber } from '../../../api/meta/json-text.ts';
import { type Place, pathText } from '../../../api/structural/failures.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { isJsonObject } from '../json-object.ts';
import { JsonScanner } from './json-scanner.ts';
import type { ParsedBody } from './parse.ts';

/** A number with a fraction, an exponent or more digits than a double surely holds. */
const odd = /[:,[]\s*-?(?:\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|\d{16,})\s*[,}\]]/;
/** Whatever is beyond a double has so large an exponent, or so many digits. */
const beyond = /\d[eE]\+?\d{3}|\d{200}/;
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
const whole = /^-?\d+$/;
const longestInteger = '-9223372036854775808'.length;
const anything: Schema = { type: 'any' };

/** What becomes of a number. */
type Reading = (text: string, value: number, schema: Schema) => unknown;

/**
 * JSON's data, in which integers of 64 bits that a double does not hold are bigints. All other numbers are doubles, as they are to Go in data without a type.
 * @throws SyntaxError
 */
export function readJson(text: string): any {
  return withLongIntegers(text, JSON.parse(text));
}

/** @param value what JSON.parse makes of the text; changed in place, where it is an object or list */
export function withLongIntegers(text: string, value: unknown): any {
  return mayHaveLongInteger(text) ? readNumbers(text, value, anything, asInt64) : value;
}

/** An integer beyond 2^53 has 16 digits or more, so that one of each 16th characters is of it: most of a text is never looked at. */
function mayHaveLongInteger(text: string): boolean {
  for (let i = shortestLong - 1; i < text.length; i += shortestLong) {
    if (!isDigit(text, i)) continue;
    let from = i;
    while (isDigit(text, from - 1)) from--;
    while (isDigit(text, i + 1)) i++;
    if (i - from >= shortestLong - 1 && !isWithinWord.test(text[from - 1] ?? '')) return true;
  }
  return false;
}

/** How many digits the first integer has that a double does not surely hold. */
const shortestLong = 16;
/** What stands before digits that are no number, or the fraction of one. */
const isWithinWord = /["\w.]/;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** Whether JSON text has a number that JSON.parse does not tell all of. */
export function hasOddNumbers(text: string): boolean {
  return odd.test(text);
}

/**
 * Puts right, in a body that is JSON or was turned into it, what JSON.parse does not tell of numbers: Go's decoder takes `1.0` and `1e3` for no integers and
 * names a number that is too large as it was written, and a quantity is the text of its number. Whatever has no such number is only searched for one.
 */
export function keepWrittenNumbers({ value, format, text, json }: ParsedBody, schema: Schema): void {
  const source = format === 'json' ? text : json;
  if (source !== undefined && odd.test(source)) readNumbers(source, value, schema, asDecoded);
}

/**
 * The same in a body that Go first reads as plain data, and restores into its type then: a whole number of 64 bits is an integer there, any other number a
 * float; floats without a fraction become integers again, and integers keep the lower bits that their field has room for.
 */
export function restoreNumbers({ value, format, text, json }: ParsedBody, schema: Schema): void {
  const source = format === 'json' ? text : json;
  if (source !== undefined && odd.test(source)) readNumbers(source, value, schema, asRestored);
}

/** JSON's data, in which numbers that Go's encoder would write in another way are as they were written. Of texts that `jsonText` made, the data. */
export function writtenNumbers(text: string): any {
  return readNumbers(text, JSON.parse(text), anything, asWritten);
}

/** JSON's data with numbers that Go prints in another way than JavaScript as Go has them. */
export function goNumbers(text: string): any {
  return readNumbers(text, JSON.parse(text), anything, (number, value) =>
    isInt64(number) ? new GoValue('int64', BigInt(number).toString()) : new GoValue('float64', printFloat64(value)),
  );
}

/** Where JSON has whole numbers that are written as floats, `1.0` and `1e3`; undefined where it has none. */
export function wholeFloats(text: string): ReadonlySet<string> | undefined {
  if (!odd.test(text)) return undefined;
  const found = new Set<string>();
  collectFloats(new JsonScanner(text), undefined, found);
  return found.size > 0 ? found : undefined;
}

function collectFloats(scanner: JsonScanner, parent: Place | undefined, found: Set<string>): void {
  const inside = (step: string | number): void => collectFloats(scanner, { parent, step }, found);
  const character = scanner.peek();
  if (character === '{') scanner.object(inside);
  else if (character === '[') scanner.list(inside);
  else if (character === '"') scanner.skip();
  else {
    const word = scanner.word();
    if (Number.isInteger(Number(word)) && !isInt64(word)) found.add(pathText(parent));
  }
}

/** The first number in JSON text that is beyond a double. */
export function infiniteNumber(text: string): string | undefined {
  if (!beyond.test(text)) return undefined;
  const numbers = text.replace(strings, '""').match(/-?\d[\d.eE+-]*/g);
  return numbers?.find((number) => !Number.isFinite(Number(number)));
}

function readNumbers(text: string, value: unknown, schema: Schema, reading: Reading): any {
  const holder = { value };
  visit(new JsonScanner(text), schema, holder, 'value', reading);
  return holder.value;
}

/** @param holder what has the value, as JSON.parse made it: `key` may have been given a later value there */
function visit(scanner: JsonScanner, schema: Schema, holder: any, key: string | number, reading: Reading): void {
  const value = holder[key];
  const character = scanner.peek();
  if (character === '{' && isJsonObject(value) && isOpen(schema)) {
    scanner.object((name) => {
      const inside = memberSchema(schema, name);
      if (inside === undefined || !Object.hasOwn(value, name)) scanner.skip();
      else visit(scanner, inside, value, name, reading);
    });
  } else if (character === '[' && (schema.type === 'list' || schema === anything) && Array.isArray(value)) {
    const items = schema.type === 'list' ? schema.items : anything;
    scanner.list((index) => visit(scanner, items, value, index, reading));
  } else if ((typeof value === 'number' || typeof value === 'bigint') && character !== '"') {
    const text = scanner.word();
    const number = Number(text);
    if (number === Number(value)) holder[key] = reading(text, number, schema);
  } else scanner.skip();
}

function isOpen(schema: Schema): boolean {
  return schema === anything || schema.type === 'map' || (schema.type === 'object' && !schema.decode);
}

function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (schema === anything) return anything;
  return schema.type === 'map' ? schema.values : schema.type === 'object' ? schema.fields.get(name)?.schema : undefined;
}

function asWritten(text: string, value: number): unknown {
  const number = asInt64(text, value);
  return String(number) === text ? number : new WrittenNumber(text);
}

function asInt64(text: string, value: number): number | bigint {
  return isInt64(text) ? exactInteger(BigInt(text)) : value;
}

function asDecoded(text: string, value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'quantity':
      return text;
    case 'int32':
    case 'intOrString':
      return whole.test(text) && Number.isSafeInteger(value) ? value : new WrittenNumber(text);
    case 'int64':
      return isInt64(text) ? exactInteger(BigInt(text)) : new WrittenNumber(text);
    case 'any':
      return asInt64(text, value);
    default:
      return value;
  }
}

function asRestored(text: string, value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'int32':
      return Number.isInteger(value) ? Number(BigInt.asIntN(32, integerOf(text, value))) : value;
    case 'int64':
      return Number.isInteger(value) ? exactInteger(integerOf(text, value)) : value;
    case 'intOrString':
      return Number.isSafeInteger(value) ? value : new WrittenNumber(encoded(text, value));
    case 'quantity':
      return encoded(text, value);
    case 'string':
    case 'boolean':
      return isInt64(text) ? value : new WrittenNumber(text);
    case 'any':
      return asInt64(text, value);
    default:
      return value;
  }
}

function isInt64(text: string): boolean {
  return text.length <= longestInteger && whole.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** As processors of 64 bits turn a float into an integer: what does not fit is the lowest. */
function integerOf(text: string, value: number): bigint {
  if (isInt64(text)) return BigInt(text);
  return Math.abs(value) < 2 ** 63 ? BigInt(value) : -(2n ** 63n);
}

/** Go's JSON of what it has read of a number. */
function encoded(text: string, value: number): string {
  return isInt64(text) ? BigInt(text).toString() : String(value);
}
