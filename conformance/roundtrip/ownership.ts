import { schemaFacts } from '../facts/index.ts';

type Json = any;

const schemas = schemaFacts();

/** A place's schema with what the place itself says of it (list types stand beside a reference). */
function resolved(schema: Json): Json {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference === undefined) return schema;
  const { allOf: _allOf, $ref: _ref, default: _default, ...own } = schema;
  return { ...resolved(schemas[reference]), ...own };
}

const isObject = (value: unknown): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of metadata, what identifies an object or is the server's belongs to nobody. */
const unowned = new Set(['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields']);

/**
 * The `fieldsV1` that an applied configuration stands for, worked out from the documented list and map types of the real server's schemas.
 * @param definition name of the kind's schema
 */
export function ownedFields(configuration: Json, definition: string): Json {
  const { apiVersion: _apiVersion, kind: _kind, metadata = {}, ...rest } = configuration;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !unowned.has(name)));
  return fieldsOf({ ...rest, ...(Object.keys(kept).length > 0 && { metadata: kept }) }, resolved({ $ref: definition }));
}

function fieldsOf(value: Json, schema: Json): Json {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'] ?? 'atomic';
    if (type === 'atomic') return {};
    const items = resolved(schema.items);
    return Object.fromEntries(
      value.map((item) =>
        type === 'set'
          ? [`v:${JSON.stringify(item)}`, {}]
          : [`k:${keyOf(item, schema['x-kubernetes-list-map-keys'], items)}`, withSelf(fieldsOf(item, items))],
      ),
    );
  }
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic' || (!schema.properties && !schema.additionalProperties);
  if (!isObject(value) || isAtomic) return {};
  const inside = (name: string) => resolved(schema.properties?.[name] ?? schema.additionalProperties ?? {});
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [`f:${name}`, fieldsOf(item, inside(name))]));
}

// A path that is owned itself stands as a dot among those below it.
function withSelf(below: Json): Json {
  return Object.keys(below).length > 0 ? { '.': {}, ...below } : below;
}

function keyOf(item: Json, keys: readonly string[], schema: Json): string {
  const parts = [...keys].sort().map((key) => [key, item[key] ?? resolved(schema.properties[key]).default] as const);
  return JSON.stringify(Object.fromEntries(parts.filter(([, value]) => value !== undefined)));
}
