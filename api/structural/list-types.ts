import { duplicate, type FieldError, FieldPath, invalid } from '../meta/field.ts';
import { copySorted, isJsonObject } from '../meta/json.ts';
import { jsonText } from '../meta/json-text.ts';
import type { Structural } from './structural.ts';

/** Lists of type `set` and `map` hold each item, or each combination of keys, once. */
export function validateListTypes(value: unknown, schema: Structural, path: FieldPath = FieldPath.empty): FieldError[] {
  if (!schema.hasListTypes) return [];
  if (Array.isArray(value)) {
    const own = schema.listType === 'set' ? duplicates(value, path) : schema.listType === 'map' ? validateMap(value, schema, path) : [];
    const { items } = schema;
    return items ? [...own, ...value.flatMap((item, i) => validateListTypes(item, items, path.index(i)))] : own;
  }
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const member = schema.member(name);
    if (!member) return [];
    return validateListTypes(value[name], member, schema.properties.has(name) ? path.child(name) : path.key(name));
  });
}

function validateMap(items: readonly unknown[], { listMapKeys }: Structural, path: FieldPath): FieldError[] {
  const wrong = items.findIndex((item) => item !== null && !isJsonObject(item));
  if (wrong >= 0) return [invalid(path.index(wrong), items[wrong], 'must be an object for an array of list-type map')];
  const keys = items.map((item) => {
    const values = (item ?? {}) as Record<string, unknown>;
    return Object.fromEntries(listMapKeys.flatMap((key) => (Object.hasOwn(values, key) ? [[key, values[key]]] : [])));
  });
  return duplicates(keys, path);
}

// What stands there a second time is told once, however often it comes again.
function duplicates(items: readonly unknown[], path: FieldPath): FieldError[] {
  if (items.length < 2) return [];
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  items.forEach((item, i) => {
    const sorted = copySorted(item);
    const text = jsonText(sorted);
    const times = seen.get(text) ?? 0;
    seen.set(text, times + 1);
    if (times === 1) errors.push(duplicate(path.index(i), sorted));
  });
  return errors;
}
