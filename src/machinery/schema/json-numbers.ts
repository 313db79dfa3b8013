import type { Schema } from '../../../openapi/schema.ts';
import { isJsonObject } from '../json-object.ts';
import { JsonScanner } from './json-scanner.ts';
import type { ParsedBody } from './parse.ts';

/** A number that is no value of its field's type, as it was written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A number with a fraction, an exponent or more digits than a double surely holds. */
const odd = /[:,[]\s*-?(?:\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|\d{16,})\s*[,}\]]/;
const whole = /^-?\d+$/;
const largestBelow63Bits = 2 ** 63 - 1024;

/**
 * Puts right, in a body that was sent as JSON, what JSON.parse does not tell of numbers: Go's decoder takes `1.0` and `1e3` for no integers and names a
 * number that is too large as it was written, and a quantity is the text of its number. Whatever has no such number is only searched for one.
 */
export function keepWrittenNumbers(body: ParsedBody, schema: Schema): void {
  if (body.format !== 'json' || !odd.test(body.text)) return;
  visit(new JsonScanner(body.text), schema, { body: body.value }, 'body');
}

/** @param holder what has the value, as JSON.parse made it: `key` may have been given a later value there */
function visit(scanner: JsonScanner, schema: Schema, holder: any, key: string | number): void {
  const value = holder[key];
  const character = scanner.peek();
  if (character === '{' && isJsonObject(value) && (schema.type === 'map' || (schema.type === 'object' && !schema.decode))) {
    scanner.object((name) => {
      const inside = schema.type === 'map' ? schema.values : schema.fields.get(name)?.schema;
      if (inside === undefined || !Object.hasOwn(value, name)) scanner.skip();
      else visit(scanner, inside, value, name);
    });
  } else if (character === '[' && schema.type === 'list' && Array.isArray(value)) {
    scanner.list((index) => visit(scanner, schema.items, value, index));
  } else if (typeof value === 'number' && character !== '"') {
    const text = scanner.word();
    if (Number(text) === value) holder[key] = asRead(text, value, schema);
  } else scanner.skip();
}

function asRead(text: string, value: number, schema: Schema): unknown {
  switch (schema.type) {
    case 'quantity':
      return text;
    case 'int32':
    case 'intOrString':
      return whole.test(text) && Number.isSafeInteger(value) ? value : new WrittenNumber(text);
    case 'int64':
      if (!whole.test(text)) return new WrittenNumber(text);
      if (Number.isSafeInteger(value)) return value;
      if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return new WrittenNumber(text);
      return Math.min(value, largestBelow63Bits);
    default:
      return value;
  }
}
