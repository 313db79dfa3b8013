import type { CompactDefinition, CompactField } from '../../../openapi/compact.ts';
import { fieldBits } from '../../../openapi/compact.ts';
import { type ProtobufReader, wrongWireType } from './reader.ts';
import type { ValueCodec } from './values.ts';
import type { ProtobufWriter } from './writer.ts';

/** Finds the codec of a definition; asked when a message is first used, so that messages may contain themselves. */
export type CodecOf = (definition: string) => ValueCodec;

/** What a field decides of a value that was read, or was not. */
interface Slot {
  readonly name: string;
  /** The JSON value for the slot's content, or undefined to leave the field out. */
  present(value: any): unknown;
}

type WriteField = (writer: ProtobufWriter, object: any) => void;
interface ReadField {
  readonly wireType: number;
  /** As Go's error messages name it. */
  readonly name: string;
  read(reader: ProtobufReader, slots: unknown[]): void;
}

/** A part of a message: the whole, or what Go embeds and JSON shows inlined. */
interface Layer {
  /** Of the message, as Go's error messages have it; empty for what is embedded. */
  readonly name: string;
  /** By descending number, because a writer works backwards. */
  readonly writers: WriteField[];
  readonly readers: ReadField[];
}

/**
 * A message of the Kubernetes API. Written is what gogo's generated code writes: values that are no pointers always, pointers when set;
 * read is what Go's JSON encoder would then show.
 */
export class MessageCodec implements ValueCodec {
  readonly wireType = 2;
  readonly zero = undefined;
  private readonly name: string;
  private readonly definition: CompactDefinition;
  private readonly codecOf: CodecOf;
  private compiled: { readonly layer: Layer; readonly slots: readonly Slot[] } | undefined;

  /** @param name of the message, as Go has it */
  constructor(name: string, definition: CompactDefinition, codecOf: CodecOf) {
    this.name = name;
    this.definition = definition;
    this.codecOf = codecOf;
  }

  write(writer: ProtobufWriter, value: any): void {
    const mark = writer.open();
    this.writeContent(writer, value);
    writer.close(mark);
  }

  /** The message's fields without its length. */
  writeContent(writer: ProtobufWriter, value: any): void {
    for (const write of this.compile().layer.writers) write(writer, value);
  }

  read(reader: ProtobufReader): Record<string, unknown> {
    const outer = reader.enter();
    const object = this.readContent(reader, {});
    reader.leave(outer);
    return object;
  }

  /** Reads to the reader's end and adds the fields to `object`. */
  readContent(reader: ProtobufReader, object: Record<string, unknown>): Record<string, unknown> {
    const { layer, slots } = this.compile();
    const values: unknown[] = new Array(slots.length).fill(undefined);
    readLayer(reader, layer, values);
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      const value = slot.present(values[index]);
      if (value !== undefined) object[slot.name] = value;
    }
    return object;
  }

  /** What Go shows for a message that was never set. */
  empty(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const slot of this.compile().slots) {
      const value = slot.present(undefined);
      if (value !== undefined) object[slot.name] = value;
    }
    return object;
  }

  private compile(): { readonly layer: Layer; readonly slots: readonly Slot[] } {
    this.compiled ??= compileMessage(this.name, this.definition, this.codecOf);
    return this.compiled;
  }
}

function readLayer(reader: ProtobufReader, layer: Layer, slots: unknown[]): void {
  while (!reader.done) {
    const tag = reader.tag(layer.name);
    const field = layer.readers[tag >>> 3];
    if (field === undefined) reader.skip(tag & 7);
    else if (field.wireType === (tag & 7)) field.read(reader, slots);
    else throw wrongWireType(tag & 7, field.name);
  }
}

/** The Go field of a JSON name, where that is the rule. */
function goName(name: string): string {
  return name === 'metadata' ? 'ObjectMeta' : name.charAt(0).toUpperCase() + name.slice(1);
}

interface NumberedField {
  readonly field: CompactField;
  readonly slot: number;
  readonly path: readonly number[];
}

function compileMessage(name: string, definition: CompactDefinition, codecOf: CodecOf): { layer: Layer; slots: Slot[] } {
  const fields = (definition.f ?? []).filter(([, , number]) => number !== 0);
  const slots = fields.map((field) => compileSlot(field, codecOf));
  const numbered = fields.map((field, slot) => ({ field, slot, path: String(field[2]).split('.').map(Number) }));
  return { layer: compileLayer(name, numbered, codecOf), slots };
}

function compileLayer(name: string, fields: readonly NumberedField[], codecOf: CodecOf): Layer {
  const layer: Layer = { name, writers: [], readers: [] };
  const numbers = [...new Set(fields.map(({ path }) => path[0]!))].sort((a, b) => b - a);
  for (const number of numbers) {
    const own = fields.filter(({ path }) => path[0] === number);
    const embedded = own[0]!.path.length > 1;
    if (embedded) addEmbedded(layer, number, own, codecOf);
    else addField(layer, number, own[0]!, codecOf);
  }
  return layer;
}

/** An embedded struct is a message of its own that is always written. */
function addEmbedded(layer: Layer, number: number, fields: readonly NumberedField[], codecOf: CodecOf): void {
  const inner = compileLayer(
    '',
    fields.map(({ path, ...rest }) => ({ ...rest, path: path.slice(1) })),
    codecOf,
  );
  const tag = (number << 3) | 2;
  layer.writers.push((writer, object) => {
    const mark = writer.open();
    for (const write of inner.writers) write(writer, object);
    writer.close(mark);
    writer.unsigned(tag);
  });
  const read: ReadField['read'] = (reader, slots) => {
    const outer = reader.enter();
    readLayer(reader, inner, slots);
    reader.leave(outer);
  };
  layer.readers[number] = { wireType: 2, name: `${number}`, read };
}

function addField(layer: Layer, number: number, { field, slot }: NumberedField, codecOf: CodecOf): void {
  const [name, type, , bits] = field;
  const isWrapped = (bits & fieldBits.wrapped) !== 0;
  const isPointer = (bits & fieldBits.pointer) !== 0;
  if (type.startsWith('{}')) addMap(layer, number, name, slot, codecOf(isWrapped ? 'wrapped' : type.slice(2)));
  else if (isWrapped) addSingle(layer, number, name, slot, codecOf('wrapped'), true);
  else if (type.startsWith('[]')) addList(layer, number, name, slot, codecOf(type.slice(2)));
  else addSingle(layer, number, name, slot, codecOf(type), isPointer || type === 'bytes');
}

/** @param optional not written when absent; otherwise the zero value is */
function addSingle(layer: Layer, number: number, name: string, slot: number, codec: ValueCodec, optional: boolean): void {
  const tag = (number << 3) | codec.wireType;
  const zero = codec.zero === undefined ? nothing : codec.zero;
  layer.writers.push(
    optional
      ? (writer, object) => {
          const value = object[name];
          if (value === undefined || value === null) return;
          codec.write(writer, value);
          writer.unsigned(tag);
        }
      : (writer, object) => {
          codec.write(writer, object[name] ?? zero);
          writer.unsigned(tag);
        },
  );
  const read: ReadField['read'] = (reader, slots) => {
    slots[slot] = codec.read(reader);
  };
  layer.readers[number] = { wireType: codec.wireType, name: goName(name), read };
}

const nothing: Readonly<Record<string, never>> = Object.freeze({});

function addList(layer: Layer, number: number, name: string, slot: number, codec: ValueCodec): void {
  const tag = (number << 3) | codec.wireType;
  layer.writers.push((writer, object) => {
    const list = object[name];
    if (list === undefined || list === null) return;
    for (let index = list.length - 1; index >= 0; index--) {
      codec.write(writer, list[index] ?? codec.zero ?? nothing);
      writer.unsigned(tag);
    }
  });
  const read: ReadField['read'] = (reader, slots) => {
    const list = (slots[slot] as unknown[] | undefined) ?? [];
    slots[slot] = list;
    list.push(codec.read(reader));
  };
  layer.readers[number] = { wireType: codec.wireType, name: goName(name), read };
}

/** Entries are messages `{key = 1, value = 2}`, sorted by key; a value without bytes of its own (nil) is left out. */
function addMap(layer: Layer, number: number, name: string, slot: number, codec: ValueCodec): void {
  const tag = (number << 3) | 2;
  const valueTag = (2 << 3) | codec.wireType;
  layer.writers.push((writer, object) => {
    const map = object[name];
    if (map === undefined || map === null) return;
    const keys = Object.keys(map);
    if (keys.length > 1) keys.sort(compareUtf8);
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index]!;
      const mark = writer.open();
      const value = map[key] ?? codec.zero;
      if (value !== null && value !== undefined) {
        codec.write(writer, value);
        writer.unsigned(valueTag);
      }
      writer.string(key);
      writer.unsigned(0x0a);
      writer.close(mark);
      writer.unsigned(tag);
    }
  });
  const read: ReadField['read'] = (reader, slots) => {
    const map = (slots[slot] as Record<string, unknown> | undefined) ?? {};
    slots[slot] = map;
    const outer = reader.enter();
    let key = '';
    let value: unknown = codec.zero ?? null;
    while (!reader.done) {
      const entryTag = reader.unsigned();
      // Of key and value Go does not look at the wire type.
      if (entryTag >>> 3 === 1) key = reader.string();
      else if (entryTag >>> 3 === 2) value = codec.read(reader);
      else reader.skip(entryTag & 7);
    }
    reader.leave(outer);
    if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  };
  layer.readers[number] = { wireType: 2, name: goName(name), read };
}

/** Go sorts strings by their bytes; that differs from JavaScript's order only where surrogates meet higher characters. */
function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  return beyondBasicPlane.test(a) || beyondBasicPlane.test(b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
}

const beyondBasicPlane = /[\ud800-\uffff]/;

function compileSlot([name, type, , bits]: CompactField, codecOf: CodecOf): Slot {
  const omitEmpty = (bits & fieldBits.omitEmpty) !== 0;
  const omitZero = (bits & fieldBits.omitZero) !== 0;
  if ((bits & fieldBits.pointer) !== 0) return { name, present: (value) => (value === null && omitZero ? undefined : value) };
  if (type.startsWith('[]')) {
    const absent = omitEmpty ? undefined : name === 'items' ? [] : null;
    return { name, present: (value) => value ?? absent };
  }
  if (type.startsWith('{}')) return { name, present: (value) => value ?? (omitEmpty ? undefined : null) };
  if (type === 'bytes') return { name, present: (value) => (value ? value : omitEmpty ? undefined : (value ?? null)) };
  const codec = codecOf(type);
  if (codec instanceof MessageCodec) return { name, present: (value) => value ?? codec.empty() };
  if (type.startsWith('#')) {
    return { name, present: (value = codec.zero) => (value === null && omitZero ? undefined : value) };
  }
  return { name, present: (value = codec.zero) => (omitEmpty && value === codec.zero ? undefined : value) };
}
