import type { Schema } from '../../../openapi/schema.ts';
import { planOf } from './plan.ts';

/**
 * Turns empty lists and maps that Go's encoder always writes into null, in place: the stored form does not tell the two apart, whereas
 * managedFields do. For objects whose `Conformed.hasEmpty` says that there are any.
 */
export function nullEmpties(value: unknown, schema: Schema): void {
  if (typeof value !== 'object' || value === null) return;
  if (schema.type === 'list') for (const item of value as unknown[]) nullEmpties(item, schema.items);
  else if (schema.type === 'map') for (const item of Object.values(value)) nullEmpties(item, schema.values);
  else if (schema.type === 'object') {
    const object = value as Record<string, unknown>;
    for (const field of planOf(schema).fields) {
      const inside = object[field.name];
      if (inside === undefined) continue;
      if (field.absent === null && isEmptyCollection(inside, field.schema)) object[field.name] = null;
      else nullEmpties(inside, field.schema);
    }
  }
}

function isEmptyCollection(value: unknown, { type }: Schema): boolean {
  return (type === 'list' || type === 'map') && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
