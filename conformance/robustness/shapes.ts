import type { ResourceDefinition } from '../../api/define.ts';
import { apiVersionOf } from '../../api/meta/object.ts';
import type { Schema, SchemaSource } from '../../openapi/schema.ts';
import { namespace, type WireRequest } from './requests.ts';

type Step = string | number;

/** Values that a field may be given by somebody who means no good: of any type, and empty in every way. */
const scalarValues: readonly unknown[] = [null, '', 'x', -1, [], {}];
const objectValues: readonly unknown[] = [null, {}];
const listValues: readonly unknown[] = [null, [], [null], [{}], ['']];
const mapValues: readonly unknown[] = [null, {}, { '': '' }, { a: null }];

/**
 * Requests to create an object of a kind in which one field alone is set, in every way that its type allows and in some that it does not. Fields down to
 * a depth; dry, so that nothing comes of them.
 */
export function* shapesOf(schemas: SchemaSource, definition: ResourceDefinition, depth: number): Generator<WireRequest> {
  const { group, version, kind, plural, scope } = definition;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const target = `${root}${scope === 'Namespaced' ? `/namespaces/${namespace}` : ''}/${plural}?dryRun=All`;
  const schema = typeof definition.schema === 'string' ? schemas.get(definition.schema) : definition.schema;
  for (const { path, value } of fieldsOf(schema, [], depth, new Set())) {
    if (path[0] === 'apiVersion' || path[0] === 'kind') continue;
    const object = { apiVersion: apiVersionOf(group, version), kind, metadata: { name: 'shape' } };
    put(object, path, value);
    yield { method: 'POST', target, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(object)) };
  }
}

function* fieldsOf(
  schema: Schema,
  path: readonly Step[],
  depth: number,
  inside: ReadonlySet<Schema>,
): Generator<{ path: readonly Step[]; value: unknown }> {
  if (path.length > 0) for (const value of valuesOf(schema)) yield { path, value };
  if (path.length >= depth || inside.has(schema)) return;
  const deeper = new Set(inside).add(schema);
  if (schema.type === 'list') yield* fieldsOf(schema.items, [...path, 0], depth, deeper);
  if (schema.type === 'map') yield* fieldsOf(schema.values, [...path, 'a'], depth, deeper);
  if (schema.type !== 'object') return;
  for (const field of schema.fields.values()) yield* fieldsOf(field.schema, [...path, field.name], depth, deeper);
}

function valuesOf(schema: Schema): readonly unknown[] {
  if (schema.type === 'object') return objectValues;
  if (schema.type === 'list') return listValues;
  return schema.type === 'map' ? mapValues : scalarValues;
}

function put(object: any, path: readonly Step[], value: unknown): void {
  let at = object;
  for (const [i, step] of path.slice(0, -1).entries()) at = at[step] ??= typeof path[i + 1] === 'number' ? [] : {};
  at[path.at(-1)!] = value;
}
