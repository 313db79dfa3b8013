import { WrittenNumber } from '../../../api/meta/json-text.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { explain, goTypeOf, namedTypeOf } from './explain.ts';

/**
 * What Go says of a value that is restored from a map rather than decoded from JSON, as strategic merge patches are: field by field in
 * the order of the struct, up to the first that does not fit. Undefined if all is well.
 */
export function explainRestore(value: unknown, schema: Schema, named?: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (schema.type) {
    case 'object':
      if (kindOf(value) !== 'map') return `cannot restore struct from: ${kindOf(value)}`;
      return firstOf([...schema.fields.values()], (field) =>
        explainRestore((value as Record<string, unknown>)[field.name], field.schema, namedTypeOf(schema, field.name)),
      );
    case 'map':
      if (kindOf(value) !== 'map') return `cannot restore map from ${kindOf(value)}`;
      return firstOf(Object.values(value), (item) => explainRestore(item, schema.values, named));
    case 'list':
      if (kindOf(value) !== 'slice') return `cannot restore slice from ${kindOf(value)}`;
      return firstOf(value as unknown[], (item) => explainRestore(item, schema.items, named));
    case 'bytes':
      return typeof value === 'string'
        ? prefixed('error decoding from json: ', explain(value, schema))
        : `cannot restore slice from ${kindOf(value)}`;
    case 'string':
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'double':
      return explainScalar(value, schema, named);
    default:
      // These read themselves from JSON.
      return explain(value, schema);
  }
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (value instanceof WrittenNumber) return 'float64';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

// Numbers convert to each other as far as nothing is lost; Go could also turn an integer into text, which is refused by name.
function explainScalar(value: unknown, schema: Schema, named: string | undefined): string | undefined {
  const from = kindOf(value);
  const wanted = schema.type;
  if ((wanted === 'string' && from === 'string') || (wanted === 'boolean' && from === 'bool')) return undefined;
  const isNumber = from === 'int64' || from === 'float64';
  if (isNumber && (wanted === 'double' || ((wanted === 'int32' || wanted === 'int64') && from === 'int64'))) return undefined;
  const convertible = (isNumber && wanted !== 'string' && wanted !== 'boolean') || (from === 'int64' && wanted === 'string');
  if (convertible) return `cannot convert ${from} to ${goTypeOf(schema, named)}`;
  return `unrecognized type: ${goTypeOf(schema)}`;
}
