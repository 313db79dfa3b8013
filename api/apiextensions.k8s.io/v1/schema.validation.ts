import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import type { JsonSchema } from '../../structural/structural.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const typeMeta: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

/** What is true of the place of a schema inside the whole one. */
interface Place {
  readonly isRoot: boolean;
  /** Inside apiVersion, kind or metadata of a resource. */
  readonly insideMeta: boolean;
  /** Why there may be no default. */
  readonly noDefault?: string;
}

/** The rules of the parts of a schema, each by itself. @param broken gets the paths of the schemas that break some */
export function validateSchemaParts(schema: JsonSchema, path: FieldPath, broken: string[]): FieldError[] {
  return new Parts(broken).validate(schema, path, { isRoot: true, insideMeta: false });
}

class Parts {
  private readonly broken: string[];

  constructor(broken: string[]) {
    this.broken = broken;
  }

  validate(schema: JsonSchema, path: FieldPath, place: Place): FieldError[] {
    const first = validateSupported(schema, path, place);
    if (schema.uniqueItems) {
      first.push(forbidden(path.child('uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
    }
    const last = [...validateExtensions(schema, path), ...validateKeyedItems(schema, path)];
    const exclusive = validateExclusive(schema, path);
    if (first.length + last.length + exclusive.length > 0) this.broken.push(String(path));
    return [...first, ...exclusive, ...this.validateInside(schema, path, { ...place, isRoot: false }, place.isRoot), ...last];
  }

  private validateInside(schema: JsonSchema, path: FieldPath, below: Place, isRoot: boolean): FieldError[] {
    const { additionalProperties, properties = {}, not, allOf = [], oneOf = [], anyOf = [], items } = schema;
    const errors: FieldError[] = [];
    if (typeof additionalProperties === 'object') {
      // What would be pruned of a default depends on the value it is for.
      const noDefault = below.insideMeta ? { noDefault: 'inside additionalProperties applying to object metadata' } : {};
      errors.push(...this.validate(additionalProperties, path.child('additionalProperties'), { ...below, ...noDefault }));
    }
    for (const [name, property] of Object.entries(properties)) {
      let inside = below;
      if ((isRoot || schema['x-kubernetes-embedded-resource']) && typeMeta.has(name)) {
        inside = { ...below, insideMeta: true, ...(isRoot ? { noDefault: `in top-level ${name}` } : {}) };
      }
      errors.push(...this.validate(property, path.child('properties').key(name), inside));
    }
    if (not) errors.push(...this.validate(not, path.child('not'), below));
    for (const [junctor, parts] of [['allOf', allOf] as const, ['oneOf', oneOf] as const, ['anyOf', anyOf] as const]) {
      errors.push(...parts.flatMap((part, i) => this.validate(part, path.child(junctor).index(i), below)));
    }
    const at = path.child('items');
    if (Array.isArray(items)) errors.push(...items.flatMap((item, i) => this.validate(item, at.index(i), below)));
    else if (items) errors.push(...this.validate(items, at, below));
    return errors;
  }
}

function validateExclusive({ additionalProperties, properties = {} }: JsonSchema, path: FieldPath): FieldError[] {
  if (additionalProperties === undefined || additionalProperties === true || Object.keys(properties).length === 0) return [];
  return [forbidden(path.child('additionalProperties'), 'additionalProperties and properties are mutual exclusive')];
}

const notThere = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

function validateSupported(schema: JsonSchema, path: FieldPath, { insideMeta, noDefault }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '' } = schema;
  if (type !== '' && !types.includes(type)) errors.push(notSupported(path.child('type'), type, types));
  if (noDefault !== undefined && schema.default !== undefined && schema.default !== null) {
    errors.push(forbidden(path.child('default'), `must not be set ${noDefault}`));
  }
  for (const name of notThere) {
    const value = (schema as Record<string, unknown>)[name];
    if (value !== undefined && value !== null && value !== '') errors.push(forbidden(path.child(name), `${name} is not supported`));
  }
  if (type === 'null') errors.push(forbidden(path.child('type'), 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items) && schema.items.length > 0) {
    errors.push(forbidden(path.child('items'), 'items must be a schema object and not an array'));
  }
  if (insideMeta && schema['x-kubernetes-embedded-resource']) {
    errors.push(forbidden(path.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
  }
  return errors;
}

function validateExtensions(schema: JsonSchema, path: FieldPath): FieldError[] {
  const { type = '' } = schema;
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const errors: FieldError[] = [];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  }
  if (mapType !== undefined) {
    errors.push(...needsType(type, 'object', 'x-kubernetes-map-type', path));
    if (mapType !== 'atomic' && mapType !== 'granular') {
      errors.push(notSupported(path.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
    }
  }
  if (listType !== undefined) {
    const wrong = needsType(type, 'array', 'x-kubernetes-list-type', path);
    errors.push(...wrong, ...(wrong.length === 0 && listType === 'set' ? validateSetItems(schema.items, path.child('items')) : []));
    if (!['atomic', 'set', 'map'].includes(listType)) {
      errors.push(notSupported(path.child('x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']));
    }
  }
  if (schema['x-kubernetes-list-map-keys']?.length) {
    const at = path.child('x-kubernetes-list-type');
    const words = 'must be map if x-kubernetes-list-map-keys is non-empty';
    if (listType === undefined) errors.push(required(at, words));
    else if (listType !== 'map') errors.push(invalid(at, listType, words));
  }
  return errors;
}

function needsType(type: string, wanted: string, extension: string, path: FieldPath): FieldError[] {
  if (type === wanted) return [];
  const words = `must be ${wanted} if ${extension} is specified`;
  return [type === '' ? required(path.child('type'), words) : invalid(path.child('type'), type, words)];
}

function validateSetItems(items: JsonSchema | undefined, path: FieldPath): FieldError[] {
  const listType = items?.['x-kubernetes-list-type'];
  const words = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(path.child('x-kubernetes-list-type'), listType, words)];
  }
  if (items?.type !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return [];
  // Upstream shows the list type here.
  return [invalid(path.child('x-kubernetes-map-type'), listType ?? null, words)];
}

function validateKeyedItems(schema: JsonSchema, path: FieldPath): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const { items } = schema;
  const errors: FieldError[] = [];
  if (listType === 'map') errors.push(...validateMapKeys(schema, path));
  if ((listType !== 'map' && listType !== 'set') || !items || Array.isArray(items)) return errors;
  const at = path.child('items');
  if (items.nullable) errors.push(forbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'set') return errors;
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = items.properties?.[key];
    if (!property) continue;
    const place = at.child('properties').key(key);
    const because = 'this property is in x-kubernetes-list-map-keys, so it';
    if (!items.required?.includes(key) && (property.default ?? null) === null) {
      errors.push(required(place.child('default'), `${because} must have a default or be a required property`));
    }
    if (property.nullable) errors.push(forbidden(place.child('nullable'), `${because} cannot be nullable`));
  }
  return errors;
}

function validateMapKeys(schema: JsonSchema, path: FieldPath): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const { items } = schema;
  const at = path.child('items');
  const keysPath = path.child('x-kubernetes-list-map-keys');
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) errors.push(required(at, 'must have a schema if x-kubernetes-list-type is map'));
  if (!items || Array.isArray(items)) return errors;
  if (items.type !== 'object') {
    return [...errors, invalid(at.child('type'), items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")];
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const type = items.properties?.[key]?.type;
    if (!items.properties?.[key]) errors.push(invalid(keysPath, keys, 'entries must all be names of item properties'));
    else if (type === 'array' || type === 'object') {
      const place = at.child('properties').key(key).child('type');
      errors.push(invalid(place, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (seen.has(key)) errors.push(invalid(keysPath, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  return errors;
}
