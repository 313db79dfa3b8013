import type { Clock } from '../machinery/clock.ts';

const expireAfter = 5 * 60_000;

interface Expected {
  creations: number;
  deletions: Set<string>;
  since: number;
}

/**
 * What a controller did that its informers have not told it of yet. Until creations and deletions of a key are seen (or five minutes pass),
 * its informers are behind and counting would do the work twice.
 */
export class Expectations {
  private readonly expected = new Map<string, Expected>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether everything expected of `key` was seen. */
  satisfied(key: string): boolean {
    const expected = this.expected.get(key);
    if (!expected) return true;
    if (expected.creations <= 0 && expected.deletions.size === 0) return true;
    return this.clock.monotonic() - expected.since > expireAfter;
  }

  expectCreations(key: string, count: number): void {
    this.expected.set(key, { creations: count, deletions: new Set(), since: this.clock.monotonic() });
  }

  /** @param objects keys of the objects that will be deleted: each counts once, however often it is reported */
  expectDeletions(key: string, objects: readonly string[]): void {
    this.expected.set(key, { creations: 0, deletions: new Set(objects), since: this.clock.monotonic() });
  }

  /** Both at once, for controllers that create and delete in one step. */
  expect(key: string, creations: number, objects: readonly string[]): void {
    this.expected.set(key, { creations, deletions: new Set(objects), since: this.clock.monotonic() });
  }

  /** A creation was seen, or will not come. */
  creationObserved(key: string, count = 1): void {
    const expected = this.expected.get(key);
    if (expected) expected.creations -= count;
  }

  /** A deletion was seen, or will not come. */
  deletionObserved(key: string, object: string): void {
    this.expected.get(key)?.deletions.delete(object);
  }

  forget(key: string): void {
    this.expected.delete(key);
  }
}
