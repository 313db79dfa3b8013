import type { ListSchema, Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import { type FieldNode, FieldSet, leaf } from './field-set.ts';
import { isDeclared, itemElement, itemSchema, type JsonObject, propertySchema, shapeOf } from './shape.ts';

/**
 * The set that a manager owns who applies `value`: every leaf, every key of a map, every item of an associative list, and
 * what is null or an empty object.
 */
export function fieldSetOf(value: unknown, schema: Schema): FieldSet {
  return insideOf(value, schema) ?? FieldSet.empty;
}

/** What is owned inside a value that is no leaf. */
function insideOf(value: unknown, schema: Schema): FieldSet | undefined {
  const nodes = new Map<string, FieldNode>();
  if (isJsonObject(value)) addFields(value, schema, nodes);
  else if (Array.isArray(value)) addItems(value, schema as ListSchema, nodes);
  return nodes.size > 0 ? FieldSet.fromNodes(nodes) : undefined;
}

function addFields(value: JsonObject, schema: Schema, nodes: Map<string, FieldNode>): void {
  for (const name in value) {
    const child = value[name];
    const inner = propertySchema(schema, name);
    if (child === null || shapeOf(inner, child) === 'leaf' || isEmptyObject(child)) {
      nodes.set(`f:${name}`, leaf);
      continue;
    }
    const children = insideOf(child, inner);
    const member = !isDeclared(schema, name);
    if (children !== undefined || member) nodes.set(`f:${name}`, { member, children });
  }
}

function isEmptyObject(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const _ in value) return false;
  return true;
}

/** Of items that cannot be told apart, only the item is a member, and nothing of what it holds. */
function addItems(items: readonly unknown[], schema: ListSchema, nodes: Map<string, FieldNode>): void {
  for (const item of items) {
    const element = itemElement(schema, item);
    const children = nodes.has(element) || shapeOf(schema.items, item) === 'leaf' ? undefined : insideOf(item, schema.items);
    nodes.set(element, children === undefined ? leaf : { member: true, children });
  }
}

/** Everything of a value that is new, or gone: all of its paths, its own included. */
export function wholeNode(value: unknown, schema: Schema): FieldNode {
  const shape = shapeOf(schema, value);
  const nodes = new Map<string, FieldNode>();
  if (shape === 'fields' && isJsonObject(value)) {
    for (const name in value) nodes.set(`f:${name}`, wholeNode(value[name], propertySchema(schema, name)));
  } else if (shape === 'items' && Array.isArray(value)) {
    for (const item of value) {
      const element = itemElement(schema as ListSchema, item);
      nodes.set(element, nodes.has(element) ? leaf : wholeNode(item, itemSchema(schema)));
    }
  }
  return nodes.size === 0 ? leaf : { member: true, children: FieldSet.fromNodes(nodes) };
}

/** The set with every declared field that has members below it as a member too, which is what removing it takes. */
export function withNamedFields(set: FieldSet, schema: Schema): FieldSet {
  const nodes = new Map<string, FieldNode>();
  for (const [element, node] of set.elements()) {
    if (node.children === undefined) {
      nodes.set(element, node);
      continue;
    }
    const isField = element.startsWith('f:');
    const name = element.slice(2);
    const children = withNamedFields(node.children, isField ? propertySchema(schema, name) : itemSchema(schema));
    nodes.set(element, { member: node.member || (isField && isDeclared(schema, name)), children });
  }
  return FieldSet.fromNodes(nodes);
}
