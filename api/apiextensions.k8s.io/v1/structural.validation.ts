import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../meta/field.ts';
import { sameJson } from '../../meta/json.ts';
import { compileRe2 } from '../../meta/re2.ts';
import type { JsonSchema } from '../../structural/structural.ts';

type Level = 'root' | 'item' | 'field';

/**
 * What keeps a schema from being structural: types that are missing, and junctors that say more than which values are valid. Sorted by their text.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function validateStructural(schema: JsonSchema, path: FieldPath): FieldError[] {
  const errors = [...invariants(schema, 'root', path), ...completeness(schema, schema, path, path)];
  const text = ({ field, message }: FieldError): string => `${field}: ${message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}

const unsupported = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'] as const;

/** What a structural schema cannot hold at all, told only where nothing else is wrong. */
export function unsupportedPart(schema: JsonSchema): string | undefined {
  const found = unsupported.find((name) => isSet((schema as Record<string, unknown>)[name]));
  if (found !== undefined) return `OpenAPIV3Schema '${found.replace('$schema', 'schema')}' is not supported`;
  if (Array.isArray(itemsOf(schema))) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  }
  for (const part of partsOf(schema)) {
    const inside = unsupportedPart(part);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** An empty list of schemas is none. */
function itemsOf({ items }: JsonSchema): JsonSchema | undefined {
  return Array.isArray(items) && items.length === 0 ? undefined : items;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function partsOf({ properties = {}, additionalProperties, not, allOf = [], anyOf = [], oneOf = [], ...schema }: JsonSchema): JsonSchema[] {
  const items = itemsOf(schema);
  const additional = typeof additionalProperties === 'object' && additionalProperties ? [additionalProperties] : [];
  return [...(not ? [not] : []), ...allOf, ...anyOf, ...oneOf, ...(items ? [items] : []), ...Object.values(properties), ...additional];
}

function invariants(schema: JsonSchema, level: Level, path: FieldPath): FieldError[] {
  const { type = '', properties = {}, additionalProperties } = schema;
  const items = itemsOf(schema);
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const errors: FieldError[] = [];
  if (type === 'array' && !items) errors.push(required(path.child('items'), 'must be specified'));
  if (items) errors.push(...invariants(items, 'item', path.child('items')));
  for (const [name, property] of Object.entries(properties)) {
    errors.push(...invariants(property, 'field', path.child('properties').key(name)));
  }
  const additional = path.child('additionalProperties');
  if (additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(additional, 'must not be used at the root'));
    if (typeof additionalProperties === 'object') errors.push(...invariants(additionalProperties, 'field', additional));
    if (isEmbedded) errors.push(forbidden(additional, 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  errors.push(...validateExtensions(schema, path));
  const skipsAnyOf = isIntOrString(schema.anyOf);
  errors.push(...junctors(schema, skipsAnyOf, isIntOrString(schema.allOf?.[0]?.anyOf), path));
  errors.push(...validateType(schema, level, path));
  if (isEmbedded && schema['x-kubernetes-preserve-unknown-fields'] !== true && Object.keys(properties).length === 0) {
    const words = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(path.child('properties'), words));
  }
  return [...errors, ...validateTypeMeta(properties, level, isEmbedded, path.child('properties'))];
}

const emptyAt: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function validateType(schema: JsonSchema, level: Level, path: FieldPath): FieldError[] {
  const { type = '' } = schema;
  const at = path.child('type');
  const errors: FieldError[] = [];
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object') {
    const words = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(at, words) : invalid(at, type, words));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    errors.push(required(at, emptyAt[level]));
  }
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(at, type, 'must be object at the root'));
  return errors;
}

function validateExtensions(schema: JsonSchema, path: FieldPath): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    .filter((name) => schema[name] === true)
    .map((name) => invalid(path.child(name), true, 'must be false if x-kubernetes-int-or-string is true'));
}

function validateTypeMeta(
  properties: Readonly<Record<string, JsonSchema>>,
  level: Level,
  isEmbedded: boolean,
  path: FieldPath,
): FieldError[] {
  const isResource = level === 'root' || isEmbedded;
  const errors: FieldError[] = [];
  for (const name of ['kind', 'apiVersion']) {
    const property = properties[name];
    if (property && isResource && property.type !== 'string') {
      errors.push(invalid(path.key(name).child('type'), property.type ?? '', 'must be string'));
    }
  }
  const { metadata } = properties;
  if (!metadata) return errors;
  const at = path.key('metadata');
  if (isResource && metadata.type !== 'object') errors.push(invalid(at.child('type'), metadata.type ?? '', 'must be object'));
  if (level === 'root' && saysMoreThanNames(metadata)) {
    errors.push(forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  }
  return errors;
}

function saysMoreThanNames({ type: _type, default: _default, properties = {}, ...rest }: JsonSchema): boolean {
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  return others.length > 0 || Object.values(rest).some((value) => isSet(value) && value !== false);
}

const intOrString = [{ type: 'integer' }, { type: 'string' }];

/** The one place where a junctor may name types. */
function isIntOrString(anyOf: readonly JsonSchema[] | undefined): boolean {
  return sameJson(anyOf, intOrString);
}

/** What stands in junctors, and the pattern. */
function junctors(schema: JsonSchema, skipsAnyOf: boolean, skipsFirstAllOf: boolean, path: FieldPath): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  return [
    ...(skipsAnyOf ? [] : anyOf.flatMap((part, i) => nested(part, false, path.child('anyOf').index(i)))),
    ...allOf.flatMap((part, i) => nested(part, skipsFirstAllOf && i === 0, path.child('allOf').index(i))),
    ...oneOf.flatMap((part, i) => nested(part, false, path.child('oneOf').index(i))),
    ...(not ? nested(not, false, path.child('not')) : []),
    ...(pattern ? validatePattern(pattern, path.child('pattern')) : []),
  ];
}

function validatePattern(pattern: string, path: FieldPath): FieldError[] {
  try {
    compileRe2(pattern);
    return [];
  } catch (error) {
    return [invalid(path, pattern, `must be a valid regular expression, but isn't: ${(error as Error).message}`)];
  }
}

/** What a schema in a junctor may not say, with the words for it. */
const forbiddenInside: readonly (readonly [name: string, words: string])[] = [
  ['type', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nested(schema: JsonSchema, skipsAnyOf: boolean, path: FieldPath): FieldError[] {
  const { properties = {}, additionalProperties } = schema;
  const items = itemsOf(schema);
  const errors = junctors(schema, skipsAnyOf, false, path);
  if (items) errors.push(...nested(items, false, path.child('items')));
  for (const [name, property] of Object.entries(properties)) {
    errors.push(...nested(property, false, path.child('properties').key(name)));
  }
  for (const [name, words] of forbiddenInside) {
    const value = (schema as Record<string, unknown>)[name];
    const isThere = name === 'default' ? value !== undefined && value !== null : isSet(value) && value !== false;
    if (isThere) errors.push(forbidden(path.child(name), words));
  }
  if (additionalProperties) errors.push(forbidden(path.child('additionalProperties'), 'must be undefined to be structural'));
  if (properties['metadata']) {
    errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'));
  }
  return errors;
}

/** What junctors of the root speak of has to be declared outside of them. */
function completeness(part: JsonSchema, schema: JsonSchema | undefined, path: FieldPath, partPath: FieldPath): FieldError[] {
  const { not, allOf = [], anyOf = [], oneOf = [] } = part;
  const inside = (each: JsonSchema, at: FieldPath): FieldError[] => nestedCompleteness(each, schema, path, at);
  return [
    ...(not ? inside(not, partPath.child('not')) : []),
    ...allOf.flatMap((each, i) => inside(each, partPath.child('allOf').index(i))),
    ...anyOf.flatMap((each, i) => inside(each, partPath.child('anyOf').index(i))),
    ...oneOf.flatMap((each, i) => inside(each, partPath.child('oneOf').index(i))),
  ];
}

function nestedCompleteness(part: JsonSchema, schema: JsonSchema | undefined, path: FieldPath, partPath: FieldPath): FieldError[] {
  if (!schema) return [required(path, `because it is defined in ${partPath}`)];
  const errors = completeness(part, schema, path, partPath);
  if (part.items) errors.push(...nestedCompleteness(part.items, schema.items, path.child('items'), partPath.child('items')));
  for (const [name, property] of Object.entries(part.properties ?? {})) {
    const at = path.child('properties').key(name);
    errors.push(...nestedCompleteness(property, schema.properties?.[name], at, partPath.child('properties').key(name)));
  }
  return errors;
}
