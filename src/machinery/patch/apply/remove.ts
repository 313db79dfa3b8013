import type { ListSchema, Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import type { FieldSet } from './field-set.ts';
import { itemElement, type JsonObject, propertySchema, shapeOf } from './shape.ts';

/** The value without the members of `set` and what they hold; null where nothing is left. Shares what stays. */
export function removeFields(value: unknown, set: FieldSet, schema: Schema): unknown {
  if (set.isEmpty()) return value;
  const shape = shapeOf(schema, value);
  if (Array.isArray(value))
    return shape === 'items' ? removeItems(value, set, schema as ListSchema) : shape === 'leaf' && schema.type === 'list' ? null : value;
  if (!isJsonObject(value)) return value;
  return shape === 'fields' ? removeProperties(value, set, schema) : null;
}

function removeProperties(value: JsonObject, set: FieldSet, schema: Schema): unknown {
  const result: JsonObject = {};
  let any = false;
  for (const name in value) {
    const element = `f:${name}`;
    if (set.hasMember(element)) continue;
    const below = set.below(element);
    result[name] = below === undefined ? value[name] : removeFields(value[name], below, propertySchema(schema, name));
    any = true;
  }
  return any ? result : null;
}

function removeItems(items: readonly unknown[], set: FieldSet, schema: ListSchema): unknown {
  const result: unknown[] = [];
  for (const item of items) {
    const element = itemElement(schema, item);
    if (set.hasMember(element)) continue;
    const below = set.below(element);
    result.push(below === undefined ? item : removeFields(item, below, schema.items));
  }
  return result.length > 0 ? result : null;
}
