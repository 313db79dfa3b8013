import type { Clock } from '../../machinery/clock.ts';
import type { FlowRequest } from './flow-request.ts';
import type { RejectReason } from './flow-stats.ts';

export interface Queuing {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

/** How the requests of a priority level are held back: not at all, by its seats alone, or in queues. */
export type Discipline = 'exempt' | 'reject' | Queuing;

/** A service time to begin with, in seconds, until it is known how long the request took. */
const assumedSeconds = 0.003;

export class Queue {
  /** The progress at which its next request begins, were all queues served evenly at the same time. */
  nextDispatchR = 0;
  seatsInUse = 0;
  readonly waiting = new Set<FlowRequest>();
  readonly executing = new Set<FlowRequest>();
  /** Seats that wait, and seat-seconds. */
  waitingSeats = 0;
  waitingInitialSeats = 0;
  waitingWork = 0;

  get idle(): boolean {
    return this.waiting.size === 0 && this.executing.size === 0;
  }

  get oldest(): FlowRequest | undefined {
    return this.waiting.size === 0 ? undefined : this.waiting.values().next().value;
  }
}

/** Of the latest dispatch: its progress and start, and the bounds, over the queues that had requests, of when the next of each would begin. */
export interface DispatchRecord {
  progress: number;
  start: number;
  earliest: number;
  latest: number;
  earliestDiscounted: number;
  latestDiscounted: number;
}

/** Hears of requests that begin or end waiting or executing. */
export interface QueueSetObserver {
  waiting(request: FlowRequest, delta: 1 | -1, now: number): void;
  executing(request: FlowRequest, delta: 1 | -1, now: number): void;
  /** Seats in use, and those that wait for some, have changed. */
  seatsChanged(inUse: number, waiting: number, now: number): void;
}

/**
 * The seats of one priority level and the queues for them (KEP-1040): fair queuing by virtual time, where queues, not requests, have equal parts.
 * Everything is synchronous; a request that finds a free seat and nobody waiting passes with a few additions.
 */
export class QueueSet {
  readonly clock: Clock;
  readonly queues: Queue[] = [];
  /** Those that execute where there are no queues. */
  readonly queueless = new Set<FlowRequest>();
  waitingCount = 0;
  waitingSeats = 0;
  executingCount = 0;
  seatsInUse = 0;
  dispatchedCount = 0;
  rejectedCount = 0;
  cancelledCount = 0;
  /** Seat-seconds given to each queue so far, the R of the KEP. */
  progress = 0;
  /** Made by the first one. */
  lastDispatch: DispatchRecord | undefined;
  private discipline: Discipline = 'reject';
  private limit = 0;
  private activeQueues = 0;
  private progressAt: number;
  private robin = 0;
  private enqueued = 0;
  private readonly observer: QueueSetObserver;

  constructor(clock: Clock, observer: QueueSetObserver) {
    this.clock = clock;
    this.observer = observer;
    this.progressAt = clock.monotonic();
  }

  get idle(): boolean {
    return this.waitingCount === 0 && this.executingCount === 0;
  }

  get concurrencyLimit(): number {
    return this.limit;
  }

  /** From now on these rules hold; who has waited under the old ones goes on waiting. @param limit seats */
  configure(discipline: Discipline, limit: number): void {
    const now = this.advance();
    this.discipline = discipline;
    this.limit = limit;
    if (typeof discipline === 'object') while (this.queues.length < discipline.queues) this.queues.push(new Queue());
    this.dropEmptyQueues();
    this.dispatchAll(now);
  }

  /**
   * Takes in a request that comes now: it executes at once, waits, or is turned away.
   * @param hand the queues of its flow; of no account where there are none
   * @returns why it is turned away
   */
  admit(request: FlowRequest, hand: readonly number[]): RejectReason | undefined {
    const now = request.arrivedAt;
    this.advance(now);
    if (typeof this.discipline === 'string') {
      if (this.discipline === 'reject' && !this.hasRoom(request.seats)) return this.refused(request, 'concurrency-limit');
      this.execute(request, undefined, now);
      return undefined;
    }
    const queue = this.shortest(hand);
    if (this.seatsInUse >= this.limit && queue.waiting.size >= this.discipline.queueLengthLimit) return this.refused(request, 'queue-full');
    const { initialSeats, finalSeats, additionalLatencyMs } = request.work;
    request.totalWork = initialSeats * assumedSeconds + (finalSeats * additionalLatencyMs) / 1000;
    request.arrivedR = this.progress;
    if (queue.idle) queue.nextDispatchR = this.progress;
    request.stats.queueLength.observe(queue.waiting.size + 1);
    if (this.waitingCount === 0 && this.seatsInUse < this.limit && this.hasRoom(request.seats)) {
      const start = queue.nextDispatchR;
      this.recordDispatch(start, start, start, queue.seatsInUse * assumedSeconds);
      this.execute(request, queue, now);
      return undefined;
    }
    this.enqueue(request, queue, now);
    this.dispatchAll(now);
    return undefined;
  }

  /** An executing request has its answer. @param now monotonic milliseconds */
  finish(request: FlowRequest, now: number): void {
    this.advance(now);
    request.state = 'over';
    const { queue } = request;
    this.executingCount--;
    this.observer.executing(request, -1, now);
    if (queue) {
      queue.executing.delete(request);
      if (queue.idle) this.activeQueues--;
      queue.nextDispatchR -= request.work.initialSeats * (assumedSeconds - (now - request.startedAt) / 1000);
      holdToArrival(queue);
    } else this.queueless.delete(request);
    const { additionalLatencyMs } = request.work;
    if (additionalLatencyMs > 0) {
      this.clock.timer(additionalLatencyMs, () => this.release(request, this.advance()), { background: true });
      this.dispatchAll(now);
    } else this.release(request, now);
  }

  /** A waiting request no longer waits. @param reason it has waited too long, or its client has gone */
  cancel(request: FlowRequest, reason: RejectReason): void {
    const now = this.advance();
    const queue = request.queue!;
    this.dequeue(request, queue, now);
    request.state = 'over';
    if (queue.idle) this.activeQueues--;
    this.cancelledCount++;
    this.refused(request, reason);
    holdToArrival(queue);
    this.dropEmptyQueues();
    // The one that was next may have asked for more seats than the one that is now.
    this.dispatchAll(now);
  }

  private refused(request: FlowRequest, reason: RejectReason): RejectReason {
    this.rejectedCount++;
    request.stats.reject(reason);
    return reason;
  }

  /** Brings the progress up to now, as the queues were since it was last asked for. */
  private advance(now = this.clock.monotonic()): number {
    const seconds = (now - this.progressAt) / 1000;
    this.progressAt = now;
    if (this.activeQueues > 0) this.progress += (seconds * Math.min(this.seatsInUse + this.waitingSeats, this.limit)) / this.activeQueues;
    return now;
  }

  private hasRoom(seats: number): boolean {
    // What is wider than all seats together goes alone.
    return seats > this.limit ? this.executingCount === 0 : this.seatsInUse + seats <= this.limit;
  }

  /** The queue of a hand that has least work waiting; of equal ones each in its turn. */
  private shortest(hand: readonly number[]): Queue {
    const offset = this.enqueued++ % hand.length;
    let best: Queue | undefined;
    for (let i = 0; i < hand.length; i++) {
      const queue = this.queues[hand[(offset + i) % hand.length]!]!;
      if (!best || queue.waitingWork < best.waitingWork) best = queue;
      if (best.waitingWork === 0) break;
    }
    return best!;
  }

  private enqueue(request: FlowRequest, queue: Queue, now: number): void {
    if (queue.idle) this.activeQueues++;
    request.queue = queue;
    request.state = 'waiting';
    queue.waiting.add(request);
    this.countWaiting(request, queue, 1, now);
  }

  private dequeue(request: FlowRequest, queue: Queue, now: number): void {
    queue.waiting.delete(request);
    this.countWaiting(request, queue, -1, now);
  }

  private countWaiting(request: FlowRequest, queue: Queue, sign: 1 | -1, now: number): void {
    const seats = sign * request.seats;
    this.waitingCount += sign;
    this.waitingSeats += seats;
    queue.waitingSeats += seats;
    queue.waitingInitialSeats += sign * request.work.initialSeats;
    queue.waitingWork = queue.waiting.size === 0 ? 0 : queue.waitingWork + sign * request.totalWork;
    request.stats.waiting += sign;
    request.stats.waitingSeats += seats;
    this.observer.waiting(request, sign, now);
    this.observer.seatsChanged(this.seatsInUse, this.waitingSeats, now);
  }

  private execute(request: FlowRequest, queue: Queue | undefined, now: number): void {
    request.queue = queue;
    request.state = 'executing';
    request.startedAt = now;
    this.executingCount++;
    this.dispatchedCount++;
    this.seatsInUse += request.seats;
    if (queue) {
      if (queue.idle) this.activeQueues++;
      queue.executing.add(request);
      queue.seatsInUse += request.seats;
      queue.nextDispatchR += request.totalWork;
    } else this.queueless.add(request);
    const { stats } = request;
    stats.dispatched++;
    stats.executing++;
    stats.executingSeats += request.seats;
    this.observer.executing(request, 1, now);
    this.observer.seatsChanged(this.seatsInUse, this.waitingSeats, now);
  }

  private release(request: FlowRequest, now: number): void {
    this.seatsInUse -= request.seats;
    request.stats.executingSeats -= request.seats;
    if (request.queue) request.queue.seatsInUse -= request.seats;
    this.observer.seatsChanged(this.seatsInUse, this.waitingSeats, now);
    this.dropEmptyQueues();
    this.dispatchAll(now);
  }

  private dispatchAll(now: number): void {
    while (this.waitingCount > 0 && this.seatsInUse < this.limit && this.dispatchNext(now)) {}
  }

  /** @returns whether there was room for the next in turn: the one whose queue would be done with it first */
  private dispatchNext(now: number): boolean {
    const found = this.nextQueue();
    const request = found.oldest!;
    if (!this.hasRoom(request.seats)) {
      request.stats.noAccommodation++;
      return false;
    }
    this.dequeue(request, found, now);
    if (found.idle) this.activeQueues--;
    this.execute(request, found, now);
    holdToArrival(found);
    request.dispatched?.();
    return true;
  }

  private nextQueue(): Queue {
    let best = -1;
    let soonest = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;
    const count = this.queues.length;
    for (let i = 1; i <= count; i++) {
      const index = (this.robin + i) % count;
      const queue = this.queues[index]!;
      if (queue.waiting.size === 0) continue;
      earliest = Math.min(earliest, queue.nextDispatchR);
      latest = Math.max(latest, queue.nextDispatchR);
      const end = queue.nextDispatchR + queue.oldest!.totalWork;
      if (end >= soonest) continue;
      soonest = end;
      best = index;
    }
    const queue = this.queues[best]!;
    this.recordDispatch(queue.nextDispatchR, earliest, latest, queue.seatsInUse * assumedSeconds);
    // Of equal ones, another comes first the next time.
    this.robin = best;
    return queue;
  }

  private recordDispatch(start: number, earliest: number, latest: number, inProgress: number): void {
    const record = (this.lastDispatch ??= { progress: 0, start: 0, earliest: 0, latest: 0, earliestDiscounted: 0, latestDiscounted: 0 });
    record.progress = this.progress;
    record.start = start;
    record.earliest = earliest;
    record.latest = latest;
    record.earliestDiscounted = earliest - inProgress;
    record.latestDiscounted = latest - inProgress;
  }

  /** Fewer queues are wanted than there are: those at the end go when nothing is in them. */
  private dropEmptyQueues(): void {
    const wanted = typeof this.discipline === 'object' ? this.discipline.queues : 0;
    while (this.queues.length > wanted && this.queues.at(-1)!.idle && this.queues.at(-1)!.seatsInUse === 0) this.queues.pop();
    if (this.robin >= this.queues.length) this.robin = 0;
  }
}

/** A queue whose requests come late has no right to what it did not use before. */
function holdToArrival(queue: Queue): void {
  const bound = queue.oldest?.arrivedR;
  if (bound !== undefined && queue.nextDispatchR < bound) queue.nextDispatchR = bound;
}
