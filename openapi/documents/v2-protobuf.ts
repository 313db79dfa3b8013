import {
  any,
  boolean,
  double,
  encodeDocument,
  externalDocs,
  type FieldWriters,
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
  type Writer,
} from './gnostic.ts';
import type { Json } from './print-definition.ts';

/** Encodes a v2 document in the protobuf form of gnostic's `openapi.v2.Document`, for which kubectl before 1.28 asks. */
export function encodeOpenAPIV2(document: Json): Uint8Array {
  return encodeDocument(messages.document, document);
}

const schema = submessage(() => messages.schema);

/** The facets of a value that is no object, which stand in this order in each message that has them. @param first the number of `type` */
function facets(first: number): FieldWriters {
  const names: [string, Write][] = [
    ['type', string],
    ['format', string],
    ['items', submessage(() => messages.items)],
    ['collectionFormat', string],
    ['default', any],
    ['maximum', double],
    ['exclusiveMaximum', boolean],
    ['minimum', double],
    ['exclusiveMinimum', boolean],
    ['maxLength', integer],
    ['minLength', integer],
    ['pattern', string],
    ['maxItems', integer],
    ['minItems', integer],
    ['uniqueItems', boolean],
    ['enum', repeated(any)],
    ['multipleOf', double],
  ];
  return Object.fromEntries(names.map(([name, write], index) => [name, [first + index, write] as const]));
}

const place: FieldWriters = { required: [1, boolean], in: [2, string], description: [3, string], name: [4, string] };
const withEmptyValue: Message = { fields: { ...place, allowEmptyValue: [5, boolean], ...facets(6) }, extensions: 23 };
const withoutEmptyValue: Message = { fields: { ...place, ...facets(5) }, extensions: 22 };

/** The places of a parameter that is no body, with their numbers. */
const places: Readonly<Record<string, readonly [number: number, message: Message]>> = {
  header: [1, withoutEmptyValue],
  formData: [2, withEmptyValue],
  query: [3, withEmptyValue],
  path: [4, withoutEmptyValue],
};

const bodyParameter = submessage(() => messages.bodyParameter);

/** `Parameter`: a body, or one of the other places. */
const parameter = (writer: Writer, number: number, value: Json): void => {
  if (value['in'] === 'body') return inside(1, bodyParameter)(writer, number, value);
  const [which, message] = places[String(value['in'])] ?? places['query']!;
  inside(
    2,
    inside(
      which,
      submessage(() => message),
    ),
  )(writer, number, value);
};

/** `ParametersItem`: a parameter or a reference to one. */
const parameterItem = (writer: Writer, number: number, value: Json): void => {
  if (value['$ref'] !== undefined) inside(2, inside(1, string))(writer, number, value['$ref']);
  else inside(1, parameter)(writer, number, value);
};

type MessageName = 'document' | 'info' | 'tag' | 'pathItem' | 'operation' | 'bodyParameter' | 'items' | 'schema';

const messages: Record<MessageName, Message> = {
  document: {
    fields: {
      swagger: [1, string],
      info: [2, submessage(() => messages.info)],
      host: [3, string],
      basePath: [4, string],
      schemes: [5, strings],
      consumes: [6, strings],
      produces: [7, strings],
      paths: [8, inside(2, (writer, number, paths) => named(submessage(() => messages.pathItem))(writer, number, paths))],
      definitions: [
        9,
        (writer, number, all) => inside(1, (inner, one, entries) => named(schema)(inner, one, entries))(writer, number, all),
      ],
      parameters: [10, inside(1, (writer, number, all) => named(parameter)(writer, number, all))],
      security: [12, repeated(inside(1, (writer, number, all) => named(inside(1, strings))(writer, number, all)))],
      securityDefinitions: [13, inside(1, (writer, number, all) => named(inside(2, apiKey))(writer, number, all))],
      tags: [14, repeated(submessage(() => messages.tag))],
      externalDocs: [15, externalDocs],
    },
    extensions: 16,
  },
  info: {
    fields: {
      title: [1, string],
      version: [2, string],
      description: [3, string],
      termsOfService: [4, string],
      contact: [5, submessage(() => ({ fields: { name: [1, string], url: [2, string], email: [3, string] }, extensions: 4 }))],
      license: [6, submessage(() => ({ fields: { name: [1, string], url: [2, string] }, extensions: 3 }))],
    },
    extensions: 7,
  },
  tag: { fields: { name: [1, string], description: [2, string], externalDocs: [3, externalDocs] }, extensions: 4 },
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
    extensions: 10,
  },
  operation: {
    fields: {
      tags: [1, strings],
      summary: [2, string],
      description: [3, string],
      externalDocs: [4, externalDocs],
      operationId: [5, string],
      produces: [6, strings],
      consumes: [7, strings],
      parameters: [8, repeated(parameterItem)],
      responses: [9, inside(1, (writer, number, all) => named(inside(1, response))(writer, number, all))],
      schemes: [10, strings],
      deprecated: [11, boolean],
    },
    extensions: 13,
  },
  bodyParameter: {
    fields: { description: [1, string], name: [2, string], in: [3, string], required: [4, boolean], schema: [5, schema] },
    extensions: 6,
  },
  items: { fields: facets(1), extensions: 18 },
  schema: {
    fields: {
      $ref: [1, string],
      format: [2, string],
      title: [3, string],
      description: [4, string],
      default: [5, any],
      multipleOf: [6, double],
      maximum: [7, double],
      exclusiveMaximum: [8, boolean],
      minimum: [9, double],
      exclusiveMinimum: [10, boolean],
      maxLength: [11, integer],
      minLength: [12, integer],
      pattern: [13, string],
      maxItems: [14, integer],
      minItems: [15, integer],
      uniqueItems: [16, boolean],
      maxProperties: [17, integer],
      minProperties: [18, integer],
      required: [19, strings],
      enum: [20, repeated(any)],
      additionalProperties: [21, schemaOrBoolean(schema)],
      type: [22, (writer, number, value) => inside(1, strings)(writer, number, [value].flat())],
      items: [23, inside(1, schema)],
      allOf: [24, repeated(schema)],
      properties: [25, inside(1, (writer, number, all) => named(schema)(writer, number, all))],
      discriminator: [26, string],
      readOnly: [27, boolean],
      externalDocs: [29, externalDocs],
      example: [30, any],
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

const headers = inside(1, (writer, number, all) =>
  named(submessage(() => ({ fields: { ...facets(1), description: [18, string] }, extensions: 19 })))(writer, number, all),
);

function response(writer: Writer, number: number, value: Json): void {
  submessage(() => ({ fields: { description: [1, string], schema: [2, inside(1, schema)], headers: [3, headers] }, extensions: 5 }))(
    writer,
    number,
    value,
  );
}
