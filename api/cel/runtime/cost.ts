import { sizeOf } from './operations.ts';
import { ListValue, MapValue, OpaqueValue, Optional, type Value } from './values.ts';

/** What a call costs at run time, in cel-go's units. */
export type CallCost = (args: readonly Value[], result: Value) => number;

export const stringFactor = 0.1;
export const regexFactor = 0.25;

/** @param overload '' where only the values decide which one is meant */
export function callCost(name: string, overload: string): CallCost {
  return overloadCosts[overload] ?? functionCosts[name] ?? operatorCosts(overload);
}

/** What `==` and `!=` cost. */
export function equalityCost(a: Value, b: Value): number {
  if (a instanceof OpaqueValue) return 1;
  return Math.ceil(Math.min(size(a), size(b)) * stringFactor);
}

function size(value: Value): number {
  if (value instanceof Optional) return value.value === undefined ? 1 : size(value.value);
  return sizeOf(value) ?? (value instanceof OpaqueValue && 'costSize' in value ? (value.costSize as number) : 1);
}

const one: CallCost = () => 1;
const traversal =
  (factor: number): CallCost =>
  ([text]) =>
    Math.ceil(size(text!) * factor * stringFactor);
const regex: CallCost = ([text, pattern]) => Math.ceil((1 + size(text!)) * stringFactor) * Math.ceil(size(pattern!) * regexFactor);
const whole: CallCost = ([value]) => traversalCost(value!);

const functionCosts: Readonly<Record<string, CallCost>> = {
  check: () => 350_000,
  fieldSelector: (args) => selectorCost(size(args[1]!)),
  labelSelector: (args) => selectorCost(size(args[1]!)),
  ...Object.fromEntries(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((name) => [name, whole])),
  ...Object.fromEntries(
    [
      'url',
      'lowerAscii',
      'upperAscii',
      'substring',
      'trim',
      'jsonpatch.escapeKey',
      'cidr',
      'isIP',
      'isCIDR',
      'ip',
      'quantity',
      'isQuantity',
      'semver',
      'isSemver',
    ].map((name) => [name, traversal(1)]),
  ),
  ...Object.fromEntries(['replace', 'split', 'ip.isCanonical'].map((name) => [name, traversal(2)])),
  join: (_args, result) => Math.ceil(size(result) * 2 * stringFactor),
  find: regex,
  findAll: regex,
  containsIP: (args) => containsCost(args, 0),
  containsCIDR: (args) => containsCost(args, 1),
  validate: ([format, text]) =>
    Math.ceil((1 + size(text!)) * stringFactor) * Math.ceil(((format as { maxRegexSize?: number }).maxRegexSize ?? 0) * regexFactor),
};

const overloadCosts: Readonly<Record<string, CallCost>> = {
  cidr_ip: one,
  list_slice: (_args, result) => allocation(size(result)),
  lists_range: (_args, result) => allocation(size(result)),
  list_reverse: (_args, result) => allocation(size(result)),
  list_flatten: ([list]) => allocation(size(list!)),
  list_flatten_int: ([list, depth]) => allocation(size(list!) * Number(depth)),
  list_distinct: ([list]) => selfComparison(list as ListValue),
  ...Object.fromEntries(
    ['int', 'uint', 'double', 'bool', 'google.protobuf.Duration', 'google.protobuf.Timestamp', 'string', 'bytes'].flatMap(
      (type): [string, CallCost][] => [
        [`list_${type}_sort`, ([list]) => selfComparison(list as ListValue)],
        [`list_${type}_sortByAssociatedKeys`, ([, keys]) => selfComparison(keys as ListValue)],
      ],
    ),
  ),
  list_sets_contains_list: ([a, b]) => 1 + size(a!) * size(b!),
  list_sets_intersects_list: ([a, b]) => 1 + size(a!) * size(b!),
  list_sets_equivalent_list: ([a, b]) => 1 + size(a!) * size(b!) * 2,
};

function allocation(count: number): number {
  return Math.floor(count) + 1 + 10;
}

function selfComparison(list: ListValue): number {
  const first = list.size > 0 ? list.at(0) : 0n;
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2 + stringFactor : 2;
  return allocation(list.size * list.size * factor);
}

function selectorCost(length: number): number {
  const requirements = Math.ceil(length * 0.5);
  return 10 + Math.ceil(length * stringFactor) + Math.ceil(requirements * 50);
}

function containsCost([cidr, other]: readonly Value[], extra: number): number {
  const own = size(cidr!);
  const base = Math.ceil(2 * own * stringFactor) + (extra ? Math.ceil(own * stringFactor) + 1 : 0);
  return base + (typeof other === 'string' ? Math.ceil(size(other) * stringFactor) : 0);
}

function operatorCosts(overload: string): CallCost {
  switch (overload) {
    case 'starts_with_string':
    case 'ends_with_string':
    case 'string_to_bytes':
    case 'bytes_to_string':
    case 'strings_quote':
    case 'string_format':
      return traversal(1);
    case 'add_string':
    case 'add_bytes':
      return ([a, b]) => Math.ceil((size(a!) + size(b!)) * stringFactor);
    case 'matches_string':
      return regex;
    case 'contains_string':
      return ([a, b]) => Math.ceil(size(a!) * stringFactor) * Math.ceil(size(b!) * stringFactor);
    default:
      return /^(less|greater)(_equals)?_(string|bytes)$/.test(overload)
        ? ([a, b]) => Math.ceil(Math.min(size(a!), size(b!)) * stringFactor)
        : one;
  }
}

function traversalCost(value: Value): number {
  if (typeof value === 'string') return Math.floor(Buffer.byteLength(value) * stringFactor);
  if (value instanceof Uint8Array) return Math.floor(value.length * stringFactor);
  let cost = 0;
  if (value instanceof ListValue) {
    for (const element of value) cost += traversalCost(element);
    return cost;
  }
  if (!(value instanceof MapValue)) return 1;
  for (const key of value.keys()) cost += traversalCost(key) + traversalCost(value.find(key)!);
  return cost;
}
