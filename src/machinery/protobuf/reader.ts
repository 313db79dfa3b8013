import { exactInteger } from '../../../api/meta/json-text.ts';
import { DecodeError } from '../schema/conform.ts';
import { BodyError } from '../schema/parse.ts';

/** The bytes are not an enveloped object. */
export class EnvelopeError extends BodyError {}

/** The envelope's content is no message of its kind. */
export class ProtobufError extends DecodeError {}

/** The content of an envelope is no message of the kind that it names. */
export class MessageError extends ProtobufError {
  readonly apiVersion: string;
  readonly kind: string;

  constructor(message: string, apiVersion: string, kind: string) {
    super(message);
    this.apiVersion = apiVersion;
    this.kind = kind;
  }
}

/** A value that is not encoded as its field is. @param field as Go's error messages name it */
export function wrongWireType(wireType: number, field: string): ProtobufError {
  return new ProtobufError(`proto: wrong wireType = ${wireType} for field ${field}`);
}

const varint = 0;
const startGroup = 3;
const endGroup = 4;
/** Field numbers beyond it are none that any message has. */
const highestField = 2 ** 29 - 1;

/** Far beyond any API object, far below what would exhaust the stack. */
const maxDepth = 1000;

/** Reads protobuf from a part of a buffer. @throws ProtobufError from every method where the bytes end too early or make no sense */
export class ProtobufReader {
  readonly buffer: Buffer;
  position: number;
  end: number;
  private depth = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.end = this.buffer.length;
  }

  /** The tag of a message's next field. @param message as Go's error messages name it; empty where that is not known */
  tag(message: string): number {
    const tag = this.integer();
    if (typeof tag === 'number' && tag >= 8 && tag <= 0xffffffff && (tag & 7) !== endGroup) return tag;
    const wire = BigInt.asUintN(64, BigInt(tag));
    const field = Number(BigInt.asIntN(32, wire >> 3n));
    const wireType = Number(wire & 7n);
    const what = message === '' ? 'proto' : `proto: ${message}`;
    if (wireType === endGroup) throw new ProtobufError(`${what}: wiretype end group for non-group`);
    if (field <= 0) throw new ProtobufError(`${what}: illegal tag ${field} (wire type ${wire})`);
    return Math.min(field, highestField) * 8 + wireType;
  }

  /** A length or another unsigned integer of at most 32 bits. */
  unsigned(): number {
    const value = this.integer();
    if (typeof value === 'bigint' || value < 0 || value > 0xffffffff) throw new ProtobufError('proto: integer overflow');
    return value;
  }

  /** A signed 64-bit integer; beyond 2^53 a bigint. */
  integer(): number | bigint {
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      if (this.position >= this.end) throw new ProtobufError('unexpected EOF');
      const byte = this.buffer[this.position++]!;
      if (index < 4) low += (byte & 0x7f) * 2 ** (7 * index);
      else high += (byte & 0x7f) * 2 ** (7 * (index - 4));
      if (byte < 0x80) return this.join(low, high);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  /** The lower 32 bits of an integer, as Go keeps them. */
  integer32(): number {
    const value = this.integer();
    return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
  }

  boolean(): boolean {
    return this.integer() !== 0;
  }

  double(): number {
    this.need(8);
    this.position += 8;
    return this.buffer.readDoubleLE(this.position - 8);
  }

  string(): string {
    const bytes = this.bytes();
    return bytes.length === 0 ? '' : bytes.toString('utf8');
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = this.unsigned();
    this.need(length);
    this.position += length;
    return this.buffer.subarray(this.position - length, this.position);
  }

  /** Enters a length-delimited value; hand the result to `leave`. */
  enter(): number {
    const length = this.unsigned();
    this.need(length);
    if (++this.depth > maxDepth) throw new ProtobufError('proto: nested too deep');
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  leave(outer: number): void {
    this.depth--;
    this.end = outer;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  /** Skips the value of an unknown field. */
  skip(wireType: number): void {
    if (wireType === varint) this.integer();
    else if (wireType === 1) this.forward(8);
    else if (wireType === 2) this.bytes();
    else if (wireType === startGroup) this.skipGroup();
    else if (wireType === 5) this.forward(4);
    else throw new ProtobufError(`proto: illegal wireType ${wireType}`);
  }

  private skipGroup(): void {
    for (let depth = 1; depth > 0; ) {
      const wireType = this.integer32() & 7;
      if (wireType === startGroup) depth++;
      else if (wireType === endGroup) depth--;
      else this.skip(wireType);
    }
  }

  private forward(size: number): void {
    this.need(size);
    this.position += size;
  }

  private need(size: number): void {
    if (this.position + size > this.end) throw new ProtobufError('unexpected EOF');
  }

  /** `low` holds 28 bits, `high` the 36 above them (more are cut off, as Go does). */
  private join(low: number, high: number): number | bigint {
    if (high < 2 ** 25) return high * 2 ** 28 + low;
    return exactInteger(BigInt.asIntN(64, (BigInt(high) << 28n) | BigInt(low)));
  }
}
