import type { Clock, Timer } from '../../machinery/clock.ts';
import { nextTurn } from '../../machinery/next-turn.ts';
import { WatchLaggedError } from '../errors.ts';
import { type CacheChange, SharedEvent } from './cache-change.ts';
import type { CacheStats } from './cache-stats.ts';
import type { EventRing } from './event-ring.ts';
import type { CachedObject, CacheEvent, CacheFilter, CacheScope, CacheWatch, CacheWatchOptions, CacheWatchSink } from './types.ts';

/** What a watcher needs of its cache. */
export interface WatcherHost<A> {
  readonly clock: Clock;
  readonly ring: EventRing<A>;
  readonly revision: number;
  readonly stallMs: number;
  readonly stats: CacheStats;
  /** The watcher has everything; from now on it gets changes as they come. */
  joinLive(watcher: CacheWatcher<A>): void;
  leaveLive(watcher: CacheWatcher<A>): void;
  /** No further calls to the sink follow. */
  forget(watcher: CacheWatcher<A>): void;
}

/** What is given before the ring's changes. */
export interface Prelude<A> {
  /** The present objects, for `from: 'state'`. */
  readonly state?: readonly CachedObject<A>[];
  /** Changes that are older than the ring, from storage. */
  readonly history?: readonly CacheChange<A>[];
  /** The revision at which the ring takes over. */
  readonly revision: number;
}

// A watcher that catches up gets so many events or looks at so many changes, then others have their turn.
const stepEvents = 500;
const stepChanges = 5000;

/**
 * One watcher. Behind, it reads prelude and ring from its own position on; as soon as nothing is left there, it joins the live watchers
 * in the same turn, and the cache hands it each change that it may see. When its consumer's buffer is full, it is behind again, at the
 * position that it had reached. A position that the ring has dropped, or a consumer that does not drain, ends the watch.
 */
export class CacheWatcher<A> implements CacheWatch {
  readonly scope: CacheScope;
  readonly options: CacheWatchOptions<A>;
  readonly sink: CacheWatchSink<A>;
  private readonly host: WatcherHost<A>;
  private readonly filter: CacheFilter<A> | undefined;
  /** Changes at or below it are not of interest. */
  private readonly after: number;
  private given: number;
  private position: number;
  private live = false;
  private ended = false;
  private batch: CacheEvent<A>[] = [];
  private prelude: Prelude<A> | undefined;

  constructor(host: WatcherHost<A>, options: CacheWatchOptions<A>, sink: CacheWatchSink<A>, prelude: Prelude<A>) {
    this.host = host;
    this.options = options;
    this.scope = options.scope;
    this.filter = options.filter;
    this.sink = sink;
    this.after = typeof options.from === 'number' ? options.from : 0;
    this.given = typeof options.from === 'number' ? options.from : prelude.revision;
    this.position = host.ring.positionAfter(Math.max(this.after, prelude.revision));
    this.prelude = prelude;
  }

  /** Begins to call the sink. */
  start(): void {
    const prelude = this.prelude!;
    this.prelude = undefined;
    this.run(() => this.begin(prelude));
  }

  get revision(): number {
    return this.live ? Math.max(this.after, this.host.revision) : this.given;
  }

  get isLive(): boolean {
    return this.live;
  }

  stop(): void {
    if (this.ended) return;
    this.ended = true;
    if (this.live) this.host.leaveLive(this);
    this.live = false;
    this.host.forget(this);
  }

  end(error: Error): void {
    if (this.ended) return;
    this.stop();
    if (error instanceof WatchLaggedError) this.host.stats.lagged++;
    this.sink.ended(error);
  }

  /** Takes a change while live. @returns whether `flush` must be called at the end of the turn, and was not due before */
  offer(change: CacheChange<A>): boolean {
    const event = this.see(change);
    return event !== undefined && this.batch.push(event) === 1;
  }

  /**
   * Hands out what `offer` collected.
   * @param last what the watcher before was given: the same array is handed out again if it is the same that this one sees
   * @returns what was handed out
   */
  flush(last: readonly CacheEvent<A>[]): readonly CacheEvent<A>[] {
    if (this.ended) return last;
    const batch = isSame(this.batch, last) ? last : this.batch;
    this.batch = [];
    this.handOut(batch);
    return batch;
  }

  private handOut(batch: readonly CacheEvent<A>[]): void {
    const draining = this.sink.events(batch);
    if (!draining || this.ended) return;
    this.given = this.host.revision;
    this.position = this.host.ring.end;
    this.live = false;
    this.host.leaveLive(this);
    this.run(async () => {
      await this.drained(draining);
      await this.catchUp();
    });
  }

  private run(step: () => Promise<void>): void {
    step().catch((error) => this.end(error as Error));
  }

  private async begin({ state, history = [], revision }: Prelude<A>): Promise<void> {
    if (state) {
      const { filter } = this;
      this.host.stats.initial += state.length;
      const wanted = filter ? state.filter((object) => filter(object.attributes, object)) : state;
      for (let i = 0; i < wanted.length && !this.ended; i += stepEvents) {
        await this.give(wanted.slice(i, i + stepEvents).map((object) => new SharedEvent('ADDED', object)));
        if (i + stepEvents < wanted.length) await nextTurn();
      }
      if (this.ended) return;
      this.sink.initialEventsEnd(revision);
    }
    this.host.stats.initial += history.length;
    for (let i = 0; i < history.length && !this.ended; i += stepEvents) {
      const step = history.slice(i, i + stepEvents);
      await this.give(step.map((change) => this.see(change)).filter((event) => event !== undefined));
      this.given = step.at(-1)!.revision;
    }
    await this.catchUp();
  }

  private async catchUp(): Promise<void> {
    const { host } = this;
    const { ring } = host;
    for (;;) {
      if (this.ended) return;
      if (this.position < ring.start || ring !== host.ring) throw new WatchLaggedError();
      if (this.position >= ring.end) break;
      const events: CacheEvent<A>[] = [];
      const until = Math.min(ring.end, this.position + stepChanges);
      for (; this.position < until && events.length < stepEvents; this.position++) {
        const event = this.see(ring.at(this.position));
        if (event) events.push(event);
      }
      this.given = Math.max(this.given, ring.at(this.position - 1).revision);
      const draining = events.length > 0 && this.sink.events(events);
      if (draining) await this.drained(draining);
      if (this.position < ring.end) await nextTurn();
    }
    this.live = true;
    host.joinLive(this);
  }

  private see(change: CacheChange<A>): CacheEvent<A> | undefined {
    if (change.revision <= this.after || !covers(this.scope, change.key)) return undefined;
    return change.seenThrough(this.filter);
  }

  private give(events: readonly CacheEvent<A>[]): Promise<void> | undefined {
    const draining = events.length > 0 && this.sink.events(events);
    return draining ? this.drained(draining) : undefined;
  }

  /** Waits for the consumer; ends the watch if that takes too long while events wait. */
  private async drained(draining: Promise<void>): Promise<void> {
    const { clock, stallMs } = this.host;
    let timer: Timer | undefined;
    const arm = () => {
      timer = clock.timer(stallMs, () => (this.position < this.host.ring.end ? this.end(new WatchLaggedError()) : arm()), {
        background: true,
      });
    };
    arm();
    try {
      await draining;
    } finally {
      timer?.cancel();
    }
  }
}

export function covers(scope: CacheScope, key: string): boolean {
  return 'key' in scope ? key === scope.key : key.startsWith(scope.prefix);
}

function isSame<T>(list: readonly T[], other: readonly T[]): boolean {
  return list.length === other.length && list.every((item, index) => item === other[index]);
}
