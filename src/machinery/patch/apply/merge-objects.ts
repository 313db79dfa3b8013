import type { ListSchema, Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import { itemElement, type JsonObject, propertySchema, shapeOf } from './shape.ts';

/** `config` laid over `live` after the schema: leaves of `config` win. The result shares parts with both. */
export function mergeObjects(live: unknown, config: unknown, schema: Schema): unknown {
  if (config === undefined) return live;
  if (live === undefined) return config;
  const shape = shapeOf(schema, config === null ? live : config);
  if (shape === 'fields') return mergeFields(live, config, schema);
  if (shape === 'items') return mergeItems(live, config, schema as ListSchema);
  return config;
}

function mergeFields(live: unknown, config: unknown, schema: Schema): unknown {
  const before = isJsonObject(live) ? live : {};
  const after = isJsonObject(config) ? config : {};
  const result: JsonObject = { ...before };
  let any = Object.keys(before).length > 0;
  for (const name in after) {
    any = true;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    result[name] = mergeObjects(old, after[name], propertySchema(schema, name));
  }
  return any ? result : config;
}

/**
 * Items of the configuration keep their order. Items that only the live list has keep their place relative to those around them:
 * before an item of both lists that comes next comes what stands before it in the live list.
 */
function mergeItems(live: unknown, config: unknown, schema: ListSchema): unknown {
  const before: unknown[] = Array.isArray(live) ? live : [];
  const after: unknown[] = Array.isArray(config) ? config : [];
  if (before.length === 0 && after.length === 0) return config;
  const oldElements = before.map((item) => itemElement(schema, item));
  const newElements = after.map((item) => itemElement(schema, item));
  // Items of the live list that cannot be told apart are merged with none: the configuration's item replaces them all.
  const old = new Map<string, unknown>();
  for (let i = 0; i < before.length; i++) old.set(oldElements[i]!, old.has(oldElements[i]!) ? undefined : before[i]);
  const wanted = new Set(newElements);
  const shared = newElements.filter((element) => old.has(element));
  const result: unknown[] = [];
  let place = 0;
  let nextShared = 0;
  const takeLiveUntil = (stop: string | undefined) => {
    for (; place < oldElements.length && oldElements[place] !== stop; place++) {
      if (!wanted.has(oldElements[place]!)) result.push(before[place]);
    }
  };
  for (let i = 0; i < after.length; i++) {
    const element = newElements[i]!;
    takeLiveUntil(shared[nextShared]);
    result.push(mergeObjects(old.get(element), after[i], schema.items));
    if (element === shared[nextShared]) {
      nextShared++;
      if (oldElements[place] === element) place++;
    }
  }
  takeLiveUntil(undefined);
  return result;
}
