import type { StructDeclaration, TypeProvider } from '../check/environment.ts';
import type { CelType } from '../check/types.ts';
import * as types from '../check/types.ts';
import { reservedIdentifiers } from '../syntax/lexer.ts';
import { type JsonSchema, valuesSchema, withTypeAndObjectMeta } from './json-schema.ts';
import { escapeProperty } from './property-names.ts';

/** A schema's type, with the bounds on its size that cost estimates need. */
export interface DeclaredType {
  readonly type: CelType;
  /** Of an object, by the names that expressions use. */
  readonly fields?: ReadonlyMap<string, DeclaredType>;
  /** Of a map. */
  readonly key?: DeclaredType;
  /** Of a list or map. */
  readonly element?: DeclaredType;
  readonly maxElements: number;
  /** Bytes of the shortest JSON. */
  readonly minSize: number;
}

/** Nothing in a request can be larger. */
const maxRequestBytes = 3 * 1024 * 1024;

function simple(type: CelType, minSize: number, maxElements = 0): DeclaredType {
  return { type, minSize, maxElements };
}

const keyType = simple(types.stringType, 2);

/** @returns undefined for a schema without a type, whose values expressions cannot reach */
export function declaredType(schema: JsonSchema, isRoot: boolean): DeclaredType | undefined {
  if (schema['x-kubernetes-int-or-string']) return simple(types.dynType, 1, maxStringLength(schema));
  const whole = isRoot ? withTypeAndObjectMeta(schema) : schema;
  switch (whole.type) {
    case 'array':
      return arrayType(whole);
    case 'object':
      return valuesSchema(whole) ? typeOfMap(whole) : typeOfObject(whole);
    case 'string':
      return typeOfString(whole);
    case 'boolean':
      return simple(types.boolType, 4);
    case 'number':
      return simple(types.doubleType, 1);
    case 'integer':
      return simple(types.intType, 1);
    default:
      return undefined;
  }
}

function child(schema: JsonSchema): DeclaredType | undefined {
  return declaredType(schema, schema['x-kubernetes-embedded-resource'] === true);
}

function arrayType({ items, maxItems }: JsonSchema): DeclaredType | undefined {
  const element = items && child(items);
  if (!element) return undefined;
  const most = maxItems === undefined ? Math.floor((maxRequestBytes - 2) / (element.minSize + 1)) : Math.max(0, Number(maxItems));
  return { type: types.listType(element.type), element, maxElements: most, minSize: 2 };
}

function typeOfMap(schema: JsonSchema): DeclaredType | undefined {
  const element = child(valuesSchema(schema)!);
  if (!element) return undefined;
  const { maxProperties } = schema;
  const most = maxProperties === undefined ? Math.floor((maxRequestBytes - 2) / (element.minSize + 6)) : Math.max(0, Number(maxProperties));
  return { type: types.mapType(types.stringType, element.type), key: keyType, element, maxElements: most, minSize: 2 };
}

function typeOfObject({ properties = {}, required = [] }: JsonSchema): DeclaredType {
  const fields = new Map<string, DeclaredType>();
  let minSize = 2;
  for (const [name, schema] of Object.entries(properties)) {
    const type = child(schema);
    if (!type) continue;
    const escaped = escapeProperty(name);
    if (escaped !== undefined) fields.set(escaped, type);
    if (required.includes(name) && schema.default === undefined) minSize += Buffer.byteLength(name) + type.minSize + 4;
  }
  return { type: types.structType('object'), fields, maxElements: 0, minSize };
}

function typeOfString(schema: JsonSchema): DeclaredType {
  switch (schema.format) {
    case 'byte':
      return simple(types.bytesType, 2, schema.maxLength === undefined ? maxRequestBytes - 2 : Math.max(0, Number(schema.maxLength)));
    case 'duration':
      return simple(types.durationType, 3, 32);
    case 'date':
      return simple(types.timestampType, 12, 12);
    case 'date-time':
      return simple(types.timestampType, 21, 32);
    default:
      return simple(types.stringType, 2, maxStringLength(schema));
  }
}

// A code point takes up to four bytes.
function maxStringLength(schema: JsonSchema): number {
  if (schema.maxLength !== undefined) return Math.max(0, Number(schema.maxLength)) * 4;
  if (!schema['x-kubernetes-int-or-string'] && schema.enum && schema.enum.length > 0) {
    return Math.max(0, ...schema.enum.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)));
  }
  return maxRequestBytes - 2;
}

/** The type again with names for its objects, `root`, `root.spec`, `root.list.@idx` and so on, and the provider that finds them. */
export function nameTypes(root: DeclaredType, name: string): { readonly type: DeclaredType; readonly provider: TypeProvider } {
  const structs = new Map<string, StructDeclaration>();
  const type = nameType(root, name, structs);
  return { type, provider: { find: (struct) => structs.get(struct) } };
}

function nameType(type: DeclaredType, name: string, structs: Map<string, StructDeclaration>): DeclaredType {
  if (type.fields) {
    const fields = new Map([...type.fields].map(([field, inner]) => [field, nameType(inner, `${name}.${field}`, structs)]));
    const named = { ...type, type: types.structType(name), fields };
    // Keywords need no escape: rules write self.metadata.namespace.
    const find = (field: string) => fields.get(field) ?? (reservedIdentifiers.has(field) ? fields.get(`__${field}__`) : undefined);
    structs.set(name, { type: named.type, field: (field) => find(field)?.type });
    return named;
  }
  if (!type.element) return type;
  const element = nameType(type.element, `${name}.${type.key ? '@elem' : '@idx'}`, structs);
  return { ...type, element, type: type.key ? types.mapType(types.stringType, element.type) : types.listType(element.type) };
}

/** How often values of the type can stand in one request, where nothing bounds the lists and maps around it. */
export function maxCardinality({ minSize }: DeclaredType): number {
  return Math.floor(maxRequestBytes / (minSize + 1));
}
