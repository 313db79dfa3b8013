import { hasSentEmpty } from '../../../../api/meta/sent-empty.ts';
import type { ListSchema, Schema } from '../../../../openapi/schema.ts';
import { sameJson } from '../../json-equal.ts';
import { isJsonObject } from '../../json-object.ts';
import { type FieldNode, FieldSet, FieldSetBuilder } from './field-set.ts';
import { wholeNode } from './set-of.ts';
import { itemElement, type JsonObject, propertySchema, type Shape, shapeOf } from './shape.ts';

/** What differs between two objects of one schema. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export const noDifference: Comparison = { added: FieldSet.empty, modified: FieldSet.empty, removed: FieldSet.empty };

export function compare(left: unknown, right: unknown, schema: Schema): Comparison {
  if (left === right) return noDifference;
  const walk = new CompareWalk();
  walk.visit(left, right, schema);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

/** Without what lies in `ignored`. */
export function ignoring(comparison: Comparison, ignored: FieldSet | undefined): Comparison {
  if (ignored === undefined || comparison === noDifference) return comparison;
  return {
    added: comparison.added.withoutSubtrees(ignored),
    modified: comparison.modified.withoutSubtrees(ignored),
    removed: comparison.removed.withoutSubtrees(ignored),
  };
}

const none: JsonObject = {};

class CompareWalk {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  private readonly path: string[] = [];

  /** `undefined` stands for an absent value; one of the two is there. */
  visit(left: unknown, right: unknown, schema: Schema): void {
    if (left === right) return;
    if (left === undefined) return this.insert(this.added, wholeNode(right, schema));
    if (right === undefined) return this.insert(this.removed, wholeNode(left, schema));
    const shape = this.commonShape(left, right, schema);
    if (shape === undefined) {
      this.visitFields(left, right, schema);
      return this.insert(this.modified);
    }
    const inside =
      shape === 'fields'
        ? this.visitFields(left, right, schema)
        : shape === 'items'
          ? this.visitItems(left, right, schema as ListSchema)
          : false;
    if (!inside && !(Array.isArray(right) ? sameList(left, right) : sameJson(left, right))) this.insert(this.modified);
  }

  /** Null takes the other's shape. Undefined where shapes differ: then the whole is another, and the fields of one are gone or those of the other new. */
  private commonShape(left: unknown, right: unknown, schema: Schema): Shape | undefined {
    if (schema.type !== 'any') return shapeOf(schema, left);
    if (right === null) return shapeOf(schema, left);
    const shape = shapeOf(schema, right);
    return left === null || shapeOf(schema, left) === shape ? shape : undefined;
  }

  private insert(into: FieldSetBuilder, node?: FieldNode): void {
    if (this.path.length > 0) into.insert(this.path, node);
  }

  /** @returns false if both are empty: then they are leaves */
  private visitFields(left: unknown, right: unknown, schema: Schema): boolean {
    const before = isJsonObject(left) ? left : none;
    const after = isJsonObject(right) ? right : none;
    let any = false;
    for (const name in before) {
      any = true;
      const old = before[name];
      const now = Object.hasOwn(after, name) ? after[name] : undefined;
      if (old !== now) this.visitBelow(`f:${name}`, old, now, propertySchema(schema, name));
    }
    for (const name in after) {
      any = true;
      if (!Object.hasOwn(before, name)) this.visitBelow(`f:${name}`, undefined, after[name], propertySchema(schema, name));
    }
    return any;
  }

  private visitBelow(element: string, left: unknown, right: unknown, schema: Schema): void {
    this.path.push(element);
    this.visit(left, right, schema);
    this.path.pop();
  }

  private visitItems(left: unknown, right: unknown, schema: ListSchema): boolean {
    const before = Array.isArray(left) ? left : [];
    const after = Array.isArray(right) ? right : [];
    if (before.length === 0 && after.length === 0) return false;
    // Most lists do not change, and telling so is cheaper than finding out which item is which.
    if (sameList(before, after)) return Array.isArray(left) && Array.isArray(right);
    const old = indexItems(before, schema);
    const now = indexItems(after, schema);
    for (const [element, items] of old) this.visitItem(element, items, now.get(element) ?? [], schema);
    for (const [element, items] of now) if (!old.has(element)) this.visitItem(element, [], items, schema);
    return true;
  }

  private visitItem(element: string, before: readonly unknown[], after: readonly unknown[], schema: ListSchema): void {
    if (before.length <= 1 && after.length <= 1) {
      this.visitBelow(element, before[0], after[0], schema.items);
      return;
    }
    // Items that cannot be told apart are one member without fields; becoming so, or ceasing to be, is a removal and an addition.
    this.path.push(element);
    const wasSingle = before.length === 1;
    if (before.length > 1 && after.length > 1) {
      if (!sameJson(before, after)) this.insert(this.modified);
    } else {
      if (before.length > 0) this.insert(this.removed, wasSingle ? wholeNode(before[0], schema.items) : undefined);
      if (after.length > 0) this.insert(this.added, after.length === 1 ? wholeNode(after[0], schema.items) : undefined);
    }
    this.path.pop();
  }
}

/** Lists are compared as a whole, in which something empty that was sent is not what is absent. */
function sameList(left: unknown, right: readonly unknown[]): boolean {
  return sameJson(left, right) && hasSentEmpty(left) === hasSentEmpty(right);
}

function indexItems(items: readonly unknown[], schema: ListSchema): Map<string, unknown[]> {
  const index = new Map<string, unknown[]>();
  for (const item of items) {
    const element = itemElement(schema, item);
    const same = index.get(element);
    if (same === undefined) index.set(element, [item]);
    else same.push(item);
  }
  return index;
}
