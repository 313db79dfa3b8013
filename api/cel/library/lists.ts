import { declareFunction, type FunctionDeclaration, type Overloads } from '../check/declarations.ts';
import { compare, equal } from '../runtime/equality.ts';
import { CelError, noSuchOperation, noSuchOverload, noSuchSignature } from '../runtime/errors.ts';
import type { LiteralMap } from '../runtime/literal-map.ts';
import { add } from '../runtime/operations.ts';
import { ArrayList, Duration, ListValue, type MapValue, typeName, Uint, type Value } from '../runtime/values.ts';

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const fullNames: Record<string, string> = { duration: 'google.protobuf.Duration', timestamp: 'google.protobuf.Timestamp' };
// A range is made whole: more elements than this could never be paid for.
const maxRange = 10_000_000n;

/** Kubernetes' functions on lists and cel-go's list extensions, version 3, with the sets. */
export function listLibrary(): FunctionDeclaration[] {
  return [...kubernetesLists(), ...extendedLists(), ...sets(), mapInsertion()];
}

function kubernetesLists(): FunctionDeclaration[] {
  const each = (id: (type: string) => string, types: readonly string[], result: (type: string) => string): Overloads =>
    Object.fromEntries(types.map((type) => [id(type), `list(${type}).(): ${result(type)}`]));
  const summable = ['int', 'uint', 'double', 'duration'];
  return [
    declareFunction(
      'isSorted',
      each(
        (type) => `list_${type}_is_sorted_bool`,
        comparable,
        () => 'bool',
      ),
      { apply: isSorted },
    ),
    declareFunction('sum', {
      ...Object.fromEntries(
        summable.map((type) => [`list_${type}_sum_${type}`, [`list(${type}).(): ${type}`, sumFrom(zeros[type]!)] as const]),
      ),
    }),
    declareFunction(
      'max',
      each(
        (type) => `list_${type}_max_${type}`,
        comparable,
        (type) => type,
      ),
      { apply: extreme('max', (order) => order > 0) },
    ),
    declareFunction(
      'min',
      each(
        (type) => `list_${type}_min_${type}`,
        comparable,
        (type) => type,
      ),
      { apply: extreme('min', (order) => order < 0) },
    ),
    declareFunction('indexOf', { list_a_index_of_int: ['list(A).(A): int', (list: ListValue, value: Value) => find(list, value, 0, 1)] }),
    declareFunction('lastIndexOf', {
      list_a_last_index_of_int: ['list(A).(A): int', (list: ListValue, value: Value) => find(list, value, list.size - 1, -1)],
    }),
  ];
}

const zeros: Record<string, Value> = { int: 0n, uint: new Uint(0n), double: 0, duration: new Duration(0n) };

function sumFrom(zero: Value): (list: ListValue) => Value {
  return (list) => {
    let sum = zero;
    for (const element of list) sum = add(sum, element);
    return sum;
  };
}

function orderOf(a: Value, b: Value): number {
  const order = compare(a, b);
  if (order === undefined) throw noSuchOverload();
  return order;
}

function isSorted(list: Value): Value {
  if (!(list instanceof ListValue)) throw noSuchSignature('isSorted', [list]);
  for (let i = 1; i < list.size; i++) if (orderOf(list.at(i - 1), list.at(i)) > 0) return false;
  return true;
}

function extreme(name: string, better: (order: number) => boolean): (list: Value) => Value {
  return (list) => {
    if (!(list instanceof ListValue)) throw noSuchSignature(name, [list]);
    if (list.size === 0) throw new CelError(`${name} called on empty list`);
    let best = list.at(0);
    for (let i = 1; i < list.size; i++) if (better(orderOf(list.at(i), best))) best = list.at(i);
    return best;
  };
}

function find(list: ListValue, value: Value, from: number, step: number): bigint {
  for (let i = from; i >= 0 && i < list.size; i += step) if (equal(list.at(i), value)) return BigInt(i);
  return -1n;
}

function extendedLists(): FunctionDeclaration[] {
  const sorted = (suffix: string, signature: (type: string) => string): Overloads =>
    Object.fromEntries(comparable.map((type) => [`list_${fullNames[type] ?? type}_${suffix}`, signature(type)]));
  return [
    declareFunction('slice', { list_slice: ['list(T).(int, int): list(T)', slice] }),
    declareFunction(
      'flatten',
      { list_flatten: 'list(list(T)).(): list(T)', list_flatten_int: 'list(dyn).(int): list(dyn)' },
      {
        apply: (list, depth) => {
          if (!(list instanceof ListValue))
            throw new CelError(`no such overload: ${typeName(list)}.flatten(${depth === undefined ? '' : 'int'})`);
          if (typeof depth !== 'bigint' && depth !== undefined) throw noSuchSignature('flatten', [list, depth]);
          return new ArrayList(flatten(list, depth ?? 1n));
        },
      },
    ),
    declareFunction(
      'sort',
      sorted('sort', (type) => `list(${type}).(): list(${type})`),
      {
        apply: (list) => {
          if (!(list instanceof ListValue)) throw noSuchOperation('sort', list);
          return sortBy(list, list);
        },
      },
    ),
    declareFunction(
      '@sortByAssociatedKeys',
      sorted('sortByAssociatedKeys', (type) => `list(T).(list(${type})): list(T)`),
      { apply: sortBy },
    ),
    declareFunction('lists.range', { lists_range: ['(int): list(int)', range] }),
    declareFunction('reverse', { list_reverse: ['list(T).(): list(T)', (list: ListValue) => new ArrayList([...list].reverse())] }),
    declareFunction('distinct', { list_distinct: ['list(T).(): list(T)', distinct] }),
  ];
}

function slice(list: ListValue, start: bigint, end: bigint): ListValue {
  const refuse = (why: string) => new CelError(`cannot slice(${start}, ${end}), ${why}`);
  if (start < 0n || end < 0n) throw refuse('negative indexes not supported');
  if (start > end) throw refuse('start index must be less than or equal to end index');
  if (BigInt(list.size) < end) throw refuse(`list is length ${list.size}`);
  return new ArrayList([...list].slice(Number(start), Number(end)));
}

function flatten(list: ListValue, depth: bigint): Value[] {
  if (depth < 0n) throw new CelError('level must be non-negative');
  const values: Value[] = [];
  for (const element of list) {
    if (element instanceof ListValue && depth > 0n) for (const inner of flatten(element, depth - 1n)) values.push(inner);
    else values.push(element);
  }
  return values;
}

function sortBy(list: Value, keys: Value): Value {
  if (!(list instanceof ListValue && keys instanceof ListValue)) throw noSuchOverload();
  if (list.size !== keys.size) {
    throw new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  }
  if (list.size === 0) return list;
  const pairs = [...keys].map((key, i) => ({ key, value: list.at(i) }));
  const first = pairs[0]!.key;
  if (compare(first, first) === undefined) throw new CelError('list elements must be comparable');
  if (pairs.length > 1 && pairs.some(({ key }) => typeName(key) !== typeName(first)))
    throw new CelError('list elements must have the same type');
  return new ArrayList(pairs.sort((a, b) => compare(a.key, b.key)!).map(({ value }) => value));
}

function range(count: bigint): ListValue {
  if (count > maxRange) throw new CelError('operation cancelled: actual cost limit exceeded');
  return new ArrayList(Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i)));
}

function distinct(list: ListValue): ListValue {
  const unique: Value[] = [];
  for (const element of list) if (!unique.some((other) => equal(element, other))) unique.push(element);
  return new ArrayList(unique);
}

function sets(): FunctionDeclaration[] {
  return [
    declareFunction('sets.contains', { list_sets_contains_list: ['(list(T), list(T)): bool', containsAll] }),
    declareFunction('sets.equivalent', {
      list_sets_equivalent_list: ['(list(T), list(T)): bool', (a: ListValue, b: ListValue) => containsAll(a, b) && containsAll(b, a)],
    }),
    declareFunction('sets.intersects', {
      list_sets_intersects_list: [
        '(list(T), list(T)): bool',
        (a: ListValue, b: ListValue) => [...a].some((element) => find(b, element, 0, 1) >= 0n),
      ],
    }),
  ];
}

function containsAll(list: ListValue, part: ListValue): boolean {
  return [...part].every((element) => find(list, element, 0, 1) >= 0n);
}

/** What transformMap() and transformMapEntry() do in each round. The map is the loop's own: it grows in place. */
function mapInsertion(): FunctionDeclaration {
  return declareFunction('cel.@mapInsert', {
    '@mapInsert_map_key_value': ['(map(K, V), K, V): map(K, V)', insert],
    '@mapInsert_map_map': [
      '(map(K, V), map(K, V)): map(K, V)',
      (map: LiteralMap, added: MapValue) => {
        for (const key of added.keys()) insert(map, key, added.find(key)!);
        return map;
      },
    ],
  });
}

function insert(map: LiteralMap, key: Value, value: Value): LiteralMap {
  if (map.find(key) !== undefined) throw new CelError(`insert failed: key ${String(key instanceof Uint ? key.value : key)} already exists`);
  map.insert(key, value);
  return map;
}
