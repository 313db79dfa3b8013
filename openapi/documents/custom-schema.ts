import { describeField } from '../definitions.ts';
import type { DocumentForm, Json } from './print-definition.ts';
import type { CustomDocumentation, DocumentedResource } from './resource.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** The name of a custom kind's definition: `com.example.v1.Widget`. */
export function customDefinitionName(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** The definitions of a custom kind and of its list, by name. */
export function customDefinitions(resource: DocumentedResource, custom: CustomDocumentation, form: DocumentForm): Record<string, Json> {
  const { group, version, kind, listKind, plural } = resource;
  const name = customDefinitionName(group, version, kind);
  const fields = custom.selectableFields?.length
    ? { 'x-kubernetes-selectable-fields': custom.selectableFields.map((fieldPath) => ({ fieldPath })) }
    : {};
  const own = { ...printRoot(custom.schema, form), ...kindsOf(group, version, kind), ...fields };
  const list: Json = {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: typeMeta('apiVersion'),
      items: { description: `List of ${plural}. More info: ${conventions}`, type: 'array', items: { $ref: form.prefix + name } },
      kind: typeMeta('kind'),
      metadata: reference(form, `${meta}.ListMeta`, describeField('io.k8s.api.core.v1.PodList', 'metadata')),
    },
    ...kindsOf(group, version, listKind),
    ...fields,
  };
  return { [name]: own, [customDefinitionName(group, version, listKind)]: list };
}

function kindsOf(group: string, version: string, kind: string): Json {
  return { 'x-kubernetes-group-version-kind': [{ group, kind, version }] };
}

function reference(form: DocumentForm, definition: string, description: string): Json {
  const $ref = form.prefix + definition;
  return form.version === 2 ? { description, $ref } : { description, allOf: [{ $ref }] };
}

/** apiVersion and kind as every kind has them. */
function typeMeta(field: 'apiVersion' | 'kind'): Json {
  return { description: describeField('io.k8s.api.core.v1.ConfigMap', field), type: 'string' };
}

function objectMeta(form: DocumentForm): Json {
  return reference(form, `${meta}.ObjectMeta`, describeField('io.k8s.api.core.v1.ConfigMap', 'metadata'));
}

function printRoot(schema: Json | undefined, form: DocumentForm): Json {
  // Readers of v2 take a kind with properties for one that has no others.
  if (!schema || (form.version === 2 && schema['x-kubernetes-preserve-unknown-fields'] === true)) return { type: 'object' };
  const root = print(schema, form);
  const properties = {
    ...(root['properties'] as Json | undefined),
    apiVersion: typeMeta('apiVersion'),
    kind: typeMeta('kind'),
    metadata: objectMeta(form),
  };
  return ordered({ ...root, properties: sortedMembers(properties) });
}

/** A structural schema as the document has it. */
function print(schema: Json, form: DocumentForm): Json {
  const source = form.version === 2 ? forV2(schema) : unfolded(schema);
  const printed: Json = { ...source };
  if (source['items']) printed['items'] = print(source['items'] as Json, form);
  const additional = source['additionalProperties'];
  if (typeof additional === 'object' && additional !== null) printed['additionalProperties'] = print(additional as Json, form);
  if (source['properties']) {
    const properties = source['properties'] as Record<string, Json>;
    printed['properties'] = sortedMembers(
      Object.fromEntries(Object.keys(properties).map((name) => [name, print(properties[name]!, form)])),
    );
  }
  return ordered(embedded(printed, form));
}

const intOrString = [{ type: 'integer' }, { type: 'string' }];

/** An int-or-string says so in terms that every reader knows. */
function unfolded(schema: Json): Json {
  if (schema['x-kubernetes-int-or-string'] !== true) return schema;
  const isPattern = (value: unknown): boolean => JSON.stringify(value) === JSON.stringify(intOrString);
  const allOf = (schema['allOf'] ?? []) as Json[];
  if (isPattern(schema['anyOf']) || isPattern(allOf[0]?.['anyOf'])) return schema;
  return schema['anyOf'] === undefined ? { ...schema, anyOf: intOrString } : { ...schema, allOf: [{ anyOf: intOrString }, ...allOf] };
}

/** What v2 cannot say, and what its readers stumble over, is left out. */
function forV2(schema: Json): Json {
  const { allOf: _all, oneOf: _one, anyOf: _any, not: _not, default: _default, nullable, ...printed } = schema;
  const keepsUnknown = printed['x-kubernetes-preserve-unknown-fields'] === true;
  if (nullable === true || keepsUnknown) {
    delete printed['items'];
    delete printed['properties'];
  }
  // What is read without a type has doubles for its numbers.
  const values = printed['enum'] as readonly unknown[] | undefined;
  if (values) printed['enum'] = values.map((value) => (typeof value === 'bigint' ? Number(value) : value));
  const rules = printed['x-kubernetes-validations'] as readonly Json[] | undefined;
  // Without a type of its own, a rule's members are sorted.
  if (rules) printed['x-kubernetes-validations'] = rules.map(sortedMembers);
  const type = printed['type'];
  if (nullable === true || (type === 'array' && !printed['items']) || (keepsUnknown && type === 'object')) delete printed['type'];
  const properties = (printed['properties'] ?? {}) as Record<string, Json>;
  const additional = printed['additionalProperties'] as Json | undefined;
  const required = ((printed['required'] ?? []) as string[]).filter((name) => properties[name]?.['nullable'] !== true);
  if (required.length > 0 && additional?.['nullable'] !== true) printed['required'] = required;
  else delete printed['required'];
  return printed;
}

function embedded(schema: Json, form: DocumentForm): Json {
  if (schema['x-kubernetes-embedded-resource'] !== true) return schema;
  if (form.version === 2 && schema['x-kubernetes-preserve-unknown-fields'] === true) return schema;
  const required = [...((schema['required'] ?? []) as string[])];
  for (const name of ['kind', 'apiVersion']) if (!required.includes(name)) required.push(name);
  const properties = {
    ...(schema['properties'] as Json | undefined),
    apiVersion: {
      description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`,
      type: 'string',
    },
    kind: {
      description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`,
      type: 'string',
    },
    metadata: objectMeta(form),
  };
  return { ...schema, required, properties: sortedMembers(properties) };
}

function sortedMembers(members: Json): Json {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const order = [
  ...['description', 'type', 'nullable', 'format', 'title', 'default', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'enum', 'maxProperties', 'minProperties'],
  ...['required', 'items', 'allOf', 'oneOf', 'anyOf', 'not', 'properties', 'additionalProperties', 'externalDocs', 'example'],
];
const rank: ReadonlyMap<string, number> = new Map(order.map((name, i) => [name, i]));

/** Members in kube-apiserver's order, extensions last. */
function ordered(schema: Json): Json {
  const place = (name: string): number => rank.get(name) ?? order.length;
  return Object.fromEntries(Object.entries(schema).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)));
}
