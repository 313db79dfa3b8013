import type { Schema } from '../../../openapi/schema.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * A built-in kind's schema in the form in which expressions' types are made of it. A definition within itself is an object without fields there,
 * as expressions cannot follow it without end. Quantities have no type, as the documents give them several.
 */
export function jsonSchemaOf(schema: Schema, within: ReadonlySet<string> = new Set()): JsonSchema {
  switch (schema.type) {
    case 'object': {
      if (schema.name !== undefined && within.has(schema.name)) return { type: 'object' };
      const inside = schema.name === undefined ? within : new Set([...within, schema.name]);
      const properties = Object.fromEntries([...schema.fields].map(([name, field]) => [name, jsonSchemaOf(field.schema, inside)]));
      const required = [...schema.fields].filter(([, field]) => field.required).map(([name]) => name);
      return { type: 'object', properties, required };
    }
    case 'map':
      return { type: 'object', additionalProperties: jsonSchemaOf(schema.values, within) };
    case 'list':
      return { type: 'array', items: jsonSchemaOf(schema.items, within) };
    case 'int32':
    case 'int64':
      return { type: 'integer' };
    case 'double':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' };
    case 'intOrString':
      return { 'x-kubernetes-int-or-string': true };
    case 'any':
      return schema.isObject ? { type: 'object' } : {};
    case 'quantity':
      return {};
    default:
      return { type: 'string' };
  }
}
