export type TypeKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'parameter'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'uint'
  | 'function';

/** A type as the checker sees it. Compare with `sameType`, print with `printType`. */
export interface CelType {
  readonly kind: TypeKind;
  /** For a struct, an opaque type and a type parameter its own name. */
  readonly name: string;
  readonly parameters: readonly CelType[];
  /** A wrapper of protobuf: the type itself, or null. */
  readonly nullable?: true;
}

function simple(kind: TypeKind, name: string = kind): CelType {
  return { kind, name, parameters: [] };
}

export const anyType = simple('any', 'google.protobuf.Any');
export const boolType = simple('bool');
export const bytesType = simple('bytes');
export const doubleType = simple('double');
export const durationType = simple('duration', 'google.protobuf.Duration');
export const dynType = simple('dyn');
export const errorType = simple('error');
export const intType = simple('int');
export const nullType = simple('null', 'null_type');
export const stringType = simple('string');
export const timestampType = simple('timestamp', 'google.protobuf.Timestamp');
export const uintType = simple('uint');
export const typeType = simple('type');

export function listType(element: CelType): CelType {
  return { kind: 'list', name: 'list', parameters: [element] };
}

export function mapType(key: CelType, value: CelType): CelType {
  return { kind: 'map', name: 'map', parameters: [key, value] };
}

export function optionalType(value: CelType): CelType {
  return { kind: 'opaque', name: 'optional_type', parameters: [value] };
}

export function opaqueType(name: string): CelType {
  return simple('opaque', name);
}

export function structType(name: string): CelType {
  return simple('struct', name);
}

/** The type of a type, such as that of the identifier `int`. */
export function typeOf(type: CelType): CelType {
  return { kind: 'type', name: 'type', parameters: [type] };
}

/** What a wrapper of protobuf, such as google.protobuf.Int64Value, is to the checker. */
export function wrapperType(type: CelType): CelType {
  return { ...type, nullable: true };
}

export function parameterType(name: string): CelType {
  return simple('parameter', name);
}

export function isOptional(type: CelType): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

export function isDyn(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'any';
}

export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.parameters.length !== b.parameters.length) return false;
  return a.parameters.every((parameter, i) => sameType(parameter, b.parameters[i]!));
}

const printedKinds: Partial<Record<TypeKind, string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
};

/** As cel-go's checker prints a type in its messages. */
export function printType(type: CelType): string {
  return printedKinds[type.kind] ?? printParameters(type, printType);
}

/** A type's full name, as in "must evaluate to bool but got map(dyn, dyn)". */
export function declaredName(type: CelType): string {
  return printParameters(type, declaredName);
}

function printParameters(type: CelType, print: (type: CelType) => string): string {
  if (type.nullable) return `wrapper(${type.name})`;
  return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(print).join(', ')})`;
}

/** As messages show the arguments of a call: `(int, string)` or, for a member call, `string.(int)`. */
export function printArguments(types: readonly CelType[], member: boolean): string {
  const target = member ? `${printType(types[0]!)}.` : '';
  return `${target}(${types
    .slice(member ? 1 : 0)
    .map(printType)
    .join(', ')})`;
}
