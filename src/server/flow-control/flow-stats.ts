import { Histogram } from '../../machinery/histogram.ts';

const secondsBounds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const seatsBounds = [1, 2, 4, 8, 16, 32, 64, 100];
const lengthBounds = [0, 10, 25, 50, 100, 250, 500, 1000];
const watcherBounds = [0, 1, 10, 100, 1000, 10000];

export type RejectReason = 'concurrency-limit' | 'queue-full' | 'time-out' | 'cancelled';

/** What became of the requests of one FlowSchema in one priority level: plain numbers, which /metrics prints. */
export class FlowStats {
  readonly flowSchema: string;
  readonly priorityLevel: string;
  executing = 0;
  executingSeats = 0;
  waiting = 0;
  waitingSeats = 0;
  dispatched = 0;
  /** How often the next in turn found too few free seats. */
  noAccommodation = 0;
  readonly rejected = new Map<RejectReason, number>();
  readonly execution = { regular: new Histogram(secondsBounds), watch: new Histogram(secondsBounds) };
  readonly waited = { true: new Histogram(secondsBounds), false: new Histogram(secondsBounds) };
  readonly queueLength = new Histogram(lengthBounds);
  readonly seats = new Histogram(seatsBounds);
  readonly watchers = new Histogram(watcherBounds);

  constructor(flowSchema: string, priorityLevel: string) {
    this.flowSchema = flowSchema;
    this.priorityLevel = priorityLevel;
  }

  reject(reason: RejectReason): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }
}
