import { GoValue } from '../../../../api/cel/policy/go-native.ts';
import { quotedList } from '../../../../api/meta/text.ts';
import type { ListSchema, ObjectSchema, Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import { keyElement, valueElement } from './field-set.ts';

/** How apply sees a value: as one leaf, or field by field, key by key, item by item. */
export type Shape = 'leaf' | 'fields' | 'items';

export type JsonObject = Record<string, unknown>;

const anything: Schema = { type: 'any' };

/** Values without a schema are granular as far as they are objects; raw JSON of built-in kinds (a named `any`) is one leaf. */
export function shapeOf(schema: Schema, value: unknown): Shape {
  switch (schema.type) {
    case 'object':
    case 'map':
      return schema.mapType === 'atomic' ? 'leaf' : 'fields';
    case 'list':
      return schema.listType === 'atomic' ? 'leaf' : 'items';
    case 'any':
      return schema.name === undefined && isJsonObject(value) ? 'fields' : 'leaf';
    default:
      return 'leaf';
  }
}

/** The schema of an object's property. */
export function propertySchema(schema: Schema, name: string): Schema {
  if (schema.type === 'object') return schema.fields.get(name)?.schema ?? anything;
  return schema.type === 'map' ? schema.values : anything;
}

/** Whether the property is declared by name, rather than a key of a map. */
export function isDeclared(schema: Schema, name: string): boolean {
  return schema.type === 'object' && schema.fields.has(name);
}

export function itemSchema(schema: Schema): Schema {
  return schema.type === 'list' ? schema.items : anything;
}

/** A list of an object whose elements cannot be told apart. */
export class ShapeError extends Error {}

/**
 * The path element of an item of a `map` or `set` list; absent keys have the schema's default.
 * @throws Error in upstream's words if the item cannot be identified
 */
export function itemElement(schema: ListSchema, item: unknown): string {
  return schema.listType === 'map' ? keyedElement(schema, item) : setElement(item);
}

function keyedElement(schema: ListSchema, item: unknown): string {
  if (item === null || item === undefined) throw new ShapeError('associative list with keys may not have a null element');
  if (!isJsonObject(item) || item instanceof GoValue) throw new ShapeError('associative list with keys may not have non-map elements');
  const fields = (schema.items as ObjectSchema).fields;
  const keys: [string, unknown][] = [];
  for (const name of schema.mapKeys) {
    const value = Object.hasOwn(item, name) ? item[name] : fields?.get(name)?.default;
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length === 0) {
    throw new ShapeError(
      `associative list with keys has an element that omits all key fields ${quotedList(schema.mapKeys)} (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(keys);
}

function setElement(item: unknown): string {
  if (item === null || item === undefined) throw new ShapeError("associative list without keys has an element that's an explicit null");
  if (item instanceof GoValue) return 'v:{{undefined}}';
  if (Array.isArray(item)) throw new ShapeError('not supported: associative list with lists as elements');
  if (isJsonObject(item)) throw new ShapeError("associative list without keys has an element that's a map type");
  return valueElement(item);
}
