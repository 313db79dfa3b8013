import type { Field, ListSchema, ObjectSchema, Schema } from '../../../openapi/schema.ts';

/* What schemas of configuration files are made of: kinds that no API serves, and which the OpenAPI documents do not have. */

export const string: Schema = { type: 'string' };
export const boolean: Schema = { type: 'boolean' };
export const int32: Schema = { type: 'int32' };
export const int64: Schema = { type: 'int64' };
export const double: Schema = { type: 'double' };
/** Whatever is there, as it is. */
export const raw: Schema = { type: 'map', values: { type: 'any' } as Schema, mapType: 'atomic' };

export function object(name: string, fields: Readonly<Record<string, Schema>>): ObjectSchema {
  const all = Object.entries(fields).map(([field, schema]): [string, Field] => [
    field,
    { name: field, schema, required: false, pointer: true, omitEmpty: true },
  ]);
  return { type: 'object', name, fields: new Map(all), mapType: 'granular' };
}

export function list(items: Schema): ListSchema {
  return { type: 'list', items, listType: 'atomic', mapKeys: [] };
}

export function map(values: Schema): Schema {
  return { type: 'map', values, mapType: 'granular' };
}

/** The fields that say what a document is. */
export const typeMeta = { apiVersion: string, kind: string };
