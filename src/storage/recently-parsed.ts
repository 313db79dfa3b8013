/** What has parsed something and can do without it. */
export interface Parsed {
  /** Bytes of what was parsed. */
  readonly length: number;
  /** Lets go of what was parsed: it can be parsed again. */
  forget(): void;
}

/** Keeps what was parsed last, and lets the rest go: objects are read again soon after they were written, or not for long. */
export class RecentlyParsed {
  private readonly ring: (Parsed | undefined)[];
  private readonly bytes: number;
  private newest = 0;
  private oldest = 0;
  private held = 0;

  /**
   * @param count how many at most, a power of two
   * @param bytes of how many bytes they were parsed at most; the newest is kept whatever its size
   */
  constructor(count: number, bytes: number) {
    this.ring = new Array(count).fill(undefined);
    this.bytes = bytes;
  }

  add(parsed: Parsed): void {
    if (this.newest - this.oldest === this.ring.length) this.dropOldest();
    this.ring[this.newest++ & (this.ring.length - 1)] = parsed;
    this.held += parsed.length;
    while (this.held > this.bytes && this.newest - this.oldest > 1) this.dropOldest();
  }

  private dropOldest(): void {
    const at = this.oldest++ & (this.ring.length - 1);
    const parsed = this.ring[at]!;
    this.ring[at] = undefined;
    this.held -= parsed.length;
    parsed.forget();
  }
}
