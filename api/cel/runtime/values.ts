import type { CelType } from '../check/types.ts';

/**
 * A value at run time: int is a bigint, double a number; bool, string, null and bytes are JavaScript's own; everything else is a class.
 * Errors are thrown (errors.ts), never values.
 */
export type Value = LiteralValue | Timestamp | Duration | ListValue | MapValue | Optional | TypeValue | OpaqueValue;

export type LiteralValue = boolean | bigint | number | string | null | Uint8Array | Uint;

export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** An instant: nanoseconds since the epoch. Of a text with an offset it keeps that, which counts only when it is printed. */
export class Timestamp {
  readonly nanoseconds: bigint;
  /** Minutes east of UTC. */
  readonly offset: number;

  constructor(nanoseconds: bigint, offset = 0) {
    this.nanoseconds = nanoseconds;
    this.offset = offset;
  }
}

/** A span of time in nanoseconds. */
export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** A type as a value, such as type(1) or int. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A list; how it compares and joins depends on the schema where it has one. */
export abstract class ListValue implements Iterable<Value> {
  abstract readonly size: number;
  /** @param index within the size */
  abstract at(index: number): Value;
  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }
}

export class ArrayList extends ListValue {
  readonly elements: readonly Value[];

  constructor(elements: readonly Value[]) {
    super();
    this.elements = elements;
  }
  get size(): number {
    return this.elements.length;
  }
  at(index: number): Value {
    return this.elements[index]!;
  }
}

export abstract class MapValue {
  abstract readonly size: number;
  /** @returns undefined when the map has no such key */
  abstract find(key: Value): Value | undefined;
  /** Whether `in` finds the key. */
  has(key: Value): boolean {
    return this.find(key) !== undefined;
  }
  abstract keys(): Iterable<Value>;
  /** What type() says of it. */
  get typeName(): string {
    return 'map';
  }
}

/** A value of a type that only its own functions look into. */
export abstract class OpaqueValue {
  abstract readonly type: CelType;
  abstract equals(other: Value): boolean;
}

/** The name of a value's type, as type() gives it and "no such overload" tells it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
  }
  if (value === null) return 'null_type';
  if (value instanceof ListValue) return 'list';
  if (value instanceof MapValue) return value.typeName;
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  return (value as OpaqueValue).type.name;
}
