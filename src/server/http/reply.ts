export type OutgoingHeaders = Record<string, string | number | readonly string[]>;

/** The way back to the client, the same over HTTP/2 and HTTP/1.1. All calls are safe after the client has gone. */
export interface Reply {
  /** Sends status and headers. @param empty no body follows */
  head(status: number, headers: OutgoingHeaders, empty: boolean): void;
  /** Sends the head now, though no body is there yet. */
  flush(): void;
  /** @returns false when the client reads slower than this is written */
  write(bytes: Buffer): boolean;
  /** Present where every frame of a stream is a message of its own. */
  writeFrames?(frames: readonly Buffer[]): void;
  end(bytes?: Buffer): void;
  /** Breaks off: the client sees that the answer is not whole. */
  abort(): void;
  /** Bytes that were written and are not yet sent. */
  pending(): number;
  /** Calls back once when what was written has been sent, or the client has gone. */
  drained(callback: () => void): void;
  /** Calls back when the client has gone or the answer is complete. */
  closed(callback: () => void): void;
  readonly gone: boolean;
}
