import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import { RatioOverTime } from '../../machinery/histogram.ts';
import { Memo } from '../../machinery/memo.ts';
import type { FlowRequest } from './flow-request.ts';
import type { InFlight } from './in-flight.ts';
import { type Discipline, QueueSet, type QueueSetObserver } from './queue-set.ts';
import { RetryAfter } from './retry-after.ts';
import { SeatDemand } from './seat-demand.ts';
import { dealHand } from './shuffle-sharding.ts';

const seatBounds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
const requestBounds = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1];
const demandBounds = [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6];

/** How much of the smoothed demand is left of the one before, each period of adjustment: half of it after five minutes. */
const smoothing = 0.977;
/** One request has at most this part of a level's seats. */
const widestShare = 0.15;
/** So many flows' hands are remembered. */
const maxHands = 2000;

/** The seats that a level has by its configuration, and what it may lend and borrow. */
export interface SeatLimits {
  readonly nominal: number;
  readonly least: number;
  readonly most: number;
}

/** One PriorityLevelConfiguration at work. */
export class PriorityLevel implements QueueSetObserver {
  readonly name: string;
  readonly set: QueueSet;
  readonly retryAfter = new RetryAfter();
  /** The object is gone; it goes too once nothing is left in it. */
  quiescing = false;
  limits: SeatLimits = { nominal: 0, least: 0, most: 0 };
  /** What it has now, with what is lent and borrowed. */
  seats = 0;
  /** Seats that it was meant to have at the last adjustment. */
  target = 0;
  demand = { average: 0, deviation: 0, most: 0, smoothed: 0 };
  readonly waitingRatio: RatioOverTime;
  readonly executingRatio: RatioOverTime;
  readonly seatRatio: RatioOverTime;
  readonly demandRatio: RatioOverTime;
  private object: KubeObject;
  private begun = false;
  private readonly clock: Clock;
  private readonly integrator: SeatDemand;
  private readonly inFlight: InFlight;
  private readonly hands = new Memo<readonly number[]>(maxHands);

  constructor(object: KubeObject, clock: Clock, inFlight: InFlight) {
    this.object = object;
    this.clock = clock;
    this.inFlight = inFlight;
    this.name = object.metadata!.name!;
    const now = clock.monotonic();
    this.waitingRatio = new RatioOverTime(requestBounds, now);
    this.executingRatio = new RatioOverTime(requestBounds, now);
    this.seatRatio = new RatioOverTime(seatBounds, now);
    this.demandRatio = new RatioOverTime(demandBounds, now);
    this.integrator = new SeatDemand(() => clock.monotonic());
    this.set = new QueueSet(clock, this);
  }

  get uid(): string {
    return this.object.metadata?.uid ?? '';
  }

  get exempt(): boolean {
    return this.object['spec'].type === 'Exempt';
  }

  /** Its part of the server's seats, against the other levels' parts. */
  get shares(): number {
    return this.common.nominalConcurrencyShares ?? 0;
  }

  /** Requests that its queues hold together. */
  get queueRoom(): number {
    const discipline = this.discipline;
    return typeof discipline === 'object' ? discipline.queues * discipline.queueLengthLimit : 0;
  }

  /** Whether its flows have queues of their own. */
  get sharded(): boolean {
    const discipline = this.discipline;
    return typeof discipline === 'object' && discipline.queues > 1;
  }

  /** The most seats that one request may ask for; 0 where nothing limits it. */
  maxSeats = 0;

  private get common(): any {
    const { exempt, limited } = this.object['spec'];
    return exempt ?? limited ?? {};
  }

  private get discipline(): Discipline {
    const { type, limited } = this.object['spec'];
    return type === 'Exempt' ? 'exempt' : (limited?.limitResponse?.queuing ?? 'reject');
  }

  /** Takes over the object as it is now; `divide` and `adjust` follow. */
  update(object: KubeObject): void {
    this.object = object;
    this.quiescing = false;
    this.hands.clear();
  }

  /** Works out its limits. @param serverSeats all that the server has; @param allShares the sum of the levels' shares */
  divide(serverSeats: number, allShares: number): void {
    const { lendablePercent = 0, borrowingLimitPercent } = this.common;
    const nominal = allShares > 0 ? Math.ceil((serverSeats * this.shares) / allShares) : 0;
    const lendable = Math.round((nominal * lendablePercent) / 100);
    const borrowable = typeof borrowingLimitPercent === 'number' ? Math.round((nominal * borrowingLimitPercent) / 100) : serverSeats;
    this.limits = { nominal, least: nominal - lendable, most: nominal + borrowable };
    const discipline = this.discipline;
    this.maxSeats =
      typeof discipline === 'object'
        ? Math.max(1, Math.min(Math.ceil(nominal * widestShare), Math.floor(nominal / discipline.handSize)))
        : 0;
    if (this.begun) return;
    this.begun = true;
    this.seats = nominal - Math.floor(lendable / 2);
  }

  /** Takes in what was wanted since the last time. */
  observeDemand(): void {
    const taken = this.integrator.take();
    const envelope = taken.average + taken.deviation;
    this.demand = { ...taken, smoothed: Math.max(envelope, smoothing * this.demand.smoothed + (1 - smoothing) * envelope) };
  }

  /** The seats that it has from now on. @param serverSeats all that the server has */
  adjust(seats: number, serverSeats: number): void {
    this.seats = seats;
    const whole = seats > 0 ? seats : Math.max(1, Math.round(serverSeats / 10));
    const now = this.clock.monotonic();
    const discipline = this.discipline;
    const room = typeof discipline === 'object' ? Math.max(1, discipline.queueLengthLimit) * discipline.queues : 1;
    this.waitingRatio.setWhole(room, now);
    this.executingRatio.setWhole(whole, now);
    this.seatRatio.setWhole(whole, now);
    this.demandRatio.setWhole(whole, now);
    this.set.configure(discipline, seats);
  }

  /** The queues of a flow. */
  hand(flow: string): readonly number[] {
    return this.hands.get(flow, () => {
      const discipline = this.discipline;
      return typeof discipline === 'object' ? dealHand(flow, discipline.queues, discipline.handSize) : [];
    });
  }

  waiting(request: FlowRequest, delta: 1 | -1, now: number): void {
    this.waitingRatio.set(this.set.waitingCount, now);
    this.inFlight.waiting(request.info.verb, delta, now);
  }

  executing(request: FlowRequest, delta: 1 | -1, now: number): void {
    this.executingRatio.set(this.set.executingCount, now);
    this.inFlight.executing(request.info.verb, delta, now);
  }

  seatsChanged(inUse: number, waiting: number, now: number): void {
    this.seatRatio.set(inUse, now);
    this.demandRatio.set(inUse + waiting, now);
    this.integrator.set(inUse + waiting, now);
  }
}
