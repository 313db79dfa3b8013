import { goQuote } from '../../api/meta/go-quote.ts';
/** create: there is an entry under the key. */
export class KeyExistsError extends Error {
  readonly key: string;
  constructor(key: string) {
    super(`key exists: ${key}`);
    this.key = key;
  }
}

/** update or delete: the entry's mod revision is not the expected one (or there is no entry: `current` is absent). Nothing was changed. */
export class RevisionConflictError extends Error {
  readonly key: string;
  readonly current: number | undefined;
  constructor(key: string, current: number | undefined) {
    super(`revision conflict: ${key}`);
    this.key = key;
    this.current = current;
  }
}

/** A read or watch of a revision that has been compacted away. */
export class CompactedError extends Error {
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`compacted up to revision ${compactedRevision}`);
    this.compactedRevision = compactedRevision;
  }
}

/** A read of a revision that the store has not reached. */
export class FutureRevisionError extends Error {
  readonly currentRevision: number;
  constructor(currentRevision: number) {
    super(`revision is ahead of the store's ${currentRevision}`);
    this.currentRevision = currentRevision;
  }
}

/** The store cannot be used: locked, foreign, newer or damaged. `advice` says what the user should do. */
export class StorageUnusableError extends Error {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** A read that must be at least as new as a revision which the watch cache has not reached in time. */
export class RevisionTooLargeError extends Error {
  readonly requested: number;
  readonly current: number;
  constructor(requested: number, current: number) {
    super(`Too large resource version: ${requested}, current: ${current}`);
    this.requested = requested;
    this.current = current;
  }
}

/** A watch from a revision whose following changes are no longer known. `oldest` is the least revision from which they are. */
export class WatchTooOldError extends Error {
  readonly requested: number;
  readonly oldest: number;
  constructor(requested: number, oldest: number) {
    super(`too old resource version: ${requested} (${oldest})`);
    this.requested = requested;
    this.oldest = oldest;
  }
}

/** A watcher took its events too slowly and was cut off. */
export class WatchLaggedError extends Error {
  constructor() {
    super('the watcher fell too far behind');
  }
}

/** The watch cache lost its own watch and starts anew; watchers may have missed changes and have ended. */
export class WatchCacheRestartedError extends Error {
  constructor(cause: unknown) {
    super('the watch cache starts anew', { cause });
  }
}

/** The store or cache has been closed. */
export class StorageClosedError extends Error {
  constructor() {
    super('the store is closed');
  }
}

/** What lies under a key cannot be decrypted; `message` is what upstream says of it where one object is read. */
export class UnreadableValueError extends Error {
  /** As upstream's storage has it. */
  readonly publicKey: string;
  constructor(publicKey: string, reason: string) {
    super(reason);
    this.publicKey = publicKey;
  }
}

/** The same where many are read: the message names the key. */
export class UnreadableRangeError extends Error {
  constructor({ publicKey, message }: UnreadableValueError) {
    super(`unable to transform key ${goQuote(publicKey)}: ${message}`);
  }
}

/** A value cannot be encrypted now, so it was not written. */
export class UnwritableValueError extends Error {}
