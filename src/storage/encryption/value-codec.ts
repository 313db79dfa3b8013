/** Turns values into what lies on the disk, and back. */
export interface ValueCodec {
  /** Why nothing can be written under the key now; undefined if it can. */
  refusal(key: string): Error | undefined;
  encode(key: string, value: Uint8Array): Uint8Array;
  /** A promise where another process has to be asked. @throws UnreadableValueError */
  decode(key: string, stored: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Whether `encode` would write the value in another form today. */
  isStale(key: string, stored: Uint8Array): boolean;
}
