import type { CompactDefinition, CompactDefinitions, CompactField } from '../../openapi/compact.ts';
import { fieldBits } from '../../openapi/compact.ts';
import { type DescriptionSources, describe } from './describe.ts';
import { type Model, type ModelProperty, type ModelSource, modelNames } from './models.ts';

/** `openapi/data/definitions.json`: see `openapi/data/README.md`. */
export type DefinitionData = Record<string, PackageData>;

interface PackageData {
  readonly group?: string;
  readonly version?: string;
  readonly definitions: Record<string, KindData>;
}

interface KindData {
  readonly kind?: boolean;
  readonly mapType?: string;
  readonly unions?: unknown[];
  readonly plain?: Record<string, unknown>;
  readonly fields?: Record<string, FieldData | number | string>;
}

interface FieldData {
  readonly number: number | string;
  readonly pointer?: boolean;
  readonly omitempty?: boolean;
  readonly omitzero?: boolean;
  readonly default?: unknown;
  readonly enum?: string[];
  readonly listType?: string;
  readonly mapKeys?: string[];
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly mapType?: string;
  readonly bare?: boolean;
  readonly wrapped?: boolean;
  readonly ref?: string;
}

/** Descriptions of a definition: its own, then those of its properties. */
export type Descriptions = Record<string, [own: string, properties: Record<string, string>]>;

/** Joins both sources. @throws Error where they disagree, so that an upgrade of the library is noticed */
export function buildDefinitions(
  data: DefinitionData,
  models: ModelSource,
  texts: DescriptionSources,
): { definitions: CompactDefinitions; descriptions: Descriptions } {
  const names = new Map<string, string>();
  const definitions: CompactDefinitions = {};
  const descriptions: Descriptions = {};
  const all = Object.entries(data).flatMap(([path, content]) =>
    Object.entries(content.definitions).map(([kind, own]) => ({ name: `${path}.${kind}`, content, kind, own })),
  );
  for (const { name } of all) for (const alias of modelNames(name)) names.set(alias, name);
  for (const { name, content, kind, own } of all) {
    const model = models(name);
    definitions[name] = {
      ...(own.kind === true && { k: [content.group!, content.version!, kind] as const }),
      ...(own.mapType !== undefined && { m: own.mapType }),
      ...(own.unions !== undefined && { u: own.unions }),
      ...(own.plain !== undefined && { p: own.plain }),
      ...(own.fields !== undefined && { f: buildFields(name, kind, own, model, names, data) }),
    } satisfies CompactDefinition;
    descriptions[name] = describe(name, model, enumsOf(definitions[name]!), texts);
  }
  return { definitions, descriptions };
}

/** The properties that are one value of an enum; what lists or maps of them mean is not listed in their texts. */
function enumsOf(definition: CompactDefinition): Map<string, readonly string[]> {
  const single = (definition.f ?? []).filter(
    ([, type, , , extras]) => extras?.e !== undefined && !type.startsWith('[]') && !type.startsWith('{}'),
  );
  return new Map(single.map(([name, , , , extras]) => [name, extras!.e!]));
}

function buildFields(
  name: string,
  kind: string,
  own: KindData,
  model: Model | undefined,
  names: Map<string, string>,
  data: DefinitionData,
): CompactField[] {
  if (model === undefined) throw new Error(`${name}: the client library has no such model`);
  const entries = Object.entries(own.fields!);
  const unknown = [...model.properties.keys()].filter((property) => !(property in own.fields!));
  if (unknown.length > 0) throw new Error(`${name}: no data for ${unknown.join(', ')}`);
  return entries.map(([field, entry]) => {
    const extras: FieldData = typeof entry === 'object' ? entry : { number: entry };
    const property = model.properties.get(field);
    if (property === undefined) throw new Error(`${name}.${field}: the client library has no such property`);
    return buildField(field, kind, property, extras, resolveModel(name, names), data);
  });
}

/** A model's short name may stand for the definition of another group; within a package the package's own comes first. */
function resolveModel(name: string, names: Map<string, string>): (model: string) => string {
  return (model) => {
    const found = names.get(model);
    if (found === undefined) throw new Error(`${name}: unknown model ${model}`);
    return found;
  };
}

function buildField(
  name: string,
  kind: string,
  property: ModelProperty,
  data: FieldData,
  resolve: (model: string) => string,
  all: DefinitionData,
): CompactField {
  const type = typeOf(property, data.ref, resolve);
  const isList = type.startsWith('[]');
  const isItems = name === 'items' && kind.endsWith('List');
  const listType = data.listType ?? (isList && !isItems ? 'atomic' : undefined);
  const standard = standardDefault(type, property.required, data.pointer === true, all);
  const value = data.default === undefined ? standard : data.default === null ? undefined : data.default;
  const extras = {
    ...(value !== undefined && { d: value }),
    ...(data.enum !== undefined && { e: data.enum }),
    ...(listType !== undefined && listType !== 'none' && { l: listType }),
    ...(data.mapKeys !== undefined && { k: data.mapKeys }),
    ...(data.patchStrategy !== undefined && { s: data.patchStrategy }),
    ...(data.patchMergeKey !== undefined && { y: data.patchMergeKey }),
    ...(data.mapType !== undefined && { m: data.mapType }),
  };
  const bits =
    (property.required ? fieldBits.required : 0) |
    (data.pointer ? fieldBits.pointer : 0) |
    ((data.omitempty ?? !property.required) ? fieldBits.omitEmpty : 0) |
    (data.omitzero ? fieldBits.omitZero : 0) |
    (data.bare ? fieldBits.bare : 0) |
    (data.wrapped ? fieldBits.wrapped : 0);
  return Object.keys(extras).length === 0 ? [name, type, data.number, bits] : [name, type, data.number, bits, extras];
}

function typeOf(property: ModelProperty, ref: string | undefined, resolve: (model: string) => string): string {
  const list = /^Array<(.*)>$/.exec(property.type);
  if (list !== null) return `[]${typeOf({ ...property, type: list[1]! }, ref, resolve)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(property.type);
  if (map !== null) return `{}${typeOf({ ...property, type: map[1]! }, ref, resolve)}`;
  if (ref !== undefined) return `#${ref}`;
  if (property.type === 'string') return property.format === 'byte' ? 'bytes' : 'string';
  if (property.type === 'number') return property.format;
  if (property.type === 'boolean') return 'boolean';
  return `#${resolve(property.type)}`;
}

/** Go's zero value, which the server's documents give as the default of what is no pointer. */
function standardDefault(type: string, required: boolean, pointer: boolean, all: DefinitionData): unknown {
  if (pointer) return undefined;
  if (type.startsWith('#')) return isStruct(type.slice(1), all) ? {} : undefined;
  if (!required) return undefined;
  const zeros: Record<string, unknown> = { string: '', int32: 0, int64: 0, double: 0, boolean: false };
  return zeros[type];
}

function isStruct(definition: string, all: DefinitionData): boolean {
  const at = definition.lastIndexOf('.');
  return all[definition.slice(0, at)]?.definitions[definition.slice(at + 1)]?.fields !== undefined;
}
