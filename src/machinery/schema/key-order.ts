import { keepSentEmpty } from '../../../api/meta/sent-empty.ts';
import type { ObjectSchema, Schema } from '../../../openapi/schema.ts';
import { setOwn } from '../json-object.ts';
import { compareKeys } from '../sorted-map.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** A field by its place in the Go struct. */
interface RankedField {
  readonly rank: number;
  /** Absent for what has no keys. */
  readonly schema: Schema | undefined;
}

/**
 * A value with its keys in the order in which Go's encoder writes them: fields as the struct has them, keys of maps sorted, and all keys of custom objects
 * sorted, which are maps to Go. What is in order is shared with the input. Names that look like indexes of arrays stay first and in the order of numbers, as
 * JavaScript has them.
 */
export function inGoOrder<T>(value: T, schema: Schema): T {
  return ordered(value, schema) as T;
}

/** A value of data without a type, with all of its keys sorted; shared with the input as far as they are. */
export function sortedKeys<T>(value: T): T {
  return sorted(value) as T;
}

function ordered(value: unknown, schema: Schema): unknown {
  if (typeof value !== 'object' || value === null) return value;
  switch (schema.type) {
    case 'object':
      if (schema.decode) return sorted(value);
      return Array.isArray(value) ? value : orderedFields(value as JsonObject, ranksOf(schema));
    case 'map':
      return Array.isArray(value)
        ? value
        : orderedMap(value as JsonObject, keyless(schema.values) ? same : (each) => ordered(each, schema.values));
    case 'list':
      return Array.isArray(value) && !keyless(schema.items) ? mapped(value, (each) => ordered(each, schema.items)) : value;
    default:
      // Raw JSON is written as it came.
      return value;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? mapped(value, sorted) : orderedMap(value as JsonObject, sorted);
}

function orderedFields(object: JsonObject, ranks: ReadonlyMap<string, RankedField>): JsonObject {
  let last = -1;
  let inOrder = true;
  let changed: Record<string, unknown> | undefined;
  for (const key in object) {
    const field = ranks.get(key);
    const rank = field?.rank ?? ranks.size;
    if (rank < last) inOrder = false;
    last = rank;
    if (!field?.schema) continue;
    const value = object[key];
    const inside = ordered(value, field.schema);
    if (inside !== value) setOwn((changed ??= {}), key, inside);
  }
  if (inOrder) return changed ? { ...object, ...changed } : object;
  const rankOf = (key: string) => ranks.get(key)?.rank ?? ranks.size;
  return rebuilt(object, changed, (a, b) => rankOf(a) - rankOf(b));
}

function orderedMap(object: JsonObject, inside: (value: unknown) => unknown): JsonObject {
  let last: string | undefined;
  let inOrder = true;
  let changed: Record<string, unknown> | undefined;
  for (const key in object) {
    if (last !== undefined && inOrder && compareKeys(key, last) < 0) inOrder = false;
    last = key;
    const value = object[key];
    const after = inside(value);
    if (after !== value) setOwn((changed ??= {}), key, after);
  }
  if (inOrder) return changed ? { ...object, ...changed } : object;
  return rebuilt(object, changed, compareKeys);
}

function rebuilt(object: JsonObject, changed: JsonObject | undefined, compare: (a: string, b: string) => number): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort(compare))
    setOwn(result, key, changed && Object.hasOwn(changed, key) ? changed[key] : object[key]);
  keepSentEmpty(object, result);
  return result;
}

/** The list with each item mapped; the same list where none changes. */
function mapped(list: readonly unknown[], inside: (value: unknown) => unknown): readonly unknown[] {
  let result: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const after = inside(list[i]);
    if (after !== list[i]) (result ??= [...list])[i] = after;
  }
  return result ?? list;
}

function same(value: unknown): unknown {
  return value;
}

/** Whether values of a schema have no keys whose order is known: scalars, and raw JSON. */
function keyless({ type }: Schema): boolean {
  return type !== 'object' && type !== 'map' && type !== 'list';
}

const ranks = new WeakMap<ObjectSchema, ReadonlyMap<string, RankedField>>();

function ranksOf(schema: ObjectSchema): ReadonlyMap<string, RankedField> {
  let known = ranks.get(schema);
  if (!known) {
    known = new Map(
      [...schema.fields.values()].map((field, rank) => [field.name, { rank, schema: keyless(field.schema) ? undefined : field.schema }]),
    );
    ranks.set(schema, known);
  }
  return known;
}
