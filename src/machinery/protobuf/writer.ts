/**
 * Writes protobuf from the end of a buffer to its start, so that a message's length is known when its head is written.
 * One writer serves many messages, one after another.
 */
export class ProtobufWriter {
  private buffer: Buffer;
  /** Where the bytes written so far begin. */
  private start: number;

  constructor(size = 16 * 1024) {
    this.buffer = Buffer.allocUnsafeSlow(size);
    this.start = size;
  }

  reset(): void {
    this.start = this.buffer.length;
  }

  /** A copy of what was written since the reset. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(this.start));
  }

  /** To be handed to `close` when the content of a length-delimited value is written. */
  open(): number {
    return this.buffer.length - this.start;
  }

  /** Writes the length of what was written since `open`. */
  close(mark: number): void {
    this.unsigned(this.buffer.length - this.start - mark);
  }

  /** A tag, a length or any other non-negative integer below 2^53. */
  unsigned(value: number): void {
    if (value < 0x80) {
      if (this.start === 0) this.grow(1);
      this.buffer[--this.start] = value;
      return;
    }
    const size = sizeOf(value);
    const buffer = this.reserve(size);
    let at = this.start;
    let rest = value;
    for (let left = size; left > 1; left--) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = rest > 0x7fffffff ? Math.floor(rest / 0x80) : rest >>> 7;
    }
    buffer[at] = rest;
  }

  /** Negative numbers take ten bytes, as two's complement of 64 bits. */
  integer(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) return this.unsigned(value);
    let rest = BigInt.asUintN(64, BigInt(value));
    const size = sizeOf(rest);
    const buffer = this.reserve(size);
    const last = this.start + size - 1;
    for (let at = this.start; at < last; at++) {
      buffer[at] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    buffer[last] = Number(rest);
  }

  boolean(value: boolean): void {
    this.unsigned(value ? 1 : 0);
  }

  double(value: number): void {
    this.reserve(8).writeDoubleLE(value, this.start);
  }

  string(value: string): void {
    const { length } = value;
    if (length > 40 || !this.ascii(value, length)) {
      const size = Buffer.byteLength(value);
      this.reserve(size).write(value, this.start, size, 'utf8');
      this.unsigned(size);
    }
  }

  bytes(value: Uint8Array): void {
    this.raw(value);
    this.unsigned(value.length);
  }

  /** Bytes that are encoded already. */
  raw(value: Uint8Array): void {
    this.reserve(value.length).set(value, this.start);
  }

  /** Short strings are written faster here than by a call out of JavaScript. Returns false, having written nothing, for other characters. */
  private ascii(value: string, length: number): boolean {
    const buffer = this.reserve(length);
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        this.start += length;
        return false;
      }
      buffer[this.start + index] = code;
    }
    this.unsigned(length);
    return true;
  }

  private reserve(size: number): Buffer {
    if (this.start < size) this.grow(size);
    this.start -= size;
    return this.buffer;
  }

  private grow(size: number): void {
    const used = this.buffer.length - this.start;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, used + size + 1024));
    this.buffer.copy(larger, larger.length - used, this.start);
    this.start = larger.length - used;
    this.buffer = larger;
  }
}

function sizeOf(value: number | bigint): number {
  let size = 1;
  for (let limit = 0x80; value >= limit; limit *= 0x80) size++;
  return size;
}
