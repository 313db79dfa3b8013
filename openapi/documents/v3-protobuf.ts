import {
  always,
  any,
  boolean,
  double,
  encodeDocument,
  externalDocs,
  inside,
  integer,
  type Message,
  named,
  repeated,
  schemaOrBoolean,
  string,
  strings,
  submessage,
  type Write,
} from './gnostic.ts';
import type { Json } from './print-definition.ts';

/** Encodes a v3 document in the protobuf form of gnostic's `openapi.v3.Document`. */
export function encodeOpenAPIV3(document: Json): Uint8Array {
  return encodeDocument(messages.document, document);
}

/** Something, or what it is called elsewhere: one of two fields. */
function orReference(message: () => Message): Write {
  const own = submessage(message);
  return (writer, number, value: Json) => {
    if (value['$ref'] !== undefined) inside(2, reference)(writer, number, value);
    else inside(1, own)(writer, number, value);
  };
}

const reference = submessage(() => ({ fields: { $ref: [1, string] } }));
const operation = submessage(() => messages.operation);
const schema = orReference(() => messages.schema);
const mapOf = (write: Write) => inside(1, named(write));
const content = mapOf(submessage(() => ({ fields: { schema: [1, schema], example: [2, any] }, extensions: 5 })));
const parameters = repeated(orReference(() => messages.parameter));

/** Lists and objects are no default that the message knows: it stays empty. */
const defaultValue: Write = (writer, number, value: unknown) => {
  const inner: Readonly<Record<string, readonly [number, Write]>> = {
    number: [1, always.double],
    boolean: [2, always.boolean],
    string: [3, always.string],
  };
  const [field, write] = inner[typeof value] ?? [0, () => {}];
  inside(field, write)(writer, number, value);
};

type MessageName =
  | 'document'
  | 'info'
  | 'components'
  | 'pathItem'
  | 'operation'
  | 'parameter'
  | 'requestBody'
  | 'response'
  | 'schema'
  | 'securityScheme';

const messages: Record<MessageName, Message> = {
  document: {
    fields: {
      openapi: [1, string],
      info: [2, submessage(() => messages.info)],
      paths: [4, mapOf(submessage(() => messages.pathItem))],
      components: [5, submessage(() => messages.components)],
      externalDocs: [8, externalDocs],
    },
    extensions: 9,
  },
  info: { fields: { title: [1, string], description: [2, string], termsOfService: [3, string], version: [6, string] }, extensions: 7 },
  components: {
    fields: { schemas: [1, mapOf(schema)], securitySchemes: [7, mapOf(orReference(() => messages.securityScheme))] },
    extensions: 10,
  },
  pathItem: {
    fields: {
      summary: [2, string],
      description: [3, string],
      get: [4, operation],
      put: [5, operation],
      post: [6, operation],
      delete: [7, operation],
      options: [8, operation],
      head: [9, operation],
      patch: [10, operation],
      parameters: [13, parameters],
    },
    extensions: 14,
  },
  operation: {
    fields: {
      tags: [1, strings],
      summary: [2, string],
      description: [3, string],
      externalDocs: [4, externalDocs],
      operationId: [5, string],
      parameters: [6, parameters],
      requestBody: [7, orReference(() => messages.requestBody)],
      responses: [8, inside(2, named(orReference(() => messages.response)))],
      deprecated: [10, boolean],
    },
    extensions: 13,
  },
  parameter: {
    fields: {
      name: [1, string],
      in: [2, string],
      description: [3, string],
      required: [4, boolean],
      deprecated: [5, boolean],
      allowEmptyValue: [6, boolean],
      style: [7, string],
      explode: [8, boolean],
      allowReserved: [9, boolean],
      schema: [10, schema],
      example: [11, any],
      content: [13, content],
    },
    extensions: 14,
  },
  requestBody: { fields: { description: [1, string], content: [2, content], required: [3, boolean] }, extensions: 4 },
  response: { fields: { description: [1, string], content: [3, content] }, extensions: 5 },
  securityScheme: {
    fields: {
      type: [1, string],
      description: [2, string],
      name: [3, string],
      in: [4, string],
      scheme: [5, string],
      bearerFormat: [6, string],
      openIdConnectUrl: [8, string],
    },
    extensions: 9,
  },
  schema: {
    fields: {
      nullable: [1, boolean],
      readOnly: [3, boolean],
      writeOnly: [4, boolean],
      externalDocs: [6, externalDocs],
      example: [7, any],
      deprecated: [8, boolean],
      title: [9, string],
      multipleOf: [10, double],
      maximum: [11, double],
      exclusiveMaximum: [12, boolean],
      minimum: [13, double],
      exclusiveMinimum: [14, boolean],
      maxLength: [15, integer],
      minLength: [16, integer],
      pattern: [17, string],
      maxItems: [18, integer],
      minItems: [19, integer],
      uniqueItems: [20, boolean],
      maxProperties: [21, integer],
      minProperties: [22, integer],
      required: [23, strings],
      enum: [24, repeated(any)],
      type: [25, string],
      allOf: [26, repeated(schema)],
      oneOf: [27, repeated(schema)],
      anyOf: [28, repeated(schema)],
      not: [29, submessage(() => messages.schema)],
      items: [30, inside(1, schema)],
      properties: [31, mapOf(schema)],
      additionalProperties: [32, schemaOrBoolean(schema)],
      default: [33, defaultValue],
      description: [34, string],
      format: [35, string],
    },
    extensions: 36,
  },
};
