/**
 * The schema of a value as the server uses it: references resolved, Kubernetes' extensions turned into properties. Every walker
 * (decode, default, prune, strategic merge, apply, protobuf, OpenAPI) reads this one form; a CustomResourceDefinition's
 * schema is compiled into it as well. Schemas are shared and never changed; they may be cyclic.
 */
export type Schema = ObjectSchema | MapSchema | ListSchema | ScalarSchema;

interface SchemaBase {
  /** Definition name, such as `io.k8s.api.core.v1.Container`; absent for anonymous schemas. */
  readonly name?: string;
  readonly nullable?: boolean;
}

export interface ObjectSchema extends SchemaBase {
  readonly type: 'object';
  /** In the order of Go's struct fields as far as it is known (protobuf field numbers), which is the order of encoded JSON. */
  readonly fields: ReadonlyMap<string, Field>;
  /** `atomic`: apply and merge replace it whole. */
  readonly mapType: 'granular' | 'atomic';
  /** Keep what `fields` does not name (CRDs). */
  readonly preserveUnknownFields?: boolean;
  /** Has apiVersion, kind and metadata of its own (CRDs). */
  readonly embeddedResource?: boolean;
  readonly gvks?: readonly GroupVersionKind[];
  /** Decodes a whole object where no Go type says how (CRDs): pruned and defaulted, wrong types kept for validation. @throws Error */
  readonly decode?: (value: unknown, options: DecodeOptions) => { readonly object: unknown; readonly unknown: readonly string[] };
}

export interface DecodeOptions {
  /** Tell what the schema does not know. */
  readonly strict: boolean;
  /** Nulls that stand for nothing stay: the object is no text that was decoded, but values that were merged. */
  readonly keepsNulls: boolean;
}

/** A field of an object: what is true of the place rather than of the value's type. */
export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** The Go field is a pointer: absent differs from zero. Known for built-in kinds. */
  readonly pointer?: boolean;
  /**
   * Go's `omitempty`: an empty list or map, and a zero scalar that is no pointer, is not written. Without it they are written also
   * when absent (`default`; an absent list or map as null). Structs that are no pointers are always written (`{}`), unless `omitZero`.
   */
  readonly omitEmpty?: boolean;
  /** Go's `omitzero`: a struct that equals its zero value is not written. */
  readonly omitZero?: boolean;
  readonly default?: unknown;
  readonly patchStrategy?: readonly ('merge' | 'replace' | 'retainKeys')[];
  readonly patchMergeKey?: string;
}

export interface MapSchema extends SchemaBase {
  readonly type: 'map';
  readonly values: Schema;
  readonly mapType: 'granular' | 'atomic';
}

export interface ListSchema extends SchemaBase {
  readonly type: 'list';
  readonly items: Schema;
  readonly listType: 'atomic' | 'set' | 'map';
  /** Key fields of a `map` list, in order. */
  readonly mapKeys: readonly string[];
}

export interface ScalarSchema extends SchemaBase {
  readonly type:
    | 'string'
    | 'int32'
    | 'int64'
    | 'double'
    | 'boolean'
    | 'bytes'
    | 'time'
    | 'microTime'
    | 'duration'
    | 'quantity'
    | 'intOrString'
    | 'any';
  readonly enum?: readonly string[];
  /** Of `any`: the documents say that it is an object. */
  readonly isObject?: true;
  /** Of `any`: it is an object of this schema, or else a list of them, a boolean or a list of strings. */
  readonly alternative?: { readonly schema: () => ObjectSchema; readonly to: 'list' | 'boolean' | 'strings' };
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Named schemas, compiled when first asked for. */
export interface SchemaSource {
  /** @throws Error if there is no definition of that name */
  get(name: string): Schema;
  has(name: string): boolean;
}
