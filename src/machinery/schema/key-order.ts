import { keepSentEmpty } from '../../../api/meta/sent-empty.ts';
import type { ObjectSchema, Schema } from '../../../openapi/schema.ts';
import { setOwn } from '../json-object.ts';
import { compareKeys } from '../sorted-map.ts';

type JsonObject = Readonly<Record<string, unknown>>;

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
    case 'object': {
      if (schema.decode) return sorted(value);
      if (Array.isArray(value)) return value;
      const { inside, compare, rebuilt } = structOf(schema);
      return arranged(value as JsonObject, inside, compare, rebuilt);
    }
    case 'map':
      return Array.isArray(value) ? value : arranged(value as JsonObject, (each) => ordered(each, schema.values), compareKeys, rebuiltMap);
    case 'list':
      return Array.isArray(value) && !keyless(schema.items) ? mapped(value, (each) => ordered(each, schema.items)) : value;
    default:
      // Raw JSON is written as it came.
      return value;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? mapped(value, sorted) : arranged(value as JsonObject, sorted, compareKeys, rebuiltMap);
}

/** An object with its keys in order. @param changed values that take the place of its own */
type Rebuild = (object: JsonObject, changed: JsonObject | undefined) => JsonObject;

/** @param inside what becomes of the value of a key; @param compare the order of keys */
function arranged(
  object: JsonObject,
  inside: (value: unknown, key: string) => unknown,
  compare: (a: string, b: string) => number,
  rebuilt: Rebuild,
): JsonObject {
  let last: string | undefined;
  let inOrder = true;
  let changed: Record<string, unknown> | undefined;
  for (const key in object) {
    if (last !== undefined && inOrder && compare(last, key) > 0) inOrder = false;
    last = key;
    const value = object[key];
    const after = inside(value, key);
    if (after !== value) setOwn((changed ??= {}), key, after);
  }
  if (inOrder) return changed ? { ...object, ...changed } : object;
  return rebuilt(object, changed);
}

function rebuiltOf(object: JsonObject, changed: JsonObject | undefined, keys: Iterable<string>): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of keys) setOwn(result, key, changed && Object.hasOwn(changed, key) ? changed[key] : object[key]);
  keepSentEmpty(object, result);
  return result;
}

const rebuiltMap: Rebuild = (object, changed) => rebuiltOf(object, changed, Object.keys(object).sort(compareKeys));

/** The list with each item mapped; the same list where none changes. */
function mapped(list: readonly unknown[], inside: (value: unknown) => unknown): readonly unknown[] {
  let result: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const after = inside(list[i]);
    if (after !== list[i]) (result ??= [...list])[i] = after;
  }
  return result ?? list;
}

/** Whether values of a schema have no keys whose order is known: scalars, and raw JSON. */
function keyless({ type }: Schema): boolean {
  return type !== 'object' && type !== 'map' && type !== 'list';
}

/** The fields of a Go struct, as `arranged` takes them. */
interface Struct {
  inside(value: unknown, key: string): unknown;
  compare(a: string, b: string): number;
  readonly rebuilt: Rebuild;
}

const structs = new WeakMap<ObjectSchema, Struct>();

function structOf(schema: ObjectSchema): Struct {
  let struct = structs.get(schema);
  if (!struct) {
    const { fields } = schema;
    const names = [...fields.keys()];
    const ranks = new Map(names.map((name, rank) => [name, rank]));
    const rankOf = (key: string) => ranks.get(key) ?? ranks.size;
    // Each key is compared with the next one: its rank is at hand from before.
    let key = '';
    let rank = 0;
    struct = {
      inside(value, key) {
        const field = typeof value === 'object' ? fields.get(key) : undefined;
        return field ? ordered(value, field.schema) : value;
      },
      compare(a, b) {
        const before = a === key ? rank : rankOf(a);
        key = b;
        rank = rankOf(b);
        return before - rank;
      },
      rebuilt(object, changed) {
        const keys: string[] = [];
        for (const name of names) if (Object.hasOwn(object, name)) keys.push(name);
        // What is no field comes last.
        for (const key in object) if (!ranks.has(key)) keys.push(key);
        return rebuiltOf(object, changed, keys);
      },
    };
    structs.set(schema, struct);
  }
  return struct;
}
