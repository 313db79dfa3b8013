import type { CustomResourceDefinitionSpec, JSONSchemaProps } from '../../../openapi/types.ts';
import { sorted } from '../../meta/text.ts';
import { internalSpec } from './internal-versions.ts';

// What validation understands; without dashes.
const stringFormats = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor ' +
    'byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
);

function isKnownFormat(type: string | undefined, format: string): boolean {
  if (!type || type === 'string') return stringFormats.has(format.replaceAll('-', ''));
  if (type === 'integer') return format === 'int32' || format === 'int64';
  return type === 'number' && (format === 'float' || format === 'double');
}

/** A schema and all schemas inside it. */
function* eachSchema(schema: JSONSchemaProps | undefined): Generator<JSONSchemaProps> {
  if (!schema || typeof schema !== 'object') return;
  yield schema;
  const { items, additionalProperties, not, allOf = [], anyOf = [], oneOf = [], properties = {} } = schema as Record<string, any>;
  const inner = [
    ...(Array.isArray(items) ? items : [items]),
    ...allOf,
    ...anyOf,
    ...oneOf,
    not,
    ...Object.values(properties),
    additionalProperties,
  ];
  for (const each of inner) yield* eachSchema(each as JSONSchemaProps | undefined);
}

function schemasOf(spec: CustomResourceDefinitionSpec): JSONSchemaProps[] {
  const { schema, versions } = internalSpec(spec);
  return [schema, ...versions.map((version) => version.schema)].flatMap((each) => [...eachSchema(each?.openAPIV3Schema)]);
}

function unknownFormats(spec: CustomResourceDefinitionSpec): string[] {
  return schemasOf(spec).flatMap(({ type, format }) => (format && !isKnownFormat(type, format) ? [format] : []));
}

function setsOfObjects(spec: CustomResourceDefinitionSpec): string[] {
  const found = new Set<string>();
  for (const schema of schemasOf(spec) as Record<string, any>[]) {
    const type = schema.items?.type;
    if (schema['x-kubernetes-list-type'] === 'set' && (type === 'object' || type === 'array')) {
      found.add(`x-kubernetes-list-type: set for items of type "${type}" is not supported by server-side apply or CEL validation rules`);
    }
  }
  return sorted(found);
}

/** What is odd in the schemas; on an update, only what was not there before. */
export function schemaWarnings(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec | undefined): string[] {
  const oldFormats = new Set(old ? unknownFormats(old) : []);
  const oldSets = new Set(old ? setsOfObjects(old) : []);
  return [
    ...unknownFormats(spec)
      .filter((format) => !oldFormats.has(format))
      .map((format) => `unrecognized format ${JSON.stringify(format)}`),
    ...setsOfObjects(spec).filter((text) => !oldSets.has(text)),
  ];
}
