import type { Field, ObjectSchema } from '../../../openapi/schema.ts';

/** What Go writes of a struct that nothing was put in: structs within it, and whatever else is not left out when empty. */
export function zeroOf(schema: ObjectSchema): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const field of schema.fields.values()) {
    if (isWritten(field)) value[field.name] = zeroOfField(field);
  }
  return value;
}

const structs: ReadonlySet<string> = new Set(['object', 'time', 'microTime', 'any']);

function isWritten({ schema, pointer, omitEmpty, omitZero }: Field): boolean {
  return structs.has(schema.type) && !pointer ? !omitZero : !omitEmpty;
}

function zeroOfField({ schema, pointer }: Field): unknown {
  if (pointer) return null;
  switch (schema.type) {
    case 'object':
      return zeroOf(schema);
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    case 'string':
    case 'duration':
    case 'quantity':
      return schema.type === 'string' ? '' : '0';
    default:
      return null;
  }
}
