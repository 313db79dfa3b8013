import protobuf from 'protobufjs';
import type { Json } from './print-definition.ts';

type Writer = protobuf.Writer;

/** The media type under which kubectl before 1.28 asks for `/openapi/v2`. */
export const openAPIV2ProtobufType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** Encodes a v2 document in the protobuf form of gnostic's `openapi.v2.Document`. */
export function encodeOpenAPIV2(document: Json): Uint8Array {
  const writer = protobuf.Writer.create();
  writeFields(writer, messages.document, document);
  return writer.finish();
}

/** How a property of the JSON form is written: a field number and a writer of its value. */
type FieldWriters = Readonly<Record<string, readonly [number: number, write: (writer: Writer, number: number, value: any) => void]>>;

interface Message {
  readonly fields: FieldWriters;
  /** Number of the repeated field for `x-…` properties. */
  readonly extensions?: number;
}

function writeFields(writer: Writer, message: Message, value: Json): void {
  for (const [key, content] of Object.entries(value)) {
    const field = message.fields[key];
    if (field !== undefined) field[1](writer, field[0], content);
    else if (message.extensions !== undefined && key.startsWith('x-')) named(any)(writer, message.extensions, { [key]: content });
    else throw new Error(`No protobuf field is known for ${key}.`);
  }
}

const string = (writer: Writer, number: number, value: string): void => {
  writer.uint32((number << 3) | 2).string(value);
};
const boolean = (writer: Writer, number: number, value: boolean): void => {
  writer.uint32(number << 3).bool(value);
};
const strings = (writer: Writer, number: number, values: readonly string[]): void => {
  for (const value of values) string(writer, number, value);
};

/** A sub-message. The message is a function because messages refer to each other. */
function submessage(message: () => Message) {
  return (writer: Writer, number: number, value: Json): void => {
    writer.uint32((number << 3) | 2).fork();
    writeFields(writer, message(), value);
    writer.ldelim();
  };
}

/** A sub-message that only holds one field. */
function inside(number: number, write: (writer: Writer, number: number, value: any) => void) {
  return (writer: Writer, outer: number, value: unknown): void => {
    writer.uint32((outer << 3) | 2).fork();
    write(writer, number, value);
    writer.ldelim();
  };
}

/** The entries of a map as repeated `{name = 1, value = 2}`. */
function named(write: (writer: Writer, number: number, value: any) => void) {
  return (writer: Writer, number: number, entries: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(entries)) {
      writer.uint32((number << 3) | 2).fork();
      string(writer, 1, name);
      write(writer, 2, value);
      writer.ldelim();
    }
  };
}

function repeated(write: (writer: Writer, number: number, value: any) => void) {
  return (writer: Writer, number: number, values: readonly unknown[]): void => {
    for (const value of values) write(writer, number, value);
  };
}

/** gnostic keeps what it does not model as YAML, of which JSON is a part. */
const any = (writer: Writer, number: number, value: unknown): void => inside(2, string)(writer, number, `${JSON.stringify(value)}\n`);

const schema = submessage(() => messages.schema);

const parameterFields: Readonly<Record<'path' | 'query', Message>> = {
  query: {
    fields: {
      required: [1, boolean],
      in: [2, string],
      description: [3, string],
      name: [4, string],
      type: [6, string],
      uniqueItems: [20, boolean],
    },
  },
  path: {
    fields: {
      required: [1, boolean],
      in: [2, string],
      description: [3, string],
      name: [4, string],
      type: [5, string],
      uniqueItems: [19, boolean],
    },
  },
};

const bodyParameter = submessage(() => messages.bodyParameter);

/** `Parameter`: a body, or one of the other places. */
const parameter = (writer: Writer, number: number, value: Json): void => {
  if (value['in'] === 'body') return inside(1, bodyParameter)(writer, number, value);
  const isPath = value['in'] === 'path';
  const place = inside(
    isPath ? 4 : 3,
    submessage(() => parameterFields[isPath ? 'path' : 'query']),
  );
  inside(2, place)(writer, number, value);
};

/** `ParametersItem`: a parameter or a reference to one. */
const parameterItem = (writer: Writer, number: number, value: Json): void => {
  if (value['$ref'] !== undefined) inside(2, inside(1, string))(writer, number, value['$ref']);
  else inside(1, parameter)(writer, number, value);
};

const messages: Record<'document' | 'pathItem' | 'operation' | 'bodyParameter' | 'schema', Message> = {
  document: {
    fields: {
      swagger: [1, string],
      info: [2, submessage(() => ({ fields: { title: [1, string], version: [2, string] } }))],
      paths: [8, inside(2, (writer, number, paths) => named(submessage(() => messages.pathItem))(writer, number, paths))],
      definitions: [
        9,
        (writer, number, all) => inside(1, (inner, one, entries) => named(schema)(inner, one, entries))(writer, number, all),
      ],
      parameters: [10, inside(1, (writer, number, all) => named(parameter)(writer, number, all))],
      security: [12, repeated(inside(1, (writer, number, all) => named(inside(1, strings))(writer, number, all)))],
      securityDefinitions: [13, inside(1, (writer, number, all) => named(inside(2, apiKey))(writer, number, all))],
    },
  },
  pathItem: {
    fields: {
      get: [2, submessage(() => messages.operation)],
      put: [3, submessage(() => messages.operation)],
      post: [4, submessage(() => messages.operation)],
      delete: [5, submessage(() => messages.operation)],
      options: [6, submessage(() => messages.operation)],
      head: [7, submessage(() => messages.operation)],
      patch: [8, submessage(() => messages.operation)],
      parameters: [9, repeated(parameterItem)],
    },
  },
  operation: {
    fields: {
      tags: [1, strings],
      description: [3, string],
      operationId: [5, string],
      produces: [6, strings],
      consumes: [7, strings],
      parameters: [8, repeated(parameterItem)],
      responses: [9, inside(1, (writer, number, all) => named(inside(1, response))(writer, number, all))],
      schemes: [10, strings],
    },
    extensions: 13,
  },
  bodyParameter: {
    fields: { description: [1, string], name: [2, string], in: [3, string], required: [4, boolean], schema: [5, schema] },
  },
  schema: {
    fields: {
      $ref: [1, string],
      format: [2, string],
      description: [4, string],
      required: [19, strings],
      enum: [20, repeated(any)],
      additionalProperties: [21, inside(1, schema)],
      type: [22, inside(1, string)],
      items: [23, inside(1, schema)],
      properties: [25, inside(1, (writer, number, all) => named(schema)(writer, number, all))],
    },
    extensions: 31,
  },
};

function apiKey(writer: Writer, number: number, value: Json): void {
  submessage(() => ({ fields: { type: [1, string], name: [2, string], in: [3, string], description: [4, string] } }))(
    writer,
    number,
    value,
  );
}

function response(writer: Writer, number: number, value: Json): void {
  submessage(() => ({ fields: { description: [1, string], schema: [2, inside(1, schema)] } }))(writer, number, value);
}
