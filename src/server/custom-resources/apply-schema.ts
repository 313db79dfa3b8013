import type { Structural } from '../../../api/structural/structural.ts';
import type { Field, Schema } from '../../../openapi/schema.ts';

const anything: Schema = { type: 'any' };
const text: Schema = { type: 'string' };
const anyScalar: Schema = { type: 'time' };

/** What apply reads of a structural schema: which fields there are, and how lists and maps are merged. @param meta the schema of ObjectMeta */
export function applySchema(schema: Structural, meta: Schema): Schema {
  const nullable = schema.nullable ? { nullable: true } : {};
  if (schema.source['x-kubernetes-int-or-string']) return { type: 'intOrString', ...nullable };
  switch (schema.type) {
    case 'string':
      return { ...(isPlainText(schema) ? text : anyScalar), ...nullable };
    case 'boolean':
      return { type: schema.type, ...nullable };
    case 'integer':
      return { type: 'int64', ...nullable };
    case 'number':
      return { type: 'double', ...nullable };
    case 'array':
      return {
        type: 'list',
        items: schema.items ? applySchema(schema.items, meta) : anything,
        listType: (schema.listType ?? 'atomic') as 'atomic' | 'set' | 'map',
        mapKeys: schema.listMapKeys,
        ...nullable,
      };
    case 'object':
      return objectSchema(schema, meta);
    default:
      return schema.properties.size > 0 ? objectSchema(schema, meta) : { ...anything, ...nullable };
  }
}

// Of text with a format, apply asks no more than that it is neither list nor map.
function isPlainText({ source: { format } }: Structural): boolean {
  return format === undefined || format === '' || format === 'byte';
}

function objectSchema(schema: Structural, meta: Schema): Schema {
  const mapType = schema.source['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular';
  const nullable = schema.nullable ? { nullable: true } : {};
  const { additional, properties } = schema;
  if (properties.size === 0 && !schema.isEmbedded && additional !== undefined && !schema.preservesUnknownFields) {
    const values = typeof additional === 'object' ? applySchema(additional, meta) : anything;
    return { type: 'map', values, mapType, ...nullable };
  }
  const fields = new Map<string, Field>();
  for (const [name, property] of properties) fields.set(name, fieldOf(name, applySchema(property, meta), property.default));
  if (schema.isEmbedded) {
    for (const name of ['apiVersion', 'kind']) fields.set(name, fieldOf(name, text, undefined));
    fields.set('metadata', fieldOf('metadata', meta, undefined));
  }
  return {
    type: 'object',
    fields,
    mapType,
    ...(schema.preservesUnknownFields ? { preserveUnknownFields: true } : {}),
    ...nullable,
  };
}

function fieldOf(name: string, schema: Schema, standard: unknown): Field {
  return { name, schema, required: false, ...(standard === undefined ? {} : { default: standard }) };
}
