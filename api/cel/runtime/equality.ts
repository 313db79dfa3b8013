import { noSuchOverload } from './errors.ts';
import { Duration, ListValue, MapValue, OpaqueValue, Optional, Timestamp, TypeValue, Uint, type Value } from './values.ts';

/** Whether two values are equal as `==` sees it: numbers by value whatever their types, everything else only within one type. @throws CelError by values with functions of their own */
export function equal(a: Value, b: Value): boolean {
  if (typeof a === 'bigint' || typeof a === 'number' || a instanceof Uint) return isNumber(b) && compareNumbers(a, b) === 0;
  if (typeof a !== 'object' || a === null) return a === b;
  if (a instanceof ListValue)
    return b instanceof ListValue && (hasOwnEquality(b) && !hasOwnEquality(a) ? equalLists(a, b) : listEquals(a, b));
  if (a instanceof MapValue) return b instanceof MapValue && equalMaps(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanoseconds === b.nanoseconds;
  if (a instanceof Duration) return b instanceof Duration && a.nanoseconds === b.nanoseconds;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    return a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value);
  }
  if (b === null) return false;
  if (!(b instanceof OpaqueValue && b.type.name === a.type.name)) throw noSuchOverload();
  return a.equals(b);
}

/** A list with a rule of its own for equality: sets and keyed lists. */
export interface OwnEquality {
  equals(other: ListValue): boolean;
}

function hasOwnEquality(list: ListValue): list is ListValue & OwnEquality {
  return 'equals' in list;
}

function listEquals(a: ListValue, b: ListValue): boolean {
  return hasOwnEquality(a) ? a.equals(b) : equalLists(a, b);
}

function equalLists(a: ListValue, b: ListValue): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.size; i++) if (!equal(a.at(i), b.at(i))) return false;
  return true;
}

/** A map that holds more than its keys tell of. */
export interface OwnRest {
  /** Whether that is the same in both. @throws CelError where they cannot be compared */
  restEquals(other: MapValue): boolean;
}

function hasOwnRest(map: MapValue): map is MapValue & OwnRest {
  return 'restEquals' in map;
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    const [x, y] = [a.find(key), b.find(key)];
    if (x === undefined || y === undefined) {
      if (x !== y) return false;
    } else if (!equal(x, y)) return false;
  }
  return !hasOwnRest(a) || a.restEquals(b);
}

export function isNumber(value: Value): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

/** @returns less than 0, 0 or more than 0; NaN where one is not a number */
export function compareNumbers(a: bigint | number | Uint, b: bigint | number | Uint): number {
  let x = a instanceof Uint ? a.value : a;
  let y = b instanceof Uint ? b.value : b;
  // With a double, an integer is compared as the nearest double.
  if (typeof x === 'number') y = Number(y);
  else if (typeof y === 'number') x = Number(x);
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : Number.NaN;
}

/** Orders two values of one comparable type; undefined where they are not comparable with each other. */
export function compare(a: Value, b: Value): number | undefined {
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b) : undefined;
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : undefined;
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? order(a.nanoseconds, b.nanoseconds) : undefined;
  if (a instanceof Duration) return b instanceof Duration ? order(a.nanoseconds, b.nanoseconds) : undefined;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? Buffer.compare(a, b) : undefined;
  return undefined;
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code points, as UTF-8 bytes order. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for code points above all others.
    const surrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    return surrogate(x) !== surrogate(y) ? (surrogate(x) ? 1 : -1) : x - y;
  }
  return a.length - b.length;
}
