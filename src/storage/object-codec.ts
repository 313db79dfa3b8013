import { htmlSafe } from '../../api/meta/go-json.ts';
import { jsonText, plainJsonText } from '../../api/meta/json-text.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../api/meta/object.ts';
import { forgetAllSentEmpty } from '../../api/meta/sent-empty.ts';
import { setOwn, withMember } from '../machinery/json-object.ts';
import { sharedText } from '../machinery/patch/apply/new-object.ts';
import { writtenNumbers } from '../machinery/schema/json-numbers.ts';
import { RecentlyParsed } from './recently-parsed.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * A stored value is one format byte (which tells whether JSON.parse reads all of it), four bytes with the offset at which `"resourceVersion":"…"` belongs into the JSON, and the JSON
 * of the object without its resourceVersion, with the commas that stand around it already there. So putting it in moves bytes, no more.
 */
const plainFormat = 1;
/** Some of its numbers are none of JSON.parse's: see `jsonText`. */
const numbersFormat = 2;
const headerLength = 5;

/** A stored value with the object that it was made of, for the process that made it. */
export interface EncodedObject extends Uint8Array {
  source?: KubeObject;
}

/**
 * The bytes to store for an object; its resourceVersion is left out, and belongs where the object has one, else behind the uid.
 * They may share memory with others: whoever keeps them copies them.
 * @param object as JSON has it; it is shared with whoever reads it from here on, and not changed any more
 */
export function encodeStored(object: KubeObject): Uint8Array {
  try {
    return encode(object, plainFormat, plainJsonText);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return encode(object, numbersFormat, jsonText);
  }
}

type ToText = (value: unknown) => string | undefined;

function encode(object: KubeObject, format: number, toText: ToText): Uint8Array {
  const head: string[] = ['{'];
  const tail: string[] = [];
  let passed = false;
  for (const key in object) {
    if (key === 'metadata') {
      passed = true;
      putMetadata(object.metadata ?? {}, head, tail, toText);
    } else if (passed) putAfter(tail, key, toText(object[key]));
    else putBefore(head, key, toText(object[key]));
  }
  if (!passed) putMetadata({}, head, tail, toText);
  put(tail, '}');
  const headBytes = makeSafe(head);
  const value: EncodedObject & Buffer = Buffer.allocUnsafe(headerLength + headBytes + makeSafe(tail));
  value[0] = format;
  value.writeUInt32LE(headBytes, 1);
  let at = headerLength;
  for (const text of head) at += value.write(text, at, 'utf8');
  for (const text of tail) at += value.write(text, at, 'utf8');
  // Whoever reads it back finds what the bytes tell.
  forgetAllSentEmpty(object);
  if (freezes) deepFreeze(object);
  value.source = object;
  return value;
}

/** The members of metadata before and after the place of its resourceVersion: where it has one, else behind the uid. */
function putMetadata(metadata: NonNullable<KubeObject['metadata']>, head: string[], tail: string[], toText: ToText): void {
  put(head, '"metadata":{');
  const place = 'resourceVersion' in metadata ? 'resourceVersion' : 'uid';
  let passed = !(place in metadata);
  for (const key in metadata) {
    if (key !== 'resourceVersion') {
      const value = (metadata as Record<string, unknown>)[key];
      const text = (key === 'managedFields' ? sharedText(value as ManagedFieldsEntry[]) : undefined) ?? toText(value);
      if (passed) putAfter(tail, key, text);
      else putBefore(head, key, text);
    }
    if (key === place) passed = true;
  }
  put(tail, '}');
}

function putBefore(parts: string[], key: string, value: string | undefined): void {
  if (value === undefined) return;
  put(parts, nameText(key));
  put(parts, value);
  put(parts, ',');
}

function putAfter(parts: string[], key: string, value: string | undefined): void {
  if (value === undefined) return;
  put(parts, ',');
  put(parts, nameText(key));
  put(parts, value);
}

/** A part of so many characters stands for itself: joined with others it would be copied once more. */
const longPart = 256;

function put(parts: string[], text: string): void {
  const last = parts.length - 1;
  if (last >= 0 && parts[last]!.length + text.length < longPart) parts[last] += text;
  else parts.push(text);
}

/** Makes the parts what `htmlSafe` makes of them. @returns how many bytes they take */
function makeSafe(parts: string[]): number {
  let bytes = 0;
  for (let i = 0; i < parts.length; i++) bytes += Buffer.byteLength((parts[i] = htmlSafe(parts[i]!)));
  return bytes;
}

/** The names that nearly always come here. */
const nameTexts: ReadonlyMap<string, string> = new Map(
  [
    'kind',
    'apiVersion',
    'name',
    'namespace',
    'uid',
    'generation',
    'creationTimestamp',
    'labels',
    'annotations',
    'ownerReferences',
    'managedFields',
    'spec',
    'status',
    'data',
  ].map((name) => [name, `"${name}":`]),
);

function nameText(key: string): string {
  return nameTexts.get(key) ?? `${JSON.stringify(key)}:`;
}

/** An object with a resourceVersion, at its place; everything but metadata is shared. */
function withRevision(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata && 'resourceVersion' in object.metadata) {
    return withMember(object, 'metadata', withMember(object.metadata, 'resourceVersion', resourceVersion));
  }
  const metadata: Record<string, unknown> = {};
  if (object.metadata?.uid === undefined) metadata['resourceVersion'] = resourceVersion;
  for (const key in object.metadata) {
    setOwn(metadata, key, (object.metadata as Record<string, unknown>)[key]);
    if (key === 'uid') metadata['resourceVersion'] = resourceVersion;
  }
  return object.metadata ? withMember(object, 'metadata', metadata) : { ...object, metadata };
}

/** What a value was made of, at a revision; undefined if that is not at hand. */
export function sourceOf({ source }: EncodedObject, revision: number): KubeObject | undefined {
  return source && withRevision(source, revision);
}

/** The object of a stored value at its revision. @throws Error if the value is none that `encodeStored` made */
export function decodeStored(key: string, value: Uint8Array, revision: number): SplicedObject {
  const stored = new SplicedObject(key, revision, spliceRevision(key, value, revision));
  const object = sourceOf(value, revision);
  if (object) stored.hold(object);
  return stored;
}

/** The JSON of a stored value with its resourceVersion. */
export interface Spliced {
  readonly json: Buffer;
  /** Where `"resourceVersion":"…"` begins. */
  readonly offset: number;
  readonly parse: (text: string) => KubeObject;
}

/** @throws Error if the value is none that `encodeStored` made */
export function spliceRevision(key: string, value: Uint8Array, revision: number): Spliced {
  const offset = value.length > headerLength ? value[1]! | (value[2]! << 8) | (value[3]! << 16) | (value[4]! << 24) : -1;
  const parse = value[0] === plainFormat ? JSON.parse : value[0] === numbersFormat ? writtenNumbers : undefined;
  if (!parse || offset < 0 || headerLength + offset > value.length) throw new Error(`the stored value of ${key} is damaged`);
  const member = `"resourceVersion":"${revision}"`;
  const json = Buffer.allocUnsafeSlow(value.length - headerLength + member.length);
  json.set(value.subarray(headerLength, headerLength + offset));
  json.write(member, offset, 'latin1');
  json.set(value.subarray(headerLength + offset), offset + member.length);
  return { json, offset, parse };
}

// Whether parsed objects are frozen, so that tests find whoever changes a shared one.
const freezes = process.env['NODE_TEST_CONTEXT'] !== undefined || process.env['ORRERY_FREEZE'] === '1';

/**
 * Held for a while, not weakly: the collector copies what a WeakRef points to until it has gone through the whole heap, and making one costs as much as
 * the rest of a cache's entry.
 */
const recentlyParsed = new RecentlyParsed(4096, 8 * 1024 * 1024);

/** The StoredObject of a stored value. What was parsed is kept for a while only: the bytes are what lasts. */
export class SplicedObject implements StoredObject {
  readonly key: string;
  readonly revision: number;
  /** Or the same object at another revision, of whose bytes these are made when they are asked for. */
  private bytes: Buffer | SplicedObject;
  readonly offset: number;
  readonly parse: (text: string) => KubeObject;
  private parsed: KubeObject | undefined;

  constructor(key: string, revision: number, from: Spliced | SplicedObject) {
    this.key = key;
    this.revision = revision;
    this.bytes = from instanceof SplicedObject ? from : from.json;
    this.offset = from.offset;
    this.parse = from.parse;
  }

  get json(): Buffer {
    if (this.bytes instanceof SplicedObject) this.bytes = this.bytes.jsonAt(this.revision);
    return this.bytes;
  }

  /** Bytes of its JSON, give or take the digits of its revision. */
  get length(): number {
    return this.bytes.length;
  }

  get object(): KubeObject {
    return this.parsed ?? this.hold(this.parse(this.json.toString('utf8')));
  }

  /** Takes over what the same object at another revision has parsed. */
  shareParsed(other: SplicedObject): void {
    if (other.parsed) this.hold(withRevision(other.parsed, this.revision));
  }

  /** Spares the parsing for a while. @param object what parsing would give */
  hold(object: KubeObject): KubeObject {
    if (freezes) deepFreeze(object);
    if (!this.parsed) recentlyParsed.add(this);
    this.parsed = object;
    return object;
  }

  forget(): void {
    this.parsed = undefined;
  }

  /** The JSON of the same object with another resourceVersion. */
  jsonAt(revision: number): Buffer {
    const member = `"resourceVersion":"${revision}"`;
    const rest = this.offset + `"resourceVersion":"${this.revision}"`.length;
    const json = Buffer.allocUnsafeSlow(this.json.length - rest + this.offset + member.length);
    this.json.copy(json, 0, 0, this.offset);
    json.write(member, this.offset, 'latin1');
    this.json.copy(json, this.offset + member.length, rest);
    return json;
  }
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
}
