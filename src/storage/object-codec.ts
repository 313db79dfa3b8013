import type { KubeObject } from '../../api/meta/object.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * A stored value is one format byte, four bytes with the offset at which `"resourceVersion":"…"` belongs into the JSON, and the JSON
 * of the object without its resourceVersion, with the commas that stand around it already there. So putting it in moves bytes, no more.
 */
const formatByte = 1;
const headerLength = 5;

/** The bytes to store for an object; its resourceVersion is left out. */
export function encodeStored(object: KubeObject): Uint8Array {
  const head = emptyPart();
  const tail = emptyPart();
  let into = head;
  for (const key in object) {
    if (key === 'metadata') into = tail;
    else into[key] = object[key];
  }
  const metaHead = emptyPart();
  const metaTail = emptyPart();
  const metadata = { ...object.metadata } as Record<string, unknown>;
  into = metadata['uid'] === undefined ? metaTail : metaHead;
  for (const key in metadata) {
    if (key !== 'resourceVersion') into[key] = metadata[key];
    if (key === 'uid') into = metaTail;
  }
  const before = `{${withComma(members(head))}"metadata":{${withComma(members(metaHead))}`;
  const after = `${commaBefore(members(metaTail))}}${commaBefore(members(tail))}}`;
  const offset = Buffer.byteLength(before);
  // Not from the pool: a value that is kept must not keep a slab.
  const value = Buffer.allocUnsafeSlow(headerLength + offset + Buffer.byteLength(after));
  value[0] = formatByte;
  value.writeUInt32LE(offset, 1);
  value.write(before, headerLength, 'utf8');
  value.write(after, headerLength + offset, 'utf8');
  return value;
}

// Without a prototype, so that a member called __proto__ is one like any other.
function emptyPart(): Record<string, unknown> {
  return Object.create(null);
}

/** The members of an object in JSON, without the braces. */
function members(part: Record<string, unknown>): string {
  return JSON.stringify(part).slice(1, -1);
}

function withComma(text: string): string {
  return text === '' ? '' : `${text},`;
}

function commaBefore(text: string): string {
  return text === '' ? '' : `,${text}`;
}

/** The object of a stored value at its revision. @throws Error if the value is none that `encodeStored` made */
export function decodeStored(key: string, value: Uint8Array, revision: number): SplicedObject {
  const { json, offset } = spliceRevision(key, value, revision);
  return new SplicedObject(key, revision, json, offset);
}

/** The JSON of a stored value with its resourceVersion, and where that was put in. */
export function spliceRevision(key: string, value: Uint8Array, revision: number): { json: Buffer; offset: number } {
  const offset = value.length > headerLength ? value[1]! | (value[2]! << 8) | (value[3]! << 16) | (value[4]! << 24) : -1;
  if (value[0] !== formatByte || offset < 0 || headerLength + offset > value.length)
    throw new Error(`the stored value of ${key} is damaged`);
  const member = `"resourceVersion":"${revision}"`;
  const json = Buffer.allocUnsafeSlow(value.length - headerLength + member.length);
  json.set(value.subarray(headerLength, headerLength + offset));
  json.write(member, offset, 'latin1');
  json.set(value.subarray(headerLength + offset), offset + member.length);
  return { json, offset };
}

// Whether parsed objects are frozen, so that tests find whoever changes a shared one.
const freezes = process.env['NODE_TEST_CONTEXT'] !== undefined || process.env['ORRERY_FREEZE'] === '1';

/** The StoredObject of a stored value. What was parsed is kept only as long as someone uses it: the bytes are what lasts. */
export class SplicedObject implements StoredObject {
  readonly key: string;
  readonly revision: number;
  readonly json: Buffer;
  /** Where `"resourceVersion":"…"` begins. */
  protected readonly offset: number;
  private parsed: WeakRef<KubeObject> | undefined;

  constructor(key: string, revision: number, json: Buffer, offset: number) {
    this.key = key;
    this.revision = revision;
    this.json = json;
    this.offset = offset;
  }

  get object(): KubeObject {
    const known = this.parsed?.deref();
    if (known) return known;
    const object = JSON.parse(this.json.toString('utf8')) as KubeObject;
    if (freezes) deepFreeze(object);
    this.parsed = new WeakRef(object);
    return object;
  }

  /** Takes over what another instance of the same object has parsed. */
  shareParsed(other: SplicedObject): void {
    this.parsed = other.parsed;
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
