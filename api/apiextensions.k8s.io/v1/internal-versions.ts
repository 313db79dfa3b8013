/** A CustomResourceDefinition as kube-apiserver holds it inside, which its messages show. */
import type { CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from '../../../openapi/types.ts';
import { printedRule } from '../../cel/schema/json-schema.ts';
import { sameJson } from '../../meta/json.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { sorted } from '../../meta/text.ts';

type Version = CustomResourceDefinitionVersion;
const shared = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

/** What all versions have alike stands once, and not in the versions. */
export interface InternalSpec extends Pick<Version, (typeof shared)[number]> {
  readonly versions: readonly Version[];
}

export function internalSpec(spec: CustomResourceDefinitionSpec): InternalSpec {
  const versions = spec.versions ?? [];
  const first = versions[0];
  const alike = shared.filter(
    (field) => first?.[field] !== undefined && versions.every((version) => sameJson(version[field], first[field])),
  );
  const strip = (version: Version): Version => {
    const copy = { ...version };
    for (const field of alike) delete copy[field];
    return copy;
  };
  return { versions: versions.map(strip), ...Object.fromEntries(alike.map((field) => [field, first![field]])) };
}

/** Versions as messages print them. */
export function printedVersions(versions: readonly Version[]): object[] {
  return versions.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema ? { OpenAPIV3Schema: printedSchema(version.schema.openAPIV3Schema) } : null,
    Subresources: version.subresources ? printedSubresources(version.subresources) : null,
    AdditionalPrinterColumns:
      version.additionalPrinterColumns?.map((column) => ({
        Name: column.name,
        Type: column.type,
        Format: column.format ?? '',
        Description: column.description ?? '',
        Priority: column.priority ?? 0,
        JSONPath: column.jsonPath,
      })) ?? null,
    SelectableFields: version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
  }));
}

function printedSubresources({ status, scale }: NonNullable<Version['subresources']>): object {
  return {
    Status: status ? {} : null,
    Scale: scale
      ? {
          SpecReplicasPath: scale.specReplicasPath,
          StatusReplicasPath: scale.statusReplicasPath,
          LabelSelectorPath: scale.labelSelectorPath ?? null,
        }
      : null,
  };
}

// Go's name, the JSON name where it is not the same but for the first letter, and what absent ones print as.
export const schemaFields: readonly (readonly [goName: string, jsonName: string, absent: unknown])[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ...plain('Description', ''),
  ...plain('Type', ''),
  ...plain('Nullable', false),
  ...plain('Format', ''),
  ...plain('Title', ''),
  ...plain('Default', null),
  ...plain('Maximum', null),
  ...plain('ExclusiveMaximum', false),
  ...plain('Minimum', null),
  ...plain('ExclusiveMinimum', false),
  ...plain('MaxLength', null),
  ...plain('MinLength', null),
  ...plain('Pattern', ''),
  ...plain('MaxItems', null),
  ...plain('MinItems', null),
  ...plain('UniqueItems', false),
  ...plain('MultipleOf', null),
  ...plain('Enum', null),
  ...plain('MaxProperties', null),
  ...plain('MinProperties', null),
  ...plain('Required', null),
  ...plain('Items', null),
  ...plain('AllOf', null),
  ...plain('OneOf', null),
  ...plain('AnyOf', null),
  ...plain('Not', null),
  ...plain('Properties', null),
  ...plain('AdditionalProperties', null),
  ...plain('PatternProperties', null),
  ...plain('Dependencies', null),
  ...plain('AdditionalItems', null),
  ...plain('Definitions', null),
  ...plain('ExternalDocs', null),
  ...plain('Example', null),
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null],
];

function plain(goName: string, absent: unknown): [readonly [string, string, unknown]] {
  return [[goName, goName[0]!.toLowerCase() + goName.slice(1), absent]];
}

type Schema = Readonly<Record<string, any>>;

export function printedSchema(schema: Schema | undefined): object | null {
  if (!schema) return null;
  return Object.fromEntries(
    schemaFields.map(([goName, jsonName, absent]) => {
      const value = asSent(schema, jsonName);
      return [goName, value === undefined || value === null ? absent : printedField(goName, value)];
    }),
  );
}

function printedField(name: string, value: any): unknown {
  switch (name) {
    case 'AllOf':
    case 'OneOf':
    case 'AnyOf':
      return value.map(printedSchema);
    case 'Not':
      return printedSchema(value);
    case 'Items':
      return Array.isArray(value)
        ? { Schema: null, JSONSchemas: value.map(printedSchema) }
        : { Schema: printedSchema(value), JSONSchemas: null };
    case 'AdditionalProperties':
    case 'AdditionalItems':
      return typeof value === 'boolean' ? { Allows: value, Schema: null } : { Allows: true, Schema: printedSchema(value) };
    case 'Properties':
    case 'PatternProperties':
    case 'Definitions':
      return Object.fromEntries(sorted(Object.keys(value)).map((key) => [key, printedSchema(value[key])]));
    case 'ExternalDocs':
      return { Description: value.description ?? '', URL: value.url ?? '' };
    case 'XValidations':
      return value.map(printedRule);
    default:
      return value;
  }
}
