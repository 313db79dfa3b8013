import { nextTurn } from './next-turn.ts';

/**
 * Time, injected everywhere: nothing else in the project may call Date or the timer functions, so that a cluster can run on a
 * virtual clock. Times are milliseconds since the epoch.
 */
export interface Clock {
  now(): number;
  /** Monotonic milliseconds, with fractions, for durations. */
  monotonic(): number;
  /** Calls back once after `ms`; the result cancels it. Timers do not keep the process alive when `background` is true. */
  timer(ms: number, callback: () => void, options?: { background?: boolean }): Timer;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves a moment (a millisecond) later: what a step takes elsewhere that takes no time here. Virtual time does not pass for it. */
  moment(): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

const momentMs = 1;

/** Node fires a timer at once that is set for longer (24.8 days). */
const longestTimeout = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, callback, options) {
    let handle: NodeJS.Timeout;
    const arm = (left: number) => {
      handle = setTimeout(() => (left > longestTimeout ? arm(left - longestTimeout) : callback()), Math.min(left, longestTimeout));
      if (options?.background) handle.unref();
    };
    arm(ms);
    return { cancel: () => clearTimeout(handle) };
  },
  sleep(ms, signal) {
    return sleepOn(this, ms, signal);
  },
  moment() {
    return this.sleep(momentMs);
  },
};

function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.timer(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** RFC 3339 in UTC with whole seconds, as metav1.Time is written. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 in UTC with microseconds, as metav1.MicroTime is written. */
export function formatMicroTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;
}

/** As HTTP headers carry times: `Tue, 24 Nov 2026 04:02:35 GMT`. */
export function formatHttpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

/** Milliseconds since the epoch of an RFC 3339 time; NaN if it is none. */
export function parseTime(text: string): number {
  return Date.parse(text);
}

/** A clock that moves only when told to: timers fire in order of their due time inside `advance`. */
export class VirtualClock implements Clock {
  private time: number;
  private sequence = 0;
  private readonly timers = new Map<number, { due: number; callback: () => void }>();

  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return Math.floor(this.time);
  }

  monotonic(): number {
    return this.time;
  }

  timer(ms: number, callback: () => void): Timer {
    const id = ++this.sequence;
    this.timers.set(id, { due: this.time + Math.max(0, ms), callback });
    return { cancel: () => this.timers.delete(id) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  moment(): Promise<void> {
    return nextTurn();
  }

  /** When the next timer is due, or undefined if there is none. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.timers.values()) if (next === undefined || due < next) next = due;
    return next;
  }

  /** Moves time on by `ms`, firing what falls due; between two timers, pending microtasks and I/O callbacks run. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      let first: [number, { due: number; callback: () => void }] | undefined;
      for (const entry of this.timers) if (entry[1].due <= end && (!first || entry[1].due < first[1].due)) first = entry;
      if (!first) break;
      this.timers.delete(first[0]);
      this.time = Math.max(this.time, first[1].due);
      first[1].callback();
      await nextTurn();
    }
    this.time = end;
  }
}
