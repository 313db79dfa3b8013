import { GoValue } from '../../../api/cel/policy/go-native.ts';
import { printFloat64 } from '../../../api/meta/go-float.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { isJsonObject } from '../json-object.ts';
import { JsonScanner } from './json-scanner.ts';
import type { ParsedBody } from './parse.ts';
import { WrittenNumber } from './written-number.ts';

/** A number with a fraction, an exponent or more digits than a double surely holds. */
const odd = /[:,[]\s*-?(?:\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|\d{16,})\s*[,}\]]/;
const whole = /^-?\d+$/;
const largestBelow63Bits = 2 ** 63 - 1024;
const anything: Schema = { type: 'any' };

/** What becomes of a number. */
type Reading = (text: string, value: number, schema: Schema) => unknown;

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
  if (source !== undefined) readNumbers(source, value, schema, asDecoded);
}

/**
 * The same in a body that Go first reads as plain data, and restores into its type then: a whole number of 64 bits is an integer there, any other number a
 * float; floats without a fraction become integers again, and integers keep the lower bits that their field has room for.
 */
export function restoreNumbers({ value, format, text, json }: ParsedBody, schema: Schema): void {
  const source = format === 'json' ? text : json;
  if (source !== undefined) readNumbers(source, value, schema, asRestored);
}

/** JSON's data with what JSON.parse does not tell all of as it was written. */
export function writtenNumbers(text: string): any {
  return readNumbers(text, JSON.parse(text), anything, (number) => new WrittenNumber(number));
}

/** JSON's data with numbers that Go prints in another way than JavaScript as Go has them. */
export function goNumbers(text: string): any {
  return readNumbers(text, JSON.parse(text), anything, (number, value) =>
    isInt64(number) ? new GoValue('int64', BigInt(number).toString()) : new GoValue('float64', printFloat64(value)),
  );
}

/** The first number in JSON text that is beyond a double. */
export function infiniteNumber(text: string): string | undefined {
  let first: string | undefined;
  if (odd.test(text)) {
    readNumbers(text, JSON.parse(text), anything, (number, value) => {
      if (!Number.isFinite(value)) first ??= number;
      return value;
    });
  }
  return first;
}

function readNumbers(text: string, value: unknown, schema: Schema, reading: Reading): any {
  const holder = { value };
  if (odd.test(text)) visit(new JsonScanner(text), schema, holder, 'value', reading);
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
  } else if (typeof value === 'number' && character !== '"') {
    const text = scanner.word();
    if (Number(text) === value) holder[key] = reading(text, value, schema);
  } else scanner.skip();
}

function isOpen(schema: Schema): boolean {
  return schema === anything || schema.type === 'map' || (schema.type === 'object' && !schema.decode);
}

function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (schema === anything) return anything;
  return schema.type === 'map' ? schema.values : schema.type === 'object' ? schema.fields.get(name)?.schema : undefined;
}

function asDecoded(text: string, value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'quantity':
      return text;
    case 'int32':
    case 'intOrString':
      return whole.test(text) && Number.isSafeInteger(value) ? value : new WrittenNumber(text);
    case 'int64':
      if (!whole.test(text)) return new WrittenNumber(text);
      if (Number.isSafeInteger(value)) return value;
      return isInt64(text) ? Math.min(value, largestBelow63Bits) : new WrittenNumber(text);
    default:
      return value;
  }
}

function asRestored(text: string, value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'int32':
      return Number.isInteger(value) ? Number(BigInt.asIntN(32, integerOf(text, value))) : value;
    case 'int64':
      return Number.isInteger(value) ? Math.min(Number(integerOf(text, value)), largestBelow63Bits) : value;
    case 'intOrString':
      return Number.isSafeInteger(value) ? value : new WrittenNumber(encoded(text, value));
    case 'quantity':
      return encoded(text, value);
    case 'string':
    case 'boolean':
      return isInt64(text) ? value : new WrittenNumber(text);
    default:
      return value;
  }
}

function isInt64(text: string): boolean {
  return whole.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
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
