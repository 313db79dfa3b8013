import type { UserInfo } from '../../auth/types.ts';
import type { RequestInfo } from '../context.ts';
import type { FlowStats } from './flow-stats.ts';
import type { Queue, QueueSet } from './queue-set.ts';
import type { WorkEstimate } from './work-estimate.ts';

/** What a request is to its priority level, and how it fares there. */
export class FlowRequest {
  readonly set: QueueSet;
  readonly stats: FlowStats;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly distinguisher: string;
  /** Seats that it holds while it is at work, and for `additionalLatencyMs` after it. */
  readonly seats: number;
  readonly work: WorkEstimate;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
  startedAt = 0;
  /** The queue set's progress when it came. */
  arrivedR = 0;
  /** Seat-seconds that it is thought to take. */
  totalWork = 0;
  queue: Queue | undefined;
  state: 'new' | 'waiting' | 'executing' | 'over' = 'new';
  /** Called when a waiting request's turn has come. */
  dispatched: (() => void) | undefined;

  constructor(parts: Pick<FlowRequest, 'set' | 'stats' | 'info' | 'user' | 'distinguisher' | 'work' | 'arrivedAt'>) {
    this.set = parts.set;
    this.stats = parts.stats;
    this.info = parts.info;
    this.user = parts.user;
    this.distinguisher = parts.distinguisher;
    this.work = parts.work;
    this.seats = Math.max(parts.work.initialSeats, parts.work.finalSeats);
    this.arrivedAt = parts.arrivedAt;
  }
}
