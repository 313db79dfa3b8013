import protobuf from 'protobufjs';
import { Document, isScalar } from 'yaml';
import type { Json } from './print-definition.ts';

export type Writer = protobuf.Writer;

/** Writes a value as the field of a number. */
export type Write = (writer: Writer, number: number, value: any) => void;

/** How a property of the JSON form is written: a field number and a writer of its value. */
export type FieldWriters = Readonly<Record<string, readonly [number: number, write: Write]>>;

export interface Message {
  readonly fields: FieldWriters;
  /** Number of the repeated field for `x-…` properties. */
  readonly extensions?: number;
}

/** A document in the protobuf form of gnostic's `Document`, byte for byte as Go writes it. */
export function encodeDocument(message: Message, document: Json): Uint8Array {
  const writer = protobuf.Writer.create();
  writeFields(writer, message, document);
  return writer.finish();
}

/**
 * Fields come in the order of their numbers. What the message does not know is left out: the types through which kube-apiserver passes merged documents
 * drop it as well.
 */
function writeFields(writer: Writer, message: Message, value: Json): void {
  const fields: (readonly [number: number, write: Write, content: unknown])[] = [];
  for (const [key, content] of Object.entries(value)) {
    const field = message.fields[key];
    if (field !== undefined) fields.push([...field, content]);
    else if (message.extensions !== undefined && key.startsWith('x-')) fields.push([message.extensions, named(any), { [key]: content }]);
  }
  for (const [number, write, content] of fields.sort(([a], [b]) => a - b)) write(writer, number, content);
}

export const string: Write = (writer, number, value: string) => {
  if (value !== '') always.string(writer, number, value);
};
export const boolean: Write = (writer, number, value: boolean) => {
  if (value) always.boolean(writer, number, value);
};
export const double: Write = (writer, number, value: number) => {
  if (value !== 0) always.double(writer, number, value);
};
export const integer: Write = (writer, number, value: number) => {
  if (value !== 0) writer.uint32(number << 3).int64(value);
};
export const strings: Write = (writer, number, values: readonly string[]) => {
  for (const value of values) always.string(writer, number, value);
};

/** For members of a oneof and of lists, which are there though they are zero. */
export const always = {
  string: ((writer, number, value: string) => writer.uint32((number << 3) | 2).string(value)) satisfies Write,
  boolean: ((writer, number, value: boolean) => writer.uint32(number << 3).bool(value)) satisfies Write,
  double: ((writer, number, value: number) => writer.uint32((number << 3) | 1).double(value)) satisfies Write,
};

/** A sub-message. The message is a function because messages refer to each other. */
export function submessage(message: () => Message): Write {
  return (writer, number, value: Json) => {
    writer.uint32((number << 3) | 2).fork();
    writeFields(writer, message(), value);
    writer.ldelim();
  };
}

/** A sub-message that only holds one field. */
export function inside(number: number, write: Write): Write {
  return (writer, outer, value: unknown) => {
    writer.uint32((outer << 3) | 2).fork();
    write(writer, number, value);
    writer.ldelim();
  };
}

/** The entries of a map as repeated `{name = 1, value = 2}`. */
export function named(write: Write): Write {
  return (writer, number, entries: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(entries)) {
      writer.uint32((number << 3) | 2).fork();
      string(writer, 1, name);
      write(writer, 2, value);
      writer.ldelim();
    }
  };
}

export function repeated(write: Write): Write {
  return (writer, number, values: readonly unknown[]) => {
    for (const value of values) write(writer, number, value);
  };
}

/** What additional properties are: a schema, or whether there may be any. */
export function schemaOrBoolean(schema: Write): Write {
  return (writer, number, value: unknown) =>
    (typeof value === 'boolean' ? inside(2, always.boolean) : inside(1, schema))(writer, number, value);
}

export const externalDocs = submessage(() => ({ fields: { description: [1, string], url: [2, string] }, extensions: 3 }));

/** gnostic keeps what it does not model as YAML. */
export const any: Write = (writer, number, value: unknown) => inside(2, string)(writer, number, `${yamlBlock(value)}\n`);

/** As go-yaml writes a block: what is in a list stands behind its dash, what is in a map at the next multiple of four. */
function yamlBlock(value: unknown, indent = 0): string {
  const next = `\n${' '.repeat(indent)}`;
  if (Array.isArray(value) && value.length > 0) return value.map((item) => `- ${yamlBlock(item, indent + 2)}`).join(next);
  if (!isMap(value)) return yamlScalar(value).replaceAll(/\n(?=.)/g, `\n${' '.repeat(indent || 4)}`);
  const inner = 4 * Math.floor((indent + 4) / 4);
  const entries = Object.entries(value).map(([key, content]) => {
    const nested = isMap(content) || (Array.isArray(content) && content.length > 0);
    return `${yamlScalar(key)}:${nested ? `\n${' '.repeat(inner)}` : ' '}${yamlBlock(content, inner)}`;
  });
  return entries.join(next);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** In double quotes what would else be no string, in single quotes what could not stand by itself. */
function yamlScalar(value: unknown): string {
  const document = new Document(value, { customTags: ['timestamp'] });
  if (typeof value === 'string' && isScalar(document.contents)) {
    const isOther = document.schema.tags.some((tag) => tag.default && 'test' in tag && tag.test?.test(value));
    if (isOther) document.contents.type = 'QUOTE_DOUBLE';
  }
  return document.toString({ singleQuote: true, lineWidth: 0 }).slice(0, -1);
}
