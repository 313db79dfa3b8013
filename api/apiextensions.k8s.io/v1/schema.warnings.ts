import type { CustomResourceDefinitionSpec, JSONSchemaProps } from '../../../openapi/types.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { isKnownFormat } from '../../structural/formats.ts';
import { internalSpec } from './internal-versions.ts';

/** A schema and all schemas inside it. */
export function* eachSchema(schema: JSONSchemaProps | undefined): Generator<JSONSchemaProps> {
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

/** What is odd in the schemas; on an update, only what was not there before. */
export function schemaWarnings(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec | undefined): string[] {
  const before = new Set(old ? unknownFormats(old) : []);
  return unknownFormats(spec)
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${goQuote(format)}`);
}
