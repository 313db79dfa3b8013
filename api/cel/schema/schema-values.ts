import { isDeepStrictEqual } from 'node:util';
import { opaqueType } from '../check/types.ts';
import { equal, type OwnEquality, type OwnRest } from '../runtime/equality.ts';
import { CelError, noSuchOverload } from '../runtime/errors.ts';
import type { OwnAddition } from '../runtime/operations.ts';
import { parseTimestamp } from '../runtime/time.ts';
import { ArrayList, ListValue, MapValue, OpaqueValue, type Timestamp, type Value } from '../runtime/values.ts';
import { type JsonSchema, valuesSchema, withTypeAndObjectMeta } from './json-schema.ts';
import { parseLooseDuration } from './loose-duration.ts';
import { escapeProperty, unescapeProperty } from './property-names.ts';

/** Turns JSON of one schema into the value that expressions see; the parts are turned when they are asked for. @throws CelError */
export type Converter = (json: unknown) => Value;

/** @param isRoot whether the schema is that of a whole object */
export function createConverter(schema: JsonSchema, isRoot = false): Converter {
  const convert = converterOf(isRoot ? withTypeAndObjectMeta(schema) : schema);
  return (json) => {
    if (json !== null && json !== undefined) return convert(json);
    if (schema.nullable) return null;
    throw new CelError('invalid data, got null for schema with nullable=false');
  };
}

function converterOf(schema: JsonSchema): Converter {
  if (schema['x-kubernetes-int-or-string']) return intOrString;
  switch (schema.type) {
    case 'object':
      return objectConverter(schema['x-kubernetes-embedded-resource'] ? withTypeAndObjectMeta(schema) : schema);
    case 'array':
      return arrayConverter(schema);
    case 'string':
      return stringConverter(schema);
    case 'number':
      return expect('float', (json) => (typeof json === 'number' || typeof json === 'bigint' ? Number(json) : undefined));
    case 'integer':
      return expect('int', intOf);
    case 'boolean':
      return expect('bool', (json) => (typeof json === 'boolean' ? json : undefined));
    default:
      if (schema['x-kubernetes-preserve-unknown-fields']) return (json) => new UnknownValue(json);
      return () => {
        throw new CelError(
          `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type ?? ''}`,
        );
      };
  }
}

function intOf(json: unknown): bigint | undefined {
  return typeof json === 'bigint' ? json : Number.isInteger(json) ? BigInt(json as number) : undefined;
}

function expect(name: string, read: (json: unknown) => Value | undefined): Converter {
  return (json) => {
    const value = read(json);
    if (value === undefined) throw new CelError(`invalid data, expected ${name}, got ${goType(json)}`);
    return value;
  };
}

function goType(json: unknown): string {
  if (Array.isArray(json)) return '[]interface {}';
  switch (typeof json) {
    case 'object':
      return 'map[string]interface {}';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int64';
    case 'number':
      return Number.isInteger(json) ? 'int64' : 'float64';
    default:
      return typeof json;
  }
}

const intOrString: Converter = (json) => {
  if (typeof json === 'string') return json;
  const int = intOf(json);
  if (int !== undefined) return int;
  throw new CelError('invalid data, expected XIntOrString value to be either a string or integer');
};

function stringConverter({ format }: JsonSchema): Converter {
  const text = expect('string', (json) => (typeof json === 'string' ? json : undefined)) as (json: unknown) => string;
  switch (format) {
    case 'duration':
      return (json) => parseLooseDuration(text(json));
    case 'date':
      return (json) => readTime(text(json), 'date', `${json}T00:00:00Z`);
    case 'date-time':
      return (json) => readTime(text(json), 'date-time', looseDateTime(json as string));
    case 'byte':
      return (json) => new Uint8Array(Buffer.from(text(json), 'base64'));
    default:
      return text;
  }
}

function readTime(text: string, format: string, full: string): Timestamp {
  const time = parseTimestamp(full);
  if (!time) throw new CelError(`Invalid ${format} formatted string ${text}`);
  return time;
}

// The API's date-times may leave the zone out, and the colon in it.
function looseDateTime(text: string): string {
  const normal = text.replace(/^(.{10})t/, '$1T').replace(/z$/, 'Z');
  if (/T[\d:.]+$/.test(normal)) return `${normal}Z`;
  return normal.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
}

/** What a schema says nothing about: it can only be compared. */
class UnknownValue extends OpaqueValue {
  readonly type = opaqueType('unknown');
  readonly json: unknown;

  constructor(json: unknown) {
    super();
    this.json = json;
  }

  equals(other: Value): boolean {
    return other instanceof UnknownValue && isDeepStrictEqual(this.json, other.json);
  }
}

type Json = Readonly<Record<string, unknown>>;

function objectConverter(schema: JsonSchema): Converter {
  const { properties } = schema;
  const values = valuesSchema(schema);
  if (properties || !values) {
    const byName = new Map(Object.entries(properties ?? {}).map(([name, property]) => [name, lazily(() => createConverter(property))]));
    const shape = new ObjectShape(byName, properties !== undefined);
    return (json) => new JsonObject(asObject(json), shape);
  }
  const convert = lazily(() => createConverter(values));
  return (json) => new JsonMap(asObject(json), convert);
}

function asObject(json: unknown): Json {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Json;
  throw new CelError('invalid data, expected a map for the provided schema with type=object');
}

function lazily(make: () => Converter): Converter {
  let converter: Converter | undefined;
  return (json) => (converter ??= make())(json);
}

/** What objects of one schema have in common. */
class ObjectShape {
  private readonly byName: ReadonlyMap<string, Converter>;
  private readonly hasProperties: boolean;
  private readonly byKey = new Map<string, string>();
  private readonly keyOf = new Map<string, string>();

  constructor(byName: ReadonlyMap<string, Converter>, hasProperties: boolean) {
    this.byName = byName;
    this.hasProperties = hasProperties;
    for (const name of byName.keys()) {
      const key = escapeProperty(name) ?? name;
      this.keyOf.set(name, key);
      if (!this.byKey.has(key)) this.byKey.set(key, name);
    }
  }

  find(json: Json, key: string): Value | undefined {
    const name = this.byKey.get(key) ?? (this.hasProperties ? unescapeProperty(key) : key);
    if (name === undefined) return undefined;
    const convert = this.byName.get(name);
    if (!convert || !Object.hasOwn(json, name)) return undefined;
    const value = json[name];
    return value === null || value === undefined ? undefined : convert(value);
  }

  knows(name: string): boolean {
    return this.byName.has(name);
  }

  keys(json: Json): string[] {
    return Object.keys(json).flatMap((name) => this.keyOf.get(name) ?? []);
  }
}

class JsonObject extends MapValue implements OwnRest {
  readonly json: Json;
  private readonly shape: ObjectShape;

  constructor(json: Json, shape: ObjectShape) {
    super();
    this.json = json;
    this.shape = shape;
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') throw noSuchOverload();
    return this.shape.find(this.json, key);
  }

  keys(): string[] {
    return this.shape.keys(this.json);
  }

  // Fields that the schema does not know count where both have them.
  restEquals(other: MapValue): boolean {
    for (const [name, value] of Object.entries(this.json)) {
      if (this.shape.knows(name)) continue;
      if (!(other instanceof JsonObject)) throw noSuchOverload();
      if (Object.hasOwn(other.json, name) && !isDeepStrictEqual(value, other.json[name])) return false;
    }
    return true;
  }
}

class JsonMap extends MapValue {
  readonly json: Json;
  private readonly convert: Converter;

  constructor(json: Json, convert: Converter) {
    super();
    this.json = json;
    this.convert = convert;
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') throw noSuchOverload();
    return Object.hasOwn(this.json, key) ? this.convert(this.json[key]) : undefined;
  }

  keys(): string[] {
    return Object.keys(this.json);
  }
}

function arrayConverter(schema: JsonSchema): Converter {
  const { items } = schema;
  const make = (json: unknown): readonly unknown[] => {
    if (!Array.isArray(json)) throw new CelError('invalid data, expected an array for the provided schema with type=array');
    if (!items) throw new CelError('invalid array type, expected Items with a non-empty Schema');
    return json;
  };
  const convert = lazily(() => createConverter(items!));
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return (json) => new SetList(make(json).map(convert));
    case 'map': {
      const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeProperty(key) ?? key);
      return (json) => new KeyedList(make(json).map(convert), keys);
    }
    default:
      return (json) => new JsonList(make(json), convert);
  }
}

class JsonList extends ListValue {
  private readonly json: readonly unknown[];
  private readonly convert: Converter;

  constructor(json: readonly unknown[], convert: Converter) {
    super();
    this.json = json;
    this.convert = convert;
  }

  get size(): number {
    return this.json.length;
  }

  at(index: number): Value {
    return this.convert(this.json[index]);
  }
}

/** A list with x-kubernetes-list-type: set. Its order does not count, and adding leaves out what is there. */
class SetList extends ArrayList implements OwnEquality, OwnAddition {
  equals(other: ListValue): boolean {
    return this.size === other.size && [...other].every((element) => this.has(element));
  }

  plus(other: ListValue): ListValue {
    const sum = [...this.elements];
    for (const element of other) if (!sum.some((present) => equal(present, element))) sum.push(element);
    return new SetList(sum);
  }

  private has(element: Value): boolean {
    return this.elements.some((present) => equal(present, element));
  }
}

/** A list with x-kubernetes-list-type: map. Its order does not count, and adding replaces entries with the same keys. */
class KeyedList extends ArrayList implements OwnEquality, OwnAddition {
  private readonly keyNames: readonly string[];

  constructor(elements: readonly Value[], keyNames: readonly string[]) {
    super(elements);
    this.keyNames = keyNames;
  }

  equals(other: ListValue): boolean {
    if (this.size !== other.size) return false;
    const byKey = new Map(this.elements.map((element) => [this.keyOf(element), element]));
    return [...other].every((element) => {
      const own = byKey.get(this.keyOf(element));
      return own !== undefined && equal(own, element);
    });
  }

  plus(other: ListValue): ListValue {
    const byKey = new Map(this.elements.map((element) => [this.keyOf(element), element]));
    for (const element of other) byKey.set(this.keyOf(element), element);
    return new KeyedList([...byKey.values()], this.keyNames);
  }

  private keyOf(element: Value): string {
    if (!(element instanceof MapValue)) throw noSuchOverload();
    return JSON.stringify(this.keyNames.map((name) => String(element.find(name))));
  }
}
