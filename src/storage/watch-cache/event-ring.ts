import type { CacheChange } from './cache-change.ts';
import type { WatchCacheLimits } from './types.ts';

/** The latest changes, numbered by position, for watchers that begin in the past or lag. */
export class EventRing<A> {
  private readonly limits: WatchCacheLimits;
  private changes: CacheChange<A>[] = [];
  /** How many at the front of `changes` are dropped. */
  private dropped = 0;
  /** The position of changes[0]. */
  private base = 0;
  private bytes = 0;
  private lost: number;

  /** @param floor the revision of the state after which the ring begins */
  constructor(floor: number, limits: WatchCacheLimits) {
    this.lost = floor;
    this.limits = limits;
  }

  /** All changes after this revision are here. */
  get floor(): number {
    return this.lost;
  }

  /** The first position that is here. */
  get start(): number {
    return this.base + this.dropped;
  }

  /** The position of the next change to come. */
  get end(): number {
    return this.base + this.changes.length;
  }

  at(position: number): CacheChange<A> {
    return this.changes[position - this.base]!;
  }

  /** The position of the first change after a revision. */
  positionAfter(revision: number): number {
    let low = this.dropped;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.base + low;
  }

  push(change: CacheChange<A>): void {
    this.changes.push(change);
    this.bytes += weight(change);
    while (this.hasTooMuch(change.time)) {
      const oldest = this.changes[this.dropped]!;
      this.bytes -= weight(oldest);
      this.lost = oldest.revision;
      // The place is freed now, the array is shortened now and then.
      this.changes[this.dropped++] = undefined as never;
    }
    if (this.dropped > this.changes.length / 2) {
      this.changes = this.changes.slice(this.dropped);
      this.base += this.dropped;
      this.dropped = 0;
    }
  }

  private hasTooMuch(now: number): boolean {
    const { minEvents, maxEvents, maxEventBytes, roomyEvents, eventFreshMs } = this.limits;
    const length = this.changes.length - this.dropped;
    if (length <= minEvents) return false;
    if (length > maxEvents || this.bytes > maxEventBytes) return true;
    return length > roomyEvents && this.changes[this.dropped]!.time < now - eventFreshMs;
  }
}

function weight<A>(change: CacheChange<A>): number {
  return (change.current ?? change.previous)!.json.length;
}
