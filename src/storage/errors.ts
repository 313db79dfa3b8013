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
