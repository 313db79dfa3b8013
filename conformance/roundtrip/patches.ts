/** What leads from one object to another, as each kind of patch says it; written from the documents of the formats. */
import { schemaFacts } from '../facts/index.ts';

type Json = any;

const schemas = schemaFacts();
const isObject = (value: unknown): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/** RFC 7386. */
export function mergePatch(from: Json, to: Json): Json {
  const patch: Json = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    if (same(from[key], value)) continue;
    patch[key] = isObject(from[key]) && isObject(value) ? mergePatch(from[key], value) : value;
  }
  return patch;
}

/** RFC 6902. */
export function jsonPatch(from: Json, to: Json, path = ''): Json[] {
  const at = (key: string) => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const removed = Object.keys(from).filter((key) => !(key in to));
  return [
    ...removed.map((key) => ({ op: 'remove', path: at(key) })),
    ...Object.entries(to).flatMap(([key, value]) => {
      if (same(from[key], value)) return [];
      if (isObject(from[key]) && isObject(value)) return jsonPatch(from[key], value, at(key));
      return [{ op: key in from ? 'replace' : 'add', path: at(key), value }];
    }),
  ];
}

/** Kubernetes' strategic merge patch: items of lists with a merge key are patched one by one, other lists are replaced. */
export function strategicPatch(from: Json, to: Json, definition: string): Json {
  return strategic(from, to, { $ref: definition });
}

function strategic(from: Json, to: Json, schema: Json): Json {
  const patch: Json = {};
  const fieldOf = (key: string) => inside(schema, key);
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (same(old, value)) continue;
    const field = fieldOf(key);
    const mergeKey = field['x-kubernetes-patch-merge-key'];
    const isReplaced = field['x-kubernetes-patch-strategy'] === 'replace';
    if (isObject(old) && isObject(value) && !isReplaced) patch[key] = strategic(old, value, field);
    else if (Array.isArray(old) && Array.isArray(value) && mergeKey && pairs(old, value, mergeKey)) {
      patch[key] = value.flatMap((item, i) => {
        return same(old[i], item) ? [] : [{ [mergeKey]: item[mergeKey], ...strategic(old[i], item, inside(field, '')) }];
      });
    } else if (Array.isArray(old) && mergeKey) patch[key] = [{ $patch: 'replace' }, ...(value as Json[])];
    else patch[key] = value;
  }
  return patch;
}

// Both lists hold the same items, and no two items share their key.
function pairs(from: readonly Json[], to: readonly Json[], key: string): boolean {
  const unique = new Set(to.map((item) => item[key])).size === to.length;
  return unique && from.length === to.length && from.every((item, i) => item[key] !== undefined && item[key] === to[i][key]);
}

function inside(schema: Json, key: string): Json {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  const target = reference === undefined ? schema : schemas[reference];
  return target.items ?? target.properties?.[key] ?? target.additionalProperties ?? {};
}
