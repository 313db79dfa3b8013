import { RatioOverTime, type Sample } from '../../machinery/histogram.ts';

const bounds = [0, 0.001, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
const phases = ['executing', 'waiting'] as const;
const kinds = ['mutating', 'readOnly'] as const;

type Phase = (typeof phases)[number];

/** Whether a request of this verb changes something, as the limits of requests in flight tell them apart. */
export function isMutating(verb: string): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'watch';
}

/** Requests that wait or execute, the reading ones and the writing ones apart, over all priority levels. */
export class InFlight {
  readonly counts = { executing: { mutating: 0, readOnly: 0 }, waiting: { mutating: 0, readOnly: 0 } };
  private readonly ratios: Record<Phase, Record<(typeof kinds)[number], RatioOverTime>>;

  /** @param now monotonic milliseconds */
  constructor(now: number) {
    const pair = () => ({ mutating: new RatioOverTime(bounds, now), readOnly: new RatioOverTime(bounds, now) });
    this.ratios = { executing: pair(), waiting: pair() };
  }

  /** What the counts are divided by. */
  setLimits(executing: number, waiting: number, now: number): void {
    for (const kind of kinds) {
      this.ratios.executing[kind].setWhole(Math.max(1, executing), now);
      this.ratios.waiting[kind].setWhole(Math.max(1, waiting), now);
    }
  }

  executing(verb: string, delta: 1 | -1, now: number): void {
    this.change('executing', verb, delta, now);
  }

  waiting(verb: string, delta: 1 | -1, now: number): void {
    this.change('waiting', verb, delta, now);
  }

  series(now: number): Sample[] {
    return phases.flatMap((phase) => kinds.map((kind) => this.ratios[phase][kind].series({ phase, request_kind: kind }, now)));
  }

  private change(phase: Phase, verb: string, delta: 1 | -1, now: number): void {
    const kind = isMutating(verb) ? 'mutating' : 'readOnly';
    const count = this.counts[phase][kind] + delta;
    this.counts[phase][kind] = count;
    this.ratios[phase][kind].set(count, now);
  }
}
