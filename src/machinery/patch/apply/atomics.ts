import type { Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import { propertySchema } from './shape.ts';

/** Where a value has lists, maps or objects that apply would replace as a whole: `.spec.template.spec.containers[0].command`. */
export function atomicPaths(value: unknown, schema: Schema, path = ''): string[] {
  if (Array.isArray(value)) {
    if (schema.type !== 'list') return [];
    const own = schema.listType === 'atomic' ? [path] : [];
    return [...own, ...value.flatMap((item, i) => atomicPaths(item, schema.items, `${path}[${i}]`))];
  }
  if (!isJsonObject(value) || (schema.type !== 'object' && schema.type !== 'map')) return [];
  const own = schema.mapType === 'atomic' ? [path] : [];
  return [...own, ...Object.entries(value).flatMap(([name, part]) => atomicPaths(part, propertySchema(schema, name), `${path}.${name}`))];
}
