import { declareFunction, type FunctionDeclaration, type Overloads } from '../check/declarations.ts';
import { add, arithmetic, comparison, convert, negate, not, size } from '../runtime/operations.ts';
import { type ZonedTime, zonedTime } from '../runtime/time.ts';
import { type Duration, type Timestamp, TypeValue, typeName, type Value } from '../runtime/values.ts';
import { compileRegex } from './regex.ts';

/** The functions and operators of the CEL specification. */
export function standardLibrary(): FunctionDeclaration[] {
  return [...logic(), ...arithmeticOperators(), ...comparisons(), ...aggregates(), ...conversions(), ...strings(), ...times()];
}

function logic(): FunctionDeclaration[] {
  return [
    declareFunction('_?_:_', { conditional: '(bool, A, A): A' }),
    declareFunction('_&&_', { logical_and: '(bool, bool): bool' }),
    declareFunction('_||_', { logical_or: '(bool, bool): bool' }),
    declareFunction('!_', { logical_not: '(bool): bool' }, { apply: not }),
    declareFunction('@not_strictly_false', { not_strictly_false: '(bool): bool' }),
    declareFunction('_==_', { equals: '(A, A): bool' }),
    declareFunction('_!=_', { not_equals: '(A, A): bool' }),
  ];
}

function arithmeticOperators(): FunctionDeclaration[] {
  return [
    declareFunction(
      '_+_',
      {
        add_bytes: '(bytes, bytes): bytes',
        add_double: '(double, double): double',
        add_duration_duration: '(duration, duration): duration',
        add_duration_timestamp: '(duration, timestamp): timestamp',
        add_timestamp_duration: '(timestamp, duration): timestamp',
        add_int64: '(int, int): int',
        add_list: '(list(A), list(A)): list(A)',
        add_string: '(string, string): string',
        add_uint64: '(uint, uint): uint',
      },
      { apply: add },
    ),
    declareFunction(
      '_/_',
      { divide_double: '(double, double): double', divide_int64: '(int, int): int', divide_uint64: '(uint, uint): uint' },
      { apply: arithmetic('/') },
    ),
    declareFunction('_%_', { modulo_int64: '(int, int): int', modulo_uint64: '(uint, uint): uint' }, { apply: arithmetic('%') }),
    declareFunction(
      '_*_',
      { multiply_double: '(double, double): double', multiply_int64: '(int, int): int', multiply_uint64: '(uint, uint): uint' },
      { apply: arithmetic('*') },
    ),
    declareFunction('-_', { negate_double: '(double): double', negate_int64: '(int): int' }, { apply: negate }),
    declareFunction(
      '_-_',
      {
        subtract_double: '(double, double): double',
        subtract_duration_duration: '(duration, duration): duration',
        subtract_int64: '(int, int): int',
        subtract_timestamp_duration: '(timestamp, duration): timestamp',
        subtract_timestamp_timestamp: '(timestamp, timestamp): duration',
        subtract_uint64: '(uint, uint): uint',
      },
      { apply: arithmetic('-') },
    ),
  ];
}

function comparisons(): FunctionDeclaration[] {
  const names = {
    int64: 'int',
    uint64: 'uint',
    double: 'double',
    bool: 'bool',
    string: 'string',
    bytes: 'bytes',
    timestamp: 'timestamp',
    duration: 'duration',
  };
  const order = [
    'bool',
    'int64',
    'int64_double',
    'int64_uint64',
    'uint64',
    'uint64_double',
    'uint64_int64',
    'double',
    'double_int64',
    'double_uint64',
    'string',
    'bytes',
    'timestamp',
    'duration',
  ];
  const overloads = (prefix: string): Overloads =>
    Object.fromEntries(
      order.map((pair) => {
        const [left, right = left] = pair.split('_') as [keyof typeof names, (keyof typeof names)?];
        return [`${prefix}_${pair}`, `(${names[left]}, ${names[right!]}): bool`];
      }),
    );
  return [
    declareFunction('_<_', overloads('less'), { apply: comparison('_<_', (c) => c < 0) }),
    declareFunction('_<=_', overloads('less_equals'), { apply: comparison('_<=_', (c) => c <= 0) }),
    declareFunction('_>_', overloads('greater'), { apply: comparison('_>_', (c) => c > 0) }),
    declareFunction('_>=_', overloads('greater_equals'), { apply: comparison('_>=_', (c) => c >= 0) }),
  ];
}

function aggregates(): FunctionDeclaration[] {
  return [
    declareFunction('_[_]', {
      index_list: '(list(A), int): A',
      index_map: '(map(A, B), A): B',
      optional_list_index_int: '(optional(list(V)), int): optional(V)',
      optional_map_index_value: '(optional(map(K, V)), K): optional(V)',
    }),
    declareFunction('@in', { in_list: '(A, list(A)): bool', in_map: '(A, map(A, B)): bool' }),
    declareFunction(
      'size',
      {
        size_bytes: '(bytes): int',
        bytes_size: 'bytes.(): int',
        size_list: '(list(A)): int',
        list_size: 'list(A).(): int',
        size_map: '(map(A, B)): int',
        map_size: 'map(A, B).(): int',
        size_string: '(string): int',
        string_size: 'string.(): int',
      },
      { apply: size },
    ),
  ];
}

function conversions(): FunctionDeclaration[] {
  const to = (name: string) => (value: Value) => convert(value, name);
  const function_ = (name: string, from: Record<string, string>) =>
    declareFunction(name, Object.fromEntries(Object.entries(from).map(([id, type]) => [id, [`(${type}): ${name}`, to(name)] as const])));
  return [
    declareFunction('type', { type: ['(A): type(A)', (value: Value) => new TypeValue(typeName(value))] }),
    declareFunction('dyn', { to_dyn: ['(A): dyn', (value: Value) => value] }),
    function_('bool', { bool_to_bool: 'bool', string_to_bool: 'string' }),
    function_('bytes', { bytes_to_bytes: 'bytes', string_to_bytes: 'string' }),
    function_('double', { double_to_double: 'double', int64_to_double: 'int', string_to_double: 'string', uint64_to_double: 'uint' }),
    function_('duration', { duration_to_duration: 'duration', int64_to_duration: 'int', string_to_duration: 'string' }),
    function_('int', {
      int64_to_int64: 'int',
      double_to_int64: 'double',
      duration_to_int64: 'duration',
      string_to_int64: 'string',
      timestamp_to_int64: 'timestamp',
      uint64_to_int64: 'uint',
    }),
    function_('string', {
      string_to_string: 'string',
      bool_to_string: 'bool',
      bytes_to_string: 'bytes',
      double_to_string: 'double',
      duration_to_string: 'duration',
      int64_to_string: 'int',
      timestamp_to_string: 'timestamp',
      uint64_to_string: 'uint',
    }),
    function_('timestamp', { timestamp_to_timestamp: 'timestamp', int64_to_timestamp: 'int', string_to_timestamp: 'string' }),
    function_('uint', { uint64_to_uint64: 'uint', double_to_uint64: 'double', int64_to_uint64: 'int', string_to_uint64: 'string' }),
  ];
}

function strings(): FunctionDeclaration[] {
  const matches = (text: string, pattern: string) => compileRegex(pattern).test(text);
  return [
    declareFunction('contains', { contains_string: ['string.(string): bool', (text: string, part: string) => text.includes(part)] }),
    declareFunction('endsWith', { ends_with_string: ['string.(string): bool', (text: string, end: string) => text.endsWith(end)] }),
    declareFunction('startsWith', {
      starts_with_string: ['string.(string): bool', (text: string, start: string) => text.startsWith(start)],
    }),
    declareFunction('matches', { matches: ['(string, string): bool', matches], matches_string: ['string.(string): bool', matches] }),
  ];
}

function times(): FunctionDeclaration[] {
  const part = (name: string, id: string, read: (time: ZonedTime) => number, ofDuration?: readonly [id: string, unit: bigint]) => {
    const withZone = id === 'seconds' ? 'timestamp_to_seconds_tz' : `timestamp_to_${id}_with_tz`;
    return declareFunction(name, {
      [`timestamp_to_${id}`]: ['timestamp.(): int', (time: Timestamp) => BigInt(read(zonedTime(time)))],
      [withZone]: ['timestamp.(string): int', (time: Timestamp, zone: string) => BigInt(read(zonedTime(time, zone)))],
      ...(ofDuration && {
        [ofDuration[0]]: ['duration.(): int', ({ nanoseconds }: Duration) => nanoseconds / ofDuration[1]] as const,
      }),
    });
  };
  return [
    part('getFullYear', 'year', (time) => time.year),
    part('getMonth', 'month', (time) => time.month),
    part('getDayOfYear', 'day_of_year', (time) => time.dayOfYear),
    part('getDayOfMonth', 'day_of_month', (time) => time.day - 1),
    part('getDate', 'day_of_month_1_based', (time) => time.day),
    part('getDayOfWeek', 'day_of_week', (time) => time.weekday),
    part('getHours', 'hours', (time) => time.hours, ['duration_to_hours', 3_600_000_000_000n]),
    part('getMinutes', 'minutes', (time) => time.minutes, ['duration_to_minutes', 60_000_000_000n]),
    part('getSeconds', 'seconds', (time) => time.seconds, ['duration_to_seconds', 1_000_000_000n]),
    part('getMilliseconds', 'milliseconds', (time) => time.milliseconds, ['duration_to_milliseconds', 1_000_000n]),
  ];
}
