import type { ListSchema, ObjectSchema, Schema } from '../../../../openapi/schema.ts';
import { sameJson } from '../../json-equal.ts';
import { isJsonObject } from '../../json-object.ts';
import { propertySchema, shapeOf } from './shape.ts';

/**
 * What of a value decides which fields differ between it and an unchanging other one: the names of its fields, the identity of its items, and whether its
 * leaves are the other's. Two values of one skeleton have the same field set.
 */
type Skeleton = Fields | Items | Leaf | 'null';

interface Fields {
  readonly names: readonly string[];
  readonly children: readonly Skeleton[];
}

interface Items {
  /** The values of the keys that tell the items apart: `mapKeys` in turn for each item, or the items of a set. */
  readonly keys: readonly unknown[];
  readonly children: readonly Skeleton[];
}

interface Leaf {
  /** What the other value has there. */
  readonly other: unknown;
  readonly isSame: boolean;
}

const freshLeaf: Leaf = { other: undefined, isSame: false };
/** Larger values are not remembered. */
const maxNodes = 500;
const maxShapes = 4;

/**
 * Remembers a result for the latest few shapes in which a value came. Objects are often written in series, all of one shape, and
 * looking whether that is so allocates nothing.
 */
export class ShapeMemo<R> {
  private readonly entries: { readonly skeleton: Skeleton; readonly result: R }[] = [];

  find(value: unknown, schema: Schema): { readonly result: R } | undefined {
    return this.entries.find(({ skeleton }) => matches(skeleton, value, schema));
  }

  /** @param other what `value` was compared with: the same for all values of this memo */
  remember(value: unknown, other: unknown, schema: Schema, result: R): void {
    const skeleton = new Builder().build(value, other, schema);
    if (!skeleton) return;
    this.entries.unshift({ skeleton, result });
    if (this.entries.length > maxShapes) this.entries.pop();
  }
}

class Builder {
  private nodes = 0;

  /** @returns undefined for what is too large, or has no shape that can be told quickly */
  build(value: unknown, other: unknown, schema: Schema): Skeleton | undefined {
    if (value === undefined || ++this.nodes > maxNodes) return undefined;
    if (value === null) return 'null';
    const shape = shapeOf(schema, value);
    if (shape === 'fields' && isJsonObject(value)) return this.fields(value, isJsonObject(other) ? other : {}, schema);
    if (shape === 'items' && Array.isArray(value)) {
      return Array.isArray(other) && other.length > 0 ? undefined : this.items(value, schema as ListSchema);
    }
    return other === undefined ? freshLeaf : { other, isSame: sameJson(other, value) };
  }

  private fields(value: Record<string, unknown>, other: Record<string, unknown>, schema: Schema): Fields | undefined {
    const names: string[] = [];
    const children: Skeleton[] = [];
    for (const name in value) {
      const child = this.build(value[name], Object.hasOwn(other, name) ? other[name] : undefined, propertySchema(schema, name));
      if (!child) return undefined;
      names.push(name);
      children.push(child);
    }
    return { names, children };
  }

  private items(items: readonly unknown[], schema: ListSchema): Items | undefined {
    const keys: unknown[] = [];
    const children: Skeleton[] = [];
    for (const item of items) {
      const child = this.build(item, undefined, schema.items);
      if (!child) return undefined;
      children.push(child);
      if (schema.listType === 'map') for (const name of schema.mapKeys) keys.push((item as Record<string, unknown>)[name]);
      else keys.push(item);
    }
    return { keys, children };
  }
}

function matches(skeleton: Skeleton, value: unknown, schema: Schema): boolean {
  if (value === null || value === undefined) return value === null && skeleton === 'null';
  if (skeleton === 'null') return false;
  if (typeof value === 'object') {
    const shape = shapeOf(schema, value);
    if (shape === 'fields' && !Array.isArray(value)) return 'names' in skeleton && matchesFields(skeleton, value, schema);
    if (shape === 'items' && Array.isArray(value)) return 'keys' in skeleton && matchesItems(skeleton, value, schema as ListSchema);
  }
  return 'isSame' in skeleton && (skeleton.other === undefined || sameJson(skeleton.other, value) === skeleton.isSame);
}

function matchesFields({ names, children }: Fields, value: object, schema: Schema): boolean {
  let i = 0;
  for (const name in value) {
    if (name !== names[i]) return false;
    const child = children[i++]!;
    const inner = (value as Record<string, unknown>)[name];
    // Most fields are leaves that the other value has not.
    if (child === freshLeaf && typeof inner === 'string') continue;
    if (!matches(child, inner, propertySchema(schema, name))) return false;
  }
  return i === names.length;
}

function matchesItems({ keys, children }: Items, items: readonly unknown[], schema: ListSchema): boolean {
  if (items.length !== children.length) return false;
  const mapKeys = schema.listType === 'map' ? schema.mapKeys : undefined;
  let at = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (!mapKeys) {
      if (item !== keys[at++]) return false;
      continue;
    }
    if (!isJsonObject(item)) return false;
    for (const name of mapKeys) if (item[name] !== keys[at++]) return false;
    if (!matches(children[i]!, item, (schema as { items: ObjectSchema }).items)) return false;
  }
  return true;
}
