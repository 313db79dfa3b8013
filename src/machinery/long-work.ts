import type { Clock } from './clock.ts';
import { nextTurn } from './next-turn.ts';

/** So long, in milliseconds, one piece of work may hold up all others. */
const share = 10;

/** A long loop that leaves others their turns: `for (…) { …; if (work.isDue()) await work.rest(); }` */
export class LongWork {
  private readonly clock: Clock;
  private until: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.until = clock.monotonic() + share;
  }

  isDue(): boolean {
    return this.clock.monotonic() >= this.until;
  }

  /** Resolves once others had a turn. */
  async rest(): Promise<void> {
    await nextTurn();
    this.until = this.clock.monotonic() + share;
  }
}
