import type { CompactDefinition, CompactDefinitions, CompactExtras, CompactField } from './compact.ts';
import { fieldBits } from './compact.ts';
import { loadDefinitions } from './definitions.ts';
import type { Field, ObjectSchema, ScalarSchema, Schema, SchemaSource } from './schema.ts';

/** The built-in definitions as resolved schemas. A definition is compiled, with all that it refers to, when first asked for. */
export function createSchemaSource(definitions: CompactDefinitions = loadDefinitions()): SchemaSource {
  const compiled = new Map<string, Schema>();

  function get(name: string): Schema {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`There is no definition ${name}.`);
    if (definition.f === undefined && !emptyStructs.has(name)) {
      const scalar = compilePlain(name, definition, (other) => get(other) as ObjectSchema);
      compiled.set(name, scalar);
      return scalar;
    }
    return compileObject(name, definition);
  }

  /** Enters the object before its fields, so that definitions may refer to themselves. */
  function compileObject(name: string, definition: CompactDefinition): ObjectSchema {
    const fields = new Map<string, Field>();
    const [group, version, kind] = definition.k ?? [];
    const schema: ObjectSchema = {
      name,
      type: 'object',
      fields,
      mapType: definition.m === 'atomic' ? 'atomic' : 'granular',
      ...(kind !== undefined && { gvks: [{ group: group!, version: version!, kind }] }),
    };
    compiled.set(name, schema);
    for (const field of definition.f ?? []) fields.set(field[0], compileField(field));
    return schema;
  }

  function compileField([name, type, , bits, extras]: CompactField): Field {
    return {
      name,
      schema: compileType(type, extras ?? {}),
      required: (bits & fieldBits.required) !== 0,
      pointer: (bits & fieldBits.pointer) !== 0,
      omitEmpty: (bits & fieldBits.omitEmpty) !== 0,
      ...((bits & fieldBits.omitZero) !== 0 && { omitZero: true }),
      ...(extras?.d !== undefined && { default: extras.d }),
      ...(extras?.s !== undefined && { patchStrategy: extras.s.split(',') as Field['patchStrategy'] }),
      ...(extras?.y !== undefined && { patchMergeKey: extras.y }),
    };
  }

  function compileType(type: string, extras: CompactExtras): Schema {
    if (type.startsWith('[]')) {
      const items = compileType(type.slice(2), { e: extras.e });
      return { type: 'list', items, listType: (extras.l ?? 'atomic') as 'atomic' | 'set' | 'map', mapKeys: extras.k ?? [] };
    }
    if (type.startsWith('{}')) {
      return { type: 'map', values: compileType(type.slice(2), { e: extras.e }), mapType: extras.m === 'atomic' ? 'atomic' : 'granular' };
    }
    if (type.startsWith('#')) {
      const schema = get(type.slice(1));
      if (extras.m === undefined || schema.type !== 'object') return schema;
      return { ...schema, mapType: extras.m === 'atomic' ? 'atomic' : 'granular' };
    }
    const scalar = scalars[type];
    if (scalar === undefined) throw new Error(`There is no type ${type}.`);
    return extras.e === undefined ? scalar : { ...scalar, enum: extras.e };
  }

  return { get, has: (name) => definitions[name] !== undefined };
}

const scalars: Readonly<Record<string, ScalarSchema>> = {
  string: { type: 'string' },
  int32: { type: 'int32' },
  int64: { type: 'int64' },
  double: { type: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'bytes' },
};

/** Structs without fields: everything in them is unknown. */
const emptyStructs: ReadonlySet<string> = new Set([
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus',
]);

const plainTypes: Readonly<Record<string, ScalarSchema['type']>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
};

/** Types with an encoding of their own; raw JSON in its many forms is `any`. */
function compilePlain(name: string, definition: CompactDefinition, get: (name: string) => ObjectSchema): ScalarSchema {
  const type = plainTypes[name] ?? 'any';
  if (type === 'any' && definition.p?.type === 'string') throw new Error(`Definition ${name} has no known encoding.`);
  const [, base, to] = /^(.*)Or(Array|Bool|StringArray)$/.exec(name) ?? [];
  if (type !== 'any' || base === undefined)
    return { name, type, ...(type === 'any' && definition.p?.type === 'object' && { isObject: true }) };
  return { name, type, alternative: { schema: () => get(base), to: alternatives[to!]! } };
}

const alternatives: Readonly<Record<string, NonNullable<ScalarSchema['alternative']>['to']>> = {
  Array: 'list',
  Bool: 'boolean',
  StringArray: 'strings',
};
