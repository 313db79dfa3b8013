import type { EnvironmentParts, StructDeclaration } from '../check/environment.ts';
import type { CelType } from '../check/types.ts';
import * as types from '../check/types.ts';
import { equal } from '../runtime/equality.ts';
import { CelError } from '../runtime/errors.ts';
import { LiteralMap } from '../runtime/literal-map.ts';
import { matches } from '../runtime/matches.ts';
import { printValue } from '../runtime/operations.ts';
import { ArrayList, Duration, ListValue, MapValue, OpaqueValue, Timestamp, typeName, Uint, type Value } from '../runtime/values.ts';

/** A field: its type, and what becomes of a value for it, which is known to fit only once the literal is evaluated where it is dynamic. */
interface Field {
  readonly type: CelType;
  /** @throws CelError for a value that does not fit */
  readonly read: (value: Value) => Value;
}

interface Message {
  readonly type: CelType;
  readonly fields: Readonly<Record<string, Field>>;
  readonly make: (fields: ReadonlyMap<string, Value>) => Value;
  /** The name stands in literals only: it is no value, as `google.protobuf.Empty` is one. */
  readonly isNoValue?: true;
}

/** A message that is nothing but its fields. */
class MessageValue extends OpaqueValue {
  readonly type: CelType;
  private readonly fields: ReadonlyMap<string, Value>;

  constructor(type: CelType, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = type;
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof MessageValue) || other.fields.size !== this.fields.size) return false;
    return [...this.fields].every(([name, value]) => other.fields.has(name) && equal(value, other.fields.get(name)!));
  }
}

const whole = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const goNames: Readonly<Record<string, string>> = { double: 'Double', bytes: 'Bytes', null_type: "'null_type'" };

/** A field of one type. @param goType how messages name it @param narrow where the field holds less than the type */
function field(type: CelType, goType: string, narrow: (value: never) => Value = (value) => value): Field {
  return {
    type,
    read(value) {
      if (matches(type, value)) return narrow(value as never);
      const name = typeName(value);
      throw new CelError(
        name === 'int' || name === 'uint'
          ? `unsupported type conversion from '${name}' to ${goType}`
          : name === 'string'
            ? `unsupported native conversion from string to '${goType}'`
            : `type conversion error from ${goNames[name] ?? name} to '${goType}'`,
      );
    },
  };
}

function within(value: bigint, min: bigint, max: bigint, type: string): void {
  if (value < min || value > max) throw new CelError(`${type} overflow`);
}

const int32 = field(types.intType, 'int32', (value: bigint) => {
  within(value, -(2n ** 31n), 2n ** 31n - 1n, 'integer');
  return value;
});
const uint32 = field(types.uintType, 'uint32', (value: Uint) => {
  within(value.value, 0n, 2n ** 32n - 1n, 'unsigned integer');
  return value;
});
const int64 = field(types.intType, 'int64');
const double = field(types.doubleType, 'float64');
const text = field(types.stringType, 'string');
const bytes = field(types.bytesType, '[]uint8');
const json: Field = { type: types.dynType, read: jsonValue };
const jsonList: Field = { type: types.listType(types.dynType), read: jsonValue };
const jsonMap: Field = { type: types.mapType(types.stringType, types.dynType), read: jsonValue };

/** A value in the forms that JSON has, numbers as doubles. @throws CelError for what has none */
function jsonValue(value: Value): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint) return jsonValue(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Duration || value instanceof Timestamp) return printValue(value)!;
  if (value instanceof ListValue) return new ArrayList(Array.from(value, jsonValue));
  if (value instanceof MapValue) return new LiteralMap(Array.from(value.keys(), (key) => [text.read(key), jsonValue(value.find(key)!)]));
  if (value === null || typeof value !== 'object') return value;
  throw new CelError(`type conversion error from '${typeName(value)}' to '*structpb.Value'`);
}

function wrapper(type: CelType, zero: Value, value: Field): Message {
  return { type: types.wrapperType(type), isNoValue: true, fields: { value }, make: (fields) => fields.get('value') ?? zero };
}

const time = { seconds: int64, nanos: int32 };

function nanoseconds(fields: ReadonlyMap<string, Value>): bigint {
  return ((fields.get('seconds') ?? 0n) as bigint) * 1_000_000_000n + ((fields.get('nanos') ?? 0n) as bigint);
}

function plain(name: string, fields: Message['fields']): Message {
  const type = types.structType(name);
  return { type, fields, make: (values) => new MessageValue(type, values) };
}

const one = (fields: ReadonlyMap<string, Value>): Value => [...fields.values()].at(-1) ?? null;

const messages: Readonly<Record<string, Message>> = {
  BoolValue: wrapper(types.boolType, false, field(types.boolType, 'bool')),
  BytesValue: wrapper(types.bytesType, new Uint8Array(), bytes),
  DoubleValue: wrapper(types.doubleType, 0, double),
  FloatValue: wrapper(
    types.doubleType,
    0,
    field(types.doubleType, 'float32', (value: number) => Math.fround(value)),
  ),
  Int32Value: wrapper(types.intType, 0n, int32),
  Int64Value: wrapper(types.intType, 0n, int64),
  StringValue: wrapper(types.stringType, '', text),
  UInt32Value: wrapper(types.uintType, new Uint(0n), uint32),
  UInt64Value: wrapper(types.uintType, new Uint(0n), field(types.uintType, 'uint64')),
  Duration: {
    type: types.durationType,
    fields: time,
    make(fields) {
      const span = nanoseconds(fields);
      return new Duration(span < whole.min ? whole.min : span > whole.max ? whole.max : span);
    },
  },
  Timestamp: { type: types.timestampType, fields: time, make: (fields) => new Timestamp(nanoseconds(fields)) },
  Struct: { type: jsonMap.type, isNoValue: true, fields: { fields: jsonMap }, make: (fields) => fields.get('fields') ?? new LiteralMap() },
  ListValue: {
    type: jsonList.type,
    isNoValue: true,
    fields: { values: jsonList },
    make: (fields) => fields.get('values') ?? new ArrayList([]),
  },
  Value: {
    type: types.dynType,
    isNoValue: true,
    fields: {
      null_value: { type: types.intType, read: () => null },
      number_value: double,
      string_value: text,
      bool_value: field(types.boolType, 'bool'),
      struct_value: jsonMap,
      list_value: jsonList,
    },
    make: one,
  },
  Any: {
    type: types.anyType,
    isNoValue: true,
    fields: { type_url: text, value: bytes },
    make() {
      throw new CelError('unsupported conversion to ref.Val: (*dynamicpb.Message)');
    },
  },
  Empty: plain('google.protobuf.Empty', {}),
  'Struct.FieldsEntry': plain('google.protobuf.Struct.FieldsEntry', { key: text, value: json }),
};

function declaration(name: string, { type, fields, make, isNoValue }: Message): StructDeclaration {
  return {
    type,
    field: (of) => (Object.hasOwn(fields, of) ? fields[of]!.type : undefined),
    isNoValue,
    construct(given) {
      const read = new Map<string, Value>();
      for (const [of, value] of given) {
        try {
          read.set(of, fields[of]!.read(value));
        } catch (error) {
          throw error instanceof CelError
            ? new CelError(`field type conversion error for ${name}.${of} value type: ${error.message}`)
            : error;
        }
      }
      return make(read);
    },
  };
}

const structs = new Map<string, StructDeclaration>(
  Object.entries(messages).map(([name, message]) => [`google.protobuf.${name}`, declaration(`google.protobuf.${name}`, message)]),
);

// Kubernetes finds these types under CEL's own names as well, but has no message of the name when a literal is evaluated.
for (const [name, message] of [
  ['duration', 'Duration'],
  ['timestamp', 'Timestamp'],
] as const) {
  const { type, field } = structs.get(`google.protobuf.${message}`)!;
  structs.set(name, { type, field, isNoValue: true });
}
structs.set('null_type', { type: types.nullType, unresolved: 'google.protobuf.NullValue', field: () => undefined });
const scalars = [types.boolType, types.bytesType, types.doubleType, types.intType, types.stringType, types.uintType];
for (const type of [...scalars, types.listType(types.dynType), types.mapType(types.dynType, types.dynType)])
  structs.set(type.name, { type, field: () => undefined, isNoMessage: true });

/** The messages of protobuf that every environment knows: wrappers, JSON's values, times, Any and Empty. */
export const protobufMessages: EnvironmentParts = {
  structs: { find: (name) => structs.get(name) },
  constants: new Map([['google.protobuf.NullValue.NULL_VALUE', { type: types.intType, value: 0n }]]),
};
