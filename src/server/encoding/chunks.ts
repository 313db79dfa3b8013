/** Bytes of one join: large enough that few writes are made, small enough that a slow reader holds little. */
const chunkSize = 128 * 1024;

/** Joins many small pieces into a few large buffers. */
export class ChunkWriter {
  readonly chunks: Buffer[] = [];
  length = 0;
  private current: Buffer;
  private used = 0;

  /** @param expected bytes that are likely to come, so that a small answer takes one buffer of its size */
  constructor(expected: number) {
    this.current = Buffer.allocUnsafe(Math.max(64, Math.min(expected, chunkSize)));
  }

  write(bytes: Buffer): void {
    this.length += bytes.length;
    if (bytes.length > this.current.length - this.used) {
      this.flush();
      if (bytes.length >= chunkSize) {
        this.chunks.push(bytes);
        return;
      }
      this.current = Buffer.allocUnsafe(chunkSize);
    }
    bytes.copy(this.current, this.used);
    this.used += bytes.length;
  }

  writeText(text: string): void {
    this.write(Buffer.from(text));
  }

  finish(): readonly Buffer[] {
    this.flush();
    return this.chunks;
  }

  private flush(): void {
    if (this.used > 0) this.chunks.push(this.current.subarray(0, this.used));
    this.current = Buffer.alloc(0);
    this.used = 0;
  }
}
