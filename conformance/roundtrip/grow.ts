import type { ObjectSchema, Schema } from '../../openapi/schema.ts';
import type { Random } from '../../src/machinery/random.ts';
import { pick, randomValue } from '../differential/mutations.ts';

type Json = any;

/** A field that an object was given: where, and what it had there before (nothing, as only absent fields are given). */
export interface Growth {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

interface Place {
  readonly object: Json;
  readonly schema: ObjectSchema;
  readonly path: readonly (string | number)[];
}

/**
 * Fields of features that are off by default and others that the server drops; `stringData`, which is moved; names that say what the object is; and
 * what is taken from a range of the cluster's. A name alone, or the name of a struct and a field of it.
 */
const left = new Set([
  ...['apiVersion', 'kind', 'metadata', 'status', 'stringData', 'generateName', 'serviceAccount'],
  ...['schedulingGroup', 'stopSignal', 'bools', 'ints', 'strings', 'versions', 'nodeAllocatableResourceMappings', 'lifecycle'],
  ...[
    'configSource',
    'deprecatedTopology',
    'preventPodSchedulingIfMissing',
    'nodePort',
    'healthCheckNodePort',
    'clusterIP',
    'clusterIPs',
    'podCIDR',
    'podCIDRs',
  ],
  ...['sessionAffinityConfig', 'internalTrafficPolicy', 'dataSource', 'dataSourceRef', 'volumeClaimTemplates'],
  ...['RollingUpdateStatefulSetStrategy.maxUnavailable', 'LeaseSpec.strategy', 'LeaseSpec.preferredHolder'],
  ...['uid', 'username', 'groups', 'extra'].map((name) => `CertificateSigningRequestSpec.${name}`),
  ...['fieldPath', 'kind', 'namespace', 'uid', 'resourceVersion'].map((name) => `ObjectReference.${name}`),
]);

// Where fields can be added: objects below the root, but for the metadata of the whole.
function places(value: Json, schema: Schema, path: readonly (string | number)[] = [], list: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return list;
  if (Array.isArray(value)) {
    if (schema.type === 'list') for (const [i, item] of value.entries()) places(item, schema.items, [...path, i], list);
    return list;
  }
  if (schema.type !== 'object') return list;
  list.push({ object: value, schema, path });
  for (const [name, inside] of Object.entries(value)) {
    const field = schema.fields.get(name);
    if (field && !left.has(name)) places(inside, field.schema, [...path, name], list);
  }
  return list;
}

/** Gives an object one more field, of the schema's type. @returns undefined if what came up was no good */
const isLeft = ({ name = '' }: ObjectSchema, field: string): boolean =>
  left.has(field) || left.has(`${name.slice(name.lastIndexOf('.') + 1)}.${field}`);

export function grow(random: Random, object: Json, schema: Schema): Growth | undefined {
  const { object: holder, schema: inside, path } = pick(random, places(object, schema));
  const missing = [...inside.fields.values()].filter(({ name }) => holder[name] === undefined && !isLeft(inside, name));
  if (missing.length === 0) return undefined;
  const field = pick(random, missing);
  const value = randomValue(random, field.schema, field.name, 2);
  if (!sound(value, field.schema)) return undefined;
  holder[field.name] = value;
  return { path: [...path, field.name], value };
}

/** Quantities and times that the server would write in another way; a value must come back as it was sent. */
const rewritten = /^(1000m|1024Mi|12E6|1e3|1\.5|0\.5m|2024-.*)$/;

// Nothing empty, as what is empty is not stored, and nothing that is written in several ways.
function sound(value: Json, schema: Schema): boolean {
  if (value === null || value === '' || value === 0 || value === false) return false;
  if (typeof value === 'string') return !rewritten.test(value);
  if (typeof value !== 'object') return schema.type !== 'quantity' || typeof value === 'string';
  const inside = Object.entries(value);
  return (
    inside.length > 0 &&
    inside.every(([key, item]) => {
      if (schema.type === 'list') return sound(item, schema.items);
      if (schema.type === 'map') return sound(item, schema.values);
      const field = schema.type === 'object' && !isLeft(schema, key) ? schema.fields.get(key) : undefined;
      return field ? sound(item, field.schema) : schema.type === 'any';
    })
  );
}

/** Takes a field away, in place. */
export function cut(object: Json, path: readonly (string | number)[]): void {
  const holder = path.slice(0, -1).reduce((at, part) => at?.[part], object);
  if (holder !== undefined) delete holder[path.at(-1)!];
}
