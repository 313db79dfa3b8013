import { parseQuantity, type Quantity } from './quantity.ts';
import { hasSentEmpty } from './sent-empty.ts';

const isEmpty = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Whether two JSON values mean the same: absent, null and the empty list are one; key order does not matter. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => semanticEqual(item, b[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of Object.keys(left)) if (!semanticEqual(left[key], right[key])) return false;
  for (const key of Object.keys(right)) if (!(key in left) && !isEmpty(right[key])) return false;
  return true;
}

/** Whether a value of a request says the same as a stored one where empty lists and maps that were sent are told from absent ones. */
export function exactlyEqual(sent: unknown, stored: unknown): boolean {
  return semanticEqual(sent, stored) && !hasSentEmpty(sent);
}

/** Whether two maps (labels, selectors) hold the same; absent and `{}` are one. */
export function mapsEqual(
  a: Readonly<Record<string, unknown>> | null | undefined,
  b: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  return semanticEqual(a ?? {}, b ?? {});
}

/** Whether two resource lists hold the same amounts, however they are written. */
export function quantitiesEqual(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => b[name] !== undefined && sameQuantity(parseQuantity(a[name]!), parseQuantity(b[name]!)));
}

function sameQuantity(a: Quantity, b: Quantity): boolean {
  return a.compare(b) === 0;
}
