import type { Clock } from '../../machinery/clock.ts';

const first = 1_000;
const longest = 900_000;
const checkEvery = 60_000;

interface Entry {
  wait: number;
  since: number;
}

/** How long a pod that failed stays before another takes its place, so that a node that refuses it is not asked in a loop. */
export class FailureBackoff {
  private readonly entries = new Map<string, Entry>();
  private readonly clock: Clock;
  private checked: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.checked = clock.monotonic();
  }

  /** Milliseconds that are left to wait; 0 counts as a failure that is dealt with now, after which the next one waits longer. */
  next(key: string): number {
    const now = this.clock.monotonic();
    this.forgetOld(now);
    const entry = this.entries.get(key);
    const left = entry ? entry.since + entry.wait - now : 0;
    if (left > 0) return left;
    this.entries.set(key, { wait: entry ? Math.min(longest, entry.wait * 2) : first, since: now });
    return 0;
  }

  private forgetOld(now: number): void {
    if (now - this.checked < checkEvery) return;
    this.checked = now;
    for (const [key, { since }] of this.entries) if (now - since > 2 * longest) this.entries.delete(key);
  }
}
