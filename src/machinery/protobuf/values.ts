import { jsonText } from '../../../api/meta/json-text.ts';
import { readJson } from '../schema/json-numbers.ts';
import type { ProtobufReader } from './reader.ts';
import { ProtobufError, wrongWireType } from './reader.ts';
import { secondsOf, timeOf } from './timestamps.ts';
import type { ProtobufWriter } from './writer.ts';

/** How one value stands in protobuf. */
export interface ValueCodec {
  readonly wireType: 0 | 1 | 2;
  /** Writes the value with its length, without its tag. */
  write(writer: ProtobufWriter, value: any): void;
  read(reader: ProtobufReader): unknown;
  /** What Go's JSON shows for a field of this type that was never set; null for times and nil slices, undefined for a message to be made. */
  readonly zero: unknown;
}

const string: ValueCodec = {
  wireType: 2,
  write: (writer, value) => writer.string(value),
  read: (reader) => reader.string(),
  zero: '',
};

const integer: ValueCodec = {
  wireType: 0,
  write: (writer, value) => writer.integer(value),
  read: (reader) => reader.integer(),
  zero: 0,
};

const integer32: ValueCodec = { ...integer, read: (reader) => reader.integer32() };

const boolean: ValueCodec = {
  wireType: 0,
  write: (writer, value) => writer.boolean(value),
  read: (reader) => reader.boolean(),
  zero: false,
};

const double: ValueCodec = {
  wireType: 1,
  write: (writer, value) => writer.double(value),
  read: (reader) => reader.double(),
  zero: 0,
};

const bytes: ValueCodec = {
  wireType: 2,
  write: (writer, value) => writer.bytes(Buffer.from(value, 'base64')),
  read: (reader) => reader.bytes().toString('base64'),
  zero: null,
};

export const scalarCodecs: Readonly<Record<string, ValueCodec>> = {
  string,
  int32: integer32,
  int64: integer,
  boolean,
  double,
  bytes,
};

/** The fields of a message by their numbers, as Go's error messages name them. */
type KnownFields = Readonly<Record<number, readonly [name: string, wireType: 0 | 1 | 2]>>;

/** Reads a length-delimited message field by field; what is not known is skipped. */
function readFields(reader: ProtobufReader, message: string, fields: KnownFields, read: (number: number) => void): void {
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag(message);
    const number = tag >>> 3;
    const wireType = tag & 7;
    const field = fields[number];
    if (field === undefined) reader.skip(wireType);
    else if (field[1] === wireType) read(number);
    else throw wrongWireType(wireType, field[0]);
  }
  reader.leave(outer);
}

const timestamp: KnownFields = { 1: ['Seconds', 0], 2: ['Nanos', 0] };

/** `Timestamp {seconds = 1, nanos = 2}`; the zero time, JSON's null, is an empty message. */
function time(micros: boolean): ValueCodec {
  return {
    wireType: 2,
    write(writer, value) {
      const mark = writer.open();
      if (value !== null) {
        const { seconds, nanos } = secondsOf(value);
        writer.integer(micros ? nanos : 0);
        writer.unsigned(0x10);
        writer.integer(seconds);
        writer.unsigned(0x08);
      }
      writer.close(mark);
    },
    read(reader) {
      let seconds: number | undefined;
      let nanos = 0;
      readFields(reader, 'Timestamp', timestamp, (number) => {
        if (number === 1) seconds = Number(reader.integer());
        else nanos = reader.integer32();
      });
      return seconds === undefined ? null : timeOf(seconds, nanos, micros);
    },
    zero: null,
  };
}

/** A message whose only content is one value in field 1: Quantity's string, the raw JSON of RawExtension, FieldsV1 and JSON. */
function wrapping(
  message: string,
  field: string,
  write: (writer: ProtobufWriter, value: any) => void,
  read: (reader: ProtobufReader) => unknown,
  zero: unknown,
): ValueCodec {
  const fields: KnownFields = { 1: [field, 2] };
  return {
    wireType: 2,
    write(writer, value) {
      const mark = writer.open();
      if (value !== null && value !== undefined) {
        write(writer, value);
        writer.unsigned(0x0a);
      }
      writer.close(mark);
    },
    read(reader) {
      let value = zero;
      readFields(reader, message, fields, () => {
        value = read(reader);
      });
      return value;
    },
    zero,
  };
}

const rawJson = (message: string) =>
  wrapping(
    message,
    'Raw',
    (writer, value) => writer.string(jsonText(value)),
    (reader) => parseJson(reader.bytes()),
    null,
  );

function parseJson(raw: Buffer): unknown {
  if (raw.length === 0) return null;
  try {
    return readJson(raw.toString('utf8'));
  } catch (error) {
    throw new ProtobufError(`raw JSON is malformed: ${(error as Error).message}`);
  }
}

const intOrStringFields: KnownFields = { 1: ['Type', 0], 2: ['IntVal', 0], 3: ['StrVal', 2] };

/** `IntOrString {type = 1, intVal = 2, strVal = 3}`, all always written. */
const intOrString: ValueCodec = {
  wireType: 2,
  write(writer, value) {
    const isString = typeof value === 'string';
    const mark = writer.open();
    writer.string(isString ? value : '');
    writer.unsigned(0x1a);
    writer.integer(isString ? 0 : value);
    writer.unsigned(0x10);
    writer.unsigned(isString ? 1 : 0);
    writer.unsigned(0x08);
    writer.close(mark);
  },
  read(reader) {
    let isString = false;
    let number = 0;
    let text = '';
    readFields(reader, 'IntOrString', intOrStringFields, (field) => {
      if (field === 1) isString = reader.integer() === 1;
      else if (field === 2) number = reader.integer32();
      else text = reader.string();
    });
    return isString ? text : number;
  },
  zero: 0,
};

/** A slice that is a message of its own, with the items in field 1: `Verbs`, `ExtraValue`. */
export const wrappedStrings: ValueCodec = {
  wireType: 2,
  write(writer, value: readonly string[] | null) {
    const mark = writer.open();
    for (let index = (value?.length ?? 0) - 1; index >= 0; index--) {
      writer.string(value![index]!);
      writer.unsigned(0x0a);
    }
    writer.close(mark);
  },
  read(reader) {
    const items: string[] = [];
    readFields(reader, 'ExtraValue', { 1: ['Items', 2] }, () => items.push(reader.string()));
    return items;
  },
  zero: null,
};

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Definitions with an encoding of their own. */
export const specialCodecs: Readonly<Record<string, ValueCodec>> = {
  [`${meta}.Time`]: time(false),
  [`${meta}.MicroTime`]: time(true),
  [`${meta}.FieldsV1`]: rawJson('FieldsV1'),
  'io.k8s.apimachinery.pkg.runtime.RawExtension': rawJson('RawExtension'),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': rawJson('JSON'),
  'io.k8s.apimachinery.pkg.api.resource.Quantity': wrapping(
    'Quantity',
    'String_',
    (writer, value) => writer.string(String(value)),
    (reader) => reader.string(),
    '0',
  ),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': intOrString,
};

/** `JSONSchemaPropsOrBool` and its like: a schema in one field, or the other thing in another. */
export function schemaOr(kind: 'Bool' | 'Array' | 'StringArray', schema: ValueCodec): ValueCodec {
  const alternative = schemaAlternatives[kind];
  return {
    wireType: 2,
    write(writer, value) {
      const mark = writer.open();
      const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!isSchema) alternative.write(writer, value, schema);
      else {
        if (kind === 'Bool') writeSchema(writer, 0x12, value, schema);
        else writeSchema(writer, 0x0a, value, schema);
        if (kind === 'Bool') alternative.write(writer, true, schema);
      }
      writer.close(mark);
    },
    read(reader) {
      const schemaNumber = kind === 'Bool' ? 2 : 1;
      let found: unknown;
      let other: unknown = kind === 'Bool' ? false : null;
      readFields(reader, `JSONSchemaPropsOr${kind}`, alternative.fields, (number) => {
        if (number === schemaNumber) found = schema.read(reader);
        else other = alternative.read(reader, other, schema);
      });
      return Array.isArray(other) || found === undefined ? other : found;
    },
    zero: kind === 'Bool' ? false : null,
  };
}

function writeSchema(writer: ProtobufWriter, tag: number, value: unknown, schema: ValueCodec): void {
  schema.write(writer, value);
  writer.unsigned(tag);
}

interface SchemaAlternative {
  readonly fields: KnownFields;
  write(writer: ProtobufWriter, value: any, schema: ValueCodec): void;
  read(reader: ProtobufReader, before: any, schema: ValueCodec): unknown;
}

const schemaAlternatives: Readonly<Record<'Bool' | 'Array' | 'StringArray', SchemaAlternative>> = {
  Bool: {
    fields: { 1: ['Allows', 0], 2: ['Schema', 2] },
    write(writer, value) {
      writer.boolean(value === true);
      writer.unsigned(0x08);
    },
    read: (reader) => reader.boolean(),
  },
  Array: {
    fields: { 1: ['Schema', 2], 2: ['JSONSchemas', 2] },
    write(writer, value, schema) {
      for (const item of [...(value ?? [])].reverse()) writeSchema(writer, 0x12, item, schema);
    },
    read: (reader, before, schema) => [...(before ?? []), schema.read(reader)],
  },
  StringArray: {
    fields: { 1: ['Schema', 2], 2: ['Property', 2] },
    write(writer, value) {
      for (const item of [...(value ?? [])].reverse()) writeSchema(writer, 0x12, item, string);
    },
    read: (reader, before) => [...(before ?? []), reader.string()],
  },
};
