import type { CompactDefinition, CompactExtras, CompactField } from '../compact.ts';
import { fieldBits } from '../compact.ts';
import type { Descriptions } from '../definitions.ts';

export type Json = Record<string, unknown>;

/** What distinguishes the two forms of a document. */
export interface DocumentForm {
  readonly version: 2 | 3;
  /** Where references point: `#/definitions/` or `#/components/schemas/`. */
  readonly prefix: string;
}

export const v2Form: DocumentForm = { version: 2, prefix: '#/definitions/' };
export const v3Form: DocumentForm = { version: 3, prefix: '#/components/schemas/' };

/** The group-version-kinds that a document gives a definition. */
export type KindsOf = (name: string, definition: CompactDefinition) => readonly Json[] | undefined;

/** Prints definitions as OpenAPI schemas; keys in the order of kube-apiserver. */
export class DefinitionPrinter {
  private readonly form: DocumentForm;
  private readonly descriptions: Descriptions['definitions'];
  private readonly isStruct: (name: string) => boolean;

  constructor(form: DocumentForm, descriptions: Descriptions['definitions'], isStruct: (name: string) => boolean) {
    this.form = form;
    this.descriptions = descriptions;
    this.isStruct = isStruct;
  }

  print(name: string, definition: CompactDefinition, kinds: readonly Json[] | undefined): Json {
    const [description, properties] = this.descriptions[name] ?? ['', {}];
    if (definition.f === undefined) return this.plain(definition, description);
    const fields = [...definition.f].sort(([a], [b]) => (a < b ? -1 : 1));
    const required = definition.f.filter(([, , , bits]) => (bits & fieldBits.required) !== 0).map(([field]) => field);
    return {
      ...(description !== '' && { description }),
      type: 'object',
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(fields.map((field) => [field[0], this.property(field, properties[field[0]] ?? '')])),
      ...(kinds !== undefined && { 'x-kubernetes-group-version-kind': kinds }),
      ...(definition.m !== undefined && { 'x-kubernetes-map-type': definition.m }),
      ...(definition.u !== undefined && { 'x-kubernetes-unions': definition.u }),
    };
  }

  private plain({ p: schema }: CompactDefinition, description: string): Json {
    const described = description === '' ? {} : { description };
    if (this.form.version === 3 || schema?.['oneOf'] === undefined) return { ...described, ...schema };
    const { oneOf, ...rest } = schema;
    return { ...described, type: 'string', ...rest };
  }

  private property([, type, , bits, extras]: CompactField, description: string): Json {
    const described = description === '' ? {} : { description };
    const extensions = fieldExtensions(extras);
    if (!type.startsWith('#')) return { ...described, ...this.value(type, extras?.d, extras), ...extensions };
    if ((bits & fieldBits.bare) !== 0) return { ...this.reference(type), ...extensions };
    return { ...described, ...this.wrapped(type, extras?.d), ...extensions };
  }

  private value(type: string, standard: unknown, extras: CompactExtras | undefined): Json {
    if (type.startsWith('[]')) return { type: 'array', items: this.element(type.slice(2), extras) };
    if (type.startsWith('{}')) return { type: 'object', additionalProperties: this.element(type.slice(2), extras) };
    return {
      ...scalarTypes[type],
      ...(this.form.version === 3 && standard !== undefined && { default: standard }),
      ...(extras?.e !== undefined && { enum: extras.e }),
    };
  }

  /** Items and values have Go's zero value as default. */
  private element(type: string, extras: CompactExtras | undefined): Json {
    if (type.startsWith('#')) return this.isStruct(type.slice(1)) ? this.wrapped(type, {}) : this.reference(type);
    return this.value(type, zeros[type], extras?.e === undefined ? undefined : { e: extras.e });
  }

  /** A reference may have siblings in v2; in v3 it stands in `allOf` for that. */
  private wrapped(type: string, standard: unknown): Json {
    if (this.form.version === 2) return this.reference(type);
    return { ...(standard !== undefined && { default: standard }), allOf: [this.reference(type)] };
  }

  private reference(type: string): Json {
    return { $ref: this.form.prefix + type.slice(1) };
  }
}

/** Names that a definition refers to. */
export function referencesOf(definition: CompactDefinition): string[] {
  return (definition.f ?? []).flatMap(([, type]) => (type.includes('#') ? [type.slice(type.indexOf('#') + 1)] : []));
}

function fieldExtensions(extras: CompactExtras | undefined): Json {
  if (extras === undefined) return {};
  return {
    ...(extras.k !== undefined && { 'x-kubernetes-list-map-keys': extras.k }),
    ...(extras.l !== undefined && { 'x-kubernetes-list-type': extras.l }),
    ...(extras.m !== undefined && { 'x-kubernetes-map-type': extras.m }),
    ...(extras.y !== undefined && { 'x-kubernetes-patch-merge-key': extras.y }),
    ...(extras.s !== undefined && { 'x-kubernetes-patch-strategy': extras.s }),
  };
}

const scalarTypes: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
};

const zeros: Readonly<Record<string, unknown>> = { string: '', int32: 0, int64: 0, double: 0, boolean: false };
