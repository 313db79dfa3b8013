import { parseDouble, printDouble } from './doubles.ts';
import { compare, isNumber } from './equality.ts';
import { CelError, noSuchOperation, noSuchOverload } from './errors.ts';
import { checkedDuration, checkedTimestamp, floorDivide, parseDuration, parseTimestamp, printDuration, printTimestamp } from './time.ts';
import { ArrayList, Duration, ListValue, MapValue, Timestamp, TypeValue, typeName, Uint, type Value } from './values.ts';

/** A list with a rule of its own for `+`: lists of a schema. */
export interface OwnAddition {
  plus(other: ListValue): ListValue;
}

export function not(value: Value): Value {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return !value;
}

export function negate(value: Value): Value {
  if (typeof value === 'bigint') return checkedInt(-value);
  if (typeof value === 'number') return -value;
  if (value instanceof Duration) return checkedDuration(-value.nanoseconds);
  throw noSuchOperation('-_', value);
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(a + b);
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (a instanceof ListValue && b instanceof ListValue) return 'plus' in a ? (a as unknown as OwnAddition).plus(b) : concatenate(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return checkedUint(a.value + b.value);
  if (a instanceof Duration) {
    if (b instanceof Duration) return checkedDuration(a.nanoseconds + b.nanoseconds);
    if (b instanceof Timestamp) return checkedTimestamp(a.nanoseconds + b.nanoseconds, b.offset);
  }
  if (a instanceof Timestamp && b instanceof Duration) return checkedTimestamp(a.nanoseconds + b.nanoseconds, a.offset);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return new Uint8Array(Buffer.concat([a, b]));
  throw isNumber(a) || a instanceof Uint8Array || a instanceof ListValue ? noSuchOverload() : noSuchOperation('_+_', a);
}

function concatenate(a: ListValue, b: ListValue): ListValue {
  if (a.size === 0) return b;
  return b.size === 0 ? a : new ArrayList([...a, ...b]);
}

/** The operators on numbers and, for `-`, on times. */
export function arithmetic(operator: '-' | '*' | '/' | '%'): (a: Value, b: Value) => Value {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(calculate(operator, a, b));
    if (typeof a === 'number' && typeof b === 'number' && operator !== '%') {
      return operator === '-' ? a - b : operator === '*' ? a * b : a / b;
    }
    if (a instanceof Uint && b instanceof Uint) return checkedUint(calculate(operator, a.value, b.value));
    if (operator === '-') {
      if (a instanceof Timestamp && b instanceof Timestamp) return new Duration(checkedInt(a.nanoseconds - b.nanoseconds));
      if (a instanceof Timestamp && b instanceof Duration) return checkedTimestamp(a.nanoseconds - b.nanoseconds, a.offset);
      if (a instanceof Duration && b instanceof Duration) return checkedDuration(a.nanoseconds - b.nanoseconds);
    }
    throw isNumber(a) && !(operator === '%' && typeof a === 'number') ? noSuchOverload() : noSuchOperation(`_${operator}_`, a);
  };
}

function calculate(operator: '-' | '*' | '/' | '%', a: bigint, b: bigint): bigint {
  switch (operator) {
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0n) throw new CelError('division by zero');
      return a / b;
    case '%':
      if (b === 0n) throw new CelError('modulus by zero');
      // The smallest integer has no opposite.
      if (a === minInt && b === -1n) throw new CelError('integer overflow');
      return a % b;
  }
}

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

/** @throws CelError outside 64 bits */
export function checkedInt(value: bigint): bigint {
  if (value < minInt || value > maxInt) throw new CelError('integer overflow');
  return value;
}

function checkedUint(value: bigint): Uint {
  if (value < 0n || value > maxUint) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

/** A comparison operator. @param holds decides by the order of the two */
export function comparison(operator: string, holds: (order: number) => boolean): (a: Value, b: Value) => Value {
  return (a, b) => {
    const order = compare(a, b);
    if (order === undefined) throw isOrdered(a) ? noSuchOverload() : noSuchOperation(operator, a);
    if (Number.isNaN(order)) throw new CelError('NaN values cannot be ordered');
    return holds(order);
  };
}

function isOrdered(value: Value): boolean {
  return isNumber(value) || typeof value === 'boolean' || value instanceof Uint8Array;
}

/** Elements, entries, bytes or code points. */
export function size(value: Value): bigint {
  const count = sizeOf(value);
  if (count === undefined) throw noSuchOperation('size', value);
  return BigInt(count);
}

/** @returns undefined for what has no size */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePointCount(value);
  if (value instanceof ListValue || value instanceof MapValue) return value.size;
  return value instanceof Uint8Array ? value.length : undefined;
}

export function codePointCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      count--;
      i++;
    }
  }
  return count;
}

/** Converts to the type of that name. @throws CelError */
export function convert(value: Value, to: string): Value {
  const converted = tryConvert(value, to);
  if (converted === undefined) throw new CelError(`type conversion error from '${typeName(value)}' to '${fullNames[to] ?? to}'`);
  return converted;
}

const fullNames: Record<string, string> = { timestamp: 'google.protobuf.Timestamp', duration: 'google.protobuf.Duration' };

function tryConvert(value: Value, to: string): Value | undefined {
  switch (to) {
    case 'int':
      return toInt(value);
    case 'uint':
      return toUint(value);
    case 'double':
      return toDouble(value);
    case 'bool':
      return toBool(value);
    case 'string':
      return printValue(value);
    case 'bytes':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value)) : value instanceof Uint8Array ? value : undefined;
    case 'duration':
      return toDuration(value);
    case 'timestamp':
      return toTimestamp(value);
    default:
      return undefined;
  }
}

function toInt(value: Value): Value | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    // The bounds themselves are refused, since doubles near them are not exact.
    if (!(value > -(2 ** 63) && value < 2 ** 63)) throw new CelError('integer overflow');
    return BigInt(Math.trunc(value));
  }
  if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value) || value.length > 1000) return undefined;
    const parsed = BigInt(value.replace(/^\+/, ''));
    return parsed < minInt || parsed > maxInt ? undefined : parsed;
  }
  if (value instanceof Uint) return checkedInt(value.value);
  if (value instanceof Timestamp) return floorDivide(value.nanoseconds, 1_000_000_000n);
  return value instanceof Duration ? value.nanoseconds : undefined;
}

function toUint(value: Value): Value | undefined {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return checkedUint(value);
  if (typeof value === 'number') {
    if (!(value >= 0 && value < 2 ** 64)) throw new CelError('unsigned integer overflow');
    return new Uint(BigInt(Math.trunc(value)));
  }
  if (typeof value !== 'string' || !/^\d+$/.test(value) || value.length > 1000) return undefined;
  const parsed = BigInt(value);
  return parsed > maxUint ? undefined : new Uint(parsed);
}

function toDouble(value: Value): Value | undefined {
  if (typeof value === 'number') return value;
  if (isNumber(value)) return Number(value instanceof Uint ? value.value : value);
  return typeof value === 'string' ? parseDouble(value) : undefined;
}

function toBool(value: Value): Value | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value) ? false : undefined;
}

function toDuration(value: Value): Value | undefined {
  if (value instanceof Duration) return value;
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function toTimestamp(value: Value): Value | undefined {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return checkedTimestamp(value * 1_000_000_000n);
  const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
  return parsed && checkedTimestamp(parsed.nanoseconds, parsed.offset);
}

/** What string() gives; undefined for what it does not take. */
export function printValue(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      return printDouble(value);
  }
  if (value instanceof Uint) return value.value.toString();
  if (value instanceof Timestamp) return printTimestamp(value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}
