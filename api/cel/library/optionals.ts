import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { CelError } from '../runtime/errors.ts';
import { ArrayList, Duration, ListValue, MapValue, Optional, Timestamp, typeName, Uint, type Value } from '../runtime/values.ts';

/** Values that may be absent: `optional.of(x)`, `a.?b`, `a[?b]`. */
export function optionalLibrary(): FunctionDeclaration[] {
  return [
    declareFunction('optional.of', { optional_of: ['(V): optional(V)', (value: Value) => new Optional(value)] }),
    declareFunction('optional.ofNonZeroValue', {
      optional_ofNonZeroValue: ['(V): optional(V)', (value: Value) => (isZero(value) ? Optional.none : new Optional(value))],
    }),
    declareFunction('optional.none', { optional_none: ['(): optional(V)', () => Optional.none] }),
    declareFunction('value', {
      optional_value: [
        'optional(V).(): V',
        ({ value }: Optional) => {
          if (value === undefined) throw new CelError('optional.none() dereference');
          return value;
        },
      ],
    }),
    declareFunction('hasValue', { optional_hasValue: ['optional(V).(): bool', ({ value }: Optional) => value !== undefined] }),
    declareFunction('or', { optional_or_optional: 'optional(V).(optional(V)): optional(V)' }),
    declareFunction('orValue', { optional_orValue_value: 'optional(V).(V): V' }),
    declareFunction('_?._', { select_optional_field: '(dyn, string): optional(V)' }),
    declareFunction('_[?_]', {
      list_optindex_optional_int: '(list(V), int): optional(V)',
      optional_list_optindex_optional_int: '(optional(list(V)), int): optional(V)',
      map_optindex_optional_value: '(map(K, V), K): optional(V)',
      optional_map_optindex_optional_value: '(optional(map(K, V)), K): optional(V)',
    }),
    declareFunction('last', {
      list_last: ['list(V).(): optional(V)', (list: ListValue) => (list.size === 0 ? Optional.none : new Optional(list.at(list.size - 1)))],
    }),
    declareFunction('first', {
      list_first: ['list(V).(): optional(V)', (list: ListValue) => (list.size === 0 ? Optional.none : new Optional(list.at(0)))],
    }),
    declareFunction('optional.unwrap', { optional_unwrap: ['(list(optional(V))): list(V)', unwrap] }),
    declareFunction('unwrapOpt', { optional_unwrapOpt: ['list(optional(V)).(): list(V)', unwrap] }),
  ];
}

function unwrap(list: ListValue): Value {
  const values: Value[] = [];
  for (const element of list) {
    if (!(element instanceof Optional)) throw new CelError(`value ${typeName(element)} is not optional`);
    if (element.value !== undefined) values.push(element.value);
  }
  return new ArrayList(values);
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof ListValue || value instanceof MapValue) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  // Go's zero time is the year 1.
  if (value instanceof Timestamp) return value.nanoseconds === -62_135_596_800_000_000_000n;
  return value instanceof Optional && value.value === undefined;
}
