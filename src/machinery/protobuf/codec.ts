import { apiVersionOf, type GroupVersionKind, type KubeObject } from '../../../api/meta/object.ts';
import type { CompactDefinition, CompactDefinitions } from '../../../openapi/compact.ts';
import { loadDefinitions } from '../../../openapi/definitions.ts';
import { extraDefinitions } from './extra-definitions.ts';
import { MessageCodec } from './message.ts';
import { EnvelopeError, MessageError, ProtobufError, ProtobufReader, wrongWireType } from './reader.ts';
import type { ValueCodec } from './values.ts';
import { scalarCodecs, schemaOr, specialCodecs, wrappedStrings } from './values.ts';
import { ProtobufWriter } from './writer.ts';

export { EnvelopeError, MessageError, ProtobufError } from './reader.ts';

export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
/** Opens every enveloped object. */
const magic = Buffer.from('k8s\0', 'latin1');
const envelopeTail = Buffer.from([0x1a, 0, 0x22, 0]);
/** Kinds of meta/v1 that stand under any group-version: the resource's that they are about, or none. */
const sharedKinds: ReadonlySet<string> = new Set([
  ...['DeleteOptions', 'Status', 'WatchEvent', 'CreateOptions', 'UpdateOptions', 'PatchOptions'],
  ...['APIVersions', 'APIGroup', 'APIGroupList', 'APIResourceList'],
]);

/**
 * Kubernetes' protobuf of the built-in kinds, to and from plain JSON objects. Messages are compiled when first used.
 * An instance reuses one buffer; calls are synchronous and results are the caller's.
 */
export class ProtobufCodec {
  private readonly definitions: CompactDefinitions;
  private readonly byKind = new Map<string, string>();
  private readonly codecs = new Map<string, ValueCodec>();
  private readonly writer = new ProtobufWriter();

  constructor(definitions: CompactDefinitions = loadDefinitions()) {
    this.definitions = { ...definitions, ...extraDefinitions };
    for (const [name, { k: kind }] of Object.entries(this.definitions)) {
      if (kind !== undefined) this.byKind.set(kindKey(kind[0] === '' ? kind[1] : `${kind[0]}/${kind[1]}`, kind[2]), name);
    }
  }

  /** Whether there is a message for the kind; custom resources and Tables have none. */
  supports(apiVersion: string, kind: string): boolean {
    return this.definitionOf(apiVersion, kind) !== undefined;
  }

  /** An object in the envelope that names its kind. @throws ProtobufError if its kind has no message */
  encode(object: KubeObject): Buffer {
    const { apiVersion = '', kind = '' } = object;
    const message = this.messageOf(apiVersion, kind);
    this.startEnvelope();
    message.writeContent(this.writer, object);
    this.endEnvelope(apiVersion, kind);
    return this.writer.finish();
  }

  /** An object without an envelope: the bytes that `wrap` and `encodeList` take, so that they can be kept. */
  encodeMessage(object: KubeObject, apiVersion = object.apiVersion ?? '', kind = object.kind ?? ''): Buffer {
    const message = this.messageOf(apiVersion, kind);
    this.writer.reset();
    message.writeContent(this.writer, object);
    return this.writer.finish();
  }

  /** Puts the bytes of `encodeMessage` into an envelope. */
  wrap(apiVersion: string, kind: string, message: Uint8Array): Buffer {
    this.startEnvelope();
    this.writer.raw(message);
    this.endEnvelope(apiVersion, kind);
    return this.writer.finish();
  }

  /** A list, enveloped, from the messages of its items. Every list has its metadata in field 1 and its items in field 2. */
  encodeList(list: { apiVersion: string; kind: string; metadata?: object }, items: readonly Uint8Array[]): Buffer {
    const { writer } = this;
    this.startEnvelope();
    for (let index = items.length - 1; index >= 0; index--) {
      writer.bytes(items[index]!);
      writer.unsigned(0x12);
    }
    this.codecOf(`#${meta}.ListMeta`).write(writer, list.metadata ?? {});
    writer.unsigned(0x0a);
    this.endEnvelope(list.apiVersion, list.kind);
    return writer.finish();
  }

  /** One frame of a watch: four bytes of length (big-endian), then a WatchEvent that holds an enveloped object. */
  encodeWatchFrame(type: string, envelopedObject: Uint8Array): Buffer {
    const { writer } = this;
    writer.reset();
    const mark = writer.open();
    writer.bytes(envelopedObject);
    writer.unsigned(0x0a);
    writer.close(mark);
    writer.unsigned(0x12);
    writer.string(type);
    writer.unsigned(0x0a);
    const event = writer.finish();
    const frame = Buffer.allocUnsafe(event.length + 4);
    frame.writeUInt32BE(event.length);
    frame.set(event, 4);
    return frame;
  }

  /**
   * @param expected the kind of an envelope that names none
   * @returns the object as Go's JSON would show it; of a kind that has no message only apiVersion and kind
   * @throws EnvelopeError if the bytes are no envelope; MessageError if its content is malformed
   */
  decode(bytes: Uint8Array, expected?: GroupVersionKind): KubeObject {
    const envelope = openEnvelope(bytes);
    const apiVersion = envelope.apiVersion || (expected === undefined ? '' : apiVersionOf(expected.group, expected.version));
    const kind = envelope.kind || (expected?.kind ?? '');
    if (this.definitionOf(apiVersion, kind) === undefined) return { kind, apiVersion };
    const message = this.messageOf(apiVersion, kind);
    try {
      return message.readContent(new ProtobufReader(envelope.raw), { kind, ...(apiVersion !== '' && { apiVersion }) }) as KubeObject;
    } catch (error) {
      throw error instanceof ProtobufError ? new MessageError(error.message, apiVersion, kind) : error;
    }
  }

  /** The event in a frame without its four bytes of length. @throws ProtobufError as `decode` does */
  decodeWatchEvent(event: Uint8Array): { type: string; object: KubeObject } {
    const reader = new ProtobufReader(event);
    let type = '';
    let object: KubeObject | undefined;
    while (!reader.done) {
      const tag = reader.unsigned();
      if (tag === 0x0a) type = reader.string();
      else if (tag === 0x12) object = this.decode(readOnly(reader, 0x0a));
      else reader.skip(tag & 7);
    }
    if (object === undefined) throw new ProtobufError('the event has no object');
    return { type, object };
  }

  private definitionOf(apiVersion: string, kind: string): string | undefined {
    return this.byKind.get(kindKey(apiVersion, kind)) ?? (sharedKinds.has(kind) ? this.byKind.get(kindKey('v1', kind)) : undefined);
  }

  private messageOf(apiVersion: string, kind: string): MessageCodec {
    const name = this.definitionOf(apiVersion, kind);
    const codec = name === undefined ? undefined : this.codecOf(`#${name}`);
    if (!(codec instanceof MessageCodec))
      throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}" in protobuf`);
    return codec;
  }

  /**
   * `Unknown {typeMeta = 1, raw = 2, contentEncoding = 3, contentType = 4}` around what is written between start and end. The last two
   * are written empty, and first, because a writer works backwards.
   */
  private startEnvelope(): void {
    this.writer.reset();
    this.writer.raw(envelopeTail);
  }

  private endEnvelope(apiVersion: string, kind: string): void {
    const { writer } = this;
    writer.close(envelopeTail.length);
    writer.unsigned(0x12);
    const mark = writer.open();
    writer.string(kind);
    writer.unsigned(0x12);
    writer.string(apiVersion);
    writer.unsigned(0x0a);
    writer.close(mark);
    writer.unsigned(0x0a);
    writer.raw(magic);
  }

  private codecOf(type: string): ValueCodec {
    const known = this.codecs.get(type);
    if (known !== undefined) return known;
    const codec = this.compile(type);
    this.codecs.set(type, codec);
    return codec;
  }

  /** @param type as in CompactField, without list and map; `wrapped` for slices that are messages */
  private compile(type: string): ValueCodec {
    if (type === 'wrapped') return wrappedStrings;
    if (!type.startsWith('#')) return scalarCodecs[type]!;
    const name = type.slice(1);
    const special = specialCodecs[name];
    if (special !== undefined) return special;
    const or = new RegExp(`^${extensions}\\.JSONSchemaPropsOr(Bool|Array|StringArray)$`).exec(name);
    if (or !== null) return schemaOr(or[1] as 'Bool' | 'Array' | 'StringArray', this.codecOf(`#${extensions}.JSONSchemaProps`));
    const definition: CompactDefinition = this.definitions[name] ?? {};
    return new MessageCodec(name.split('.').at(-1)!, definition, (inner) => this.codecOf(inner));
  }
}

function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Buffer;
}

function openEnvelope(bytes: Uint8Array): Envelope {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length === 0) throw new EnvelopeError('empty data');
  if (!buffer.subarray(0, 4).equals(magic)) {
    throw new EnvelopeError(`provided data does not appear to be a protobuf message, expected prefix [${[...magic].join(' ')}]`);
  }
  if (buffer.length === magic.length) throw new EnvelopeError('empty body');
  try {
    return readEnvelope(new ProtobufReader(buffer.subarray(4)));
  } catch (error) {
    throw error instanceof ProtobufError ? new EnvelopeError(error.message) : error;
  }
}

/** Fields of the envelope and of its first field, as Go's error messages name them; all are length-delimited. */
const envelopeFields = ['', 'TypeMeta', 'Raw', 'ContentEncoding', 'ContentType'];
const typeMetaFields = ['', 'APIVersion', 'Kind'];

/** Reads fields that are length-delimited; others are skipped. @param read is given the number of one that is next */
function readDelimited(reader: ProtobufReader, message: string, fields: readonly string[], read: (number: number) => void): void {
  while (!reader.done) {
    const tag = reader.tag(message);
    const field = fields[tag >>> 3];
    if (!field) reader.skip(tag & 7);
    else if ((tag & 7) !== 2) throw wrongWireType(tag & 7, field);
    else read(tag >>> 3);
  }
}

function readEnvelope(reader: ProtobufReader): Envelope {
  const envelope: Envelope = { apiVersion: '', kind: '', raw: Buffer.alloc(0) };
  readDelimited(reader, 'Unknown', envelopeFields, (number) => {
    if (number === 2) envelope.raw = reader.bytes();
    else if (number !== 1) reader.bytes();
    else {
      const outer = reader.enter();
      readDelimited(reader, 'TypeMeta', typeMetaFields, (inner) => {
        if (inner === 1) envelope.apiVersion = reader.string();
        else envelope.kind = reader.string();
      });
      reader.leave(outer);
    }
  });
  return envelope;
}

/** The bytes of one field of a length-delimited message. */
function readOnly(reader: ProtobufReader, wanted: number): Buffer {
  const outer = reader.enter();
  let found: Buffer = Buffer.alloc(0);
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === wanted) found = reader.bytes();
    else reader.skip(tag & 7);
  }
  reader.leave(outer);
  return found;
}
