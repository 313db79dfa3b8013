import { TokenBucket } from './backoff.ts';

/** An event that was written, or is to be: as much of it as it takes to count it up. */
export interface WrittenEvent {
  readonly type: string;
  readonly reason: string;
  /** Absent for those that stand for many of different messages, and parts. */
  readonly message: string | undefined;
  readonly fieldPath: string | undefined;
  /** What follows the object's name in its own; empty until it has one. */
  suffix: string;
  count: number;
  /** Milliseconds since the epoch. */
  first: number;
  /** When it was last recorded, in monotonic milliseconds. */
  last: number;
  /** Whether its message is among those that are counted as alike. */
  recent: boolean;
}

/** What was recorded of one object. */
interface Spoken {
  readonly budget: TokenBucket;
  readonly events: WrittenEvent[];
}

const similarAtMost = 10;
const similarWithin = 10 * 60_000;
/** As client-go's. */
const rememberedByOne = 4096;
/** Of one object: far more than its budget lets be written. A Pod of thousands of containers has as many to tell. */
const rememberedOfOne = 256;

/**
 * What a recorder remembers, as client-go's correlator does: an event equal to an earlier one counts that one up, more than ten alike that differ in their
 * message within ten minutes become one, and each object has a budget of 25 and then one every five minutes. Recorders may share one.
 */
export class EventMemory {
  /** By object; those that were spoken of last are the last. */
  private readonly objects = new Map<string, Spoken>();
  private total = 0;
  private readonly remembered: number;

  /** @param remembered so many events at most, beyond which those of the objects that were spoken of longest ago are forgotten */
  constructor(remembered = rememberedByOne) {
    this.remembered = remembered;
  }

  /** How many events are remembered. */
  get size(): number {
    return this.total;
  }

  /**
   * Counts an event.
   * @param object what tells its object from all others, whatever its version; @param now monotonic milliseconds
   * @returns the event that it is one of, and whether the object's budget lets it be written
   */
  count(
    object: string,
    { type, reason, message, fieldPath }: Pick<WrittenEvent, 'type' | 'reason' | 'fieldPath'> & { readonly message: string },
    now: number,
  ): { readonly event: WrittenEvent; readonly permitted: boolean } {
    const spoken = this.objects.get(object) ?? { budget: new TokenBucket(1 / 300, 25, now), events: [] };
    this.objects.delete(object);
    this.objects.set(object, spoken);
    const alike = spoken.events.filter((event) => event.type === type && event.reason === reason);
    if (alike.every(({ last }) => now - last > similarWithin)) for (const event of alike) event.recent = false;
    const messages = new Set(alike.filter(({ recent }) => recent).map((event) => event.message)).add(message);
    const isOneOfMany = messages.size >= similarAtMost;
    const isIt = isOneOfMany
      ? (event: WrittenEvent) => event.message === undefined
      : (event: WrittenEvent) => event.message === message && event.fieldPath === fieldPath;
    let event = alike.find(isIt);
    if (!event) {
      const own = isOneOfMany ? { message: undefined, fieldPath: undefined } : { message, fieldPath };
      event = { type, reason, ...own, suffix: '', count: 0, first: 0, last: now, recent: false };
      spoken.events.push(event);
      this.total++;
      if (spoken.events.length > rememberedOfOne) {
        spoken.events.shift();
        this.total--;
      }
    }
    event.last = now;
    event.recent = !isOneOfMany;
    event.count++;
    while (this.total > this.remembered) this.forgetOldest();
    return { event, permitted: spoken.budget.tryTake(now) };
  }

  private forgetOldest(): void {
    const [object, { events }] = this.objects.entries().next().value!;
    this.objects.delete(object);
    this.total -= events.length;
  }
}
