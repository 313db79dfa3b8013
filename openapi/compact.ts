/** The form of `generated/schemas.json`: short keys, because every process parses it when it starts. */
export type CompactDefinitions = Record<string, CompactDefinition>;

export interface CompactDefinition {
  /** Group, version and kind of a kind of its own. */
  readonly k?: readonly [group: string, version: string, kind: string];
  /** x-kubernetes-map-type. */
  readonly m?: string;
  /** x-kubernetes-unions. */
  readonly u?: readonly unknown[];
  /** The whole schema of a definition without properties. */
  readonly p?: Readonly<Record<string, unknown>>;
  /** Fields in the order of the Go struct. */
  readonly f?: readonly CompactField[];
}

/**
 * Types: `string`, `int32`, `int64`, `double`, `boolean`, `bytes`, `#<definition>`, each after any number of `[]` and `{}`.
 * The number is the protobuf field's; `2.1` is field 1 of the message in field 2 that JSON shows inlined; 0 is not in protobuf.
 */
export type CompactField = readonly [name: string, type: string, number: number | string, bits: number, extras?: CompactExtras];

export interface CompactExtras {
  readonly d?: unknown;
  readonly e?: readonly string[];
  readonly l?: string;
  readonly k?: readonly string[];
  readonly s?: string;
  readonly y?: string;
  readonly m?: string;
}

export const fieldBits = {
  required: 1,
  /** A Go pointer: absent differs from zero. */
  pointer: 2,
  /** Go leaves it out of JSON when empty. */
  omitEmpty: 4,
  omitZero: 8,
  /** The document refers to the type without siblings. */
  bare: 16,
  /** The innermost list is a protobuf message of its own with the items in field 1 (a named Go slice). */
  wrapped: 32,
} as const;
