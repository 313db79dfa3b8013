type Work = () => Promise<void>;

/** Beyond so many waiting pieces, each so many more are one more that are worked on at the same time. */
const patience = 50_000;
const impatience = 1_000;

/**
 * Work that nobody waits for, such as writing events: a few pieces at a time, so that it does not crowd out what somebody waits for, unless so much of it
 * has gathered that it takes memory. Sources take turns; the pieces of one source run one after the other, in order.
 */
export class BackgroundWork {
  private readonly width: number;
  private readonly signal: AbortSignal;
  private readonly ready = new Fifo<Source>();
  private running = 0;
  private waiting = 0;

  /** @param width how many sources work at the same time; @param signal what has not begun when it is aborted is dropped */
  constructor(width: number, signal: AbortSignal) {
    this.width = width;
    this.signal = signal;
  }

  source(): BackgroundSource {
    return new Source(
      () => {
        this.waiting++;
      },
      (source) => {
        this.ready.push(source);
        if (this.running < this.atOneTime) void this.work();
      },
    );
  }

  private get atOneTime(): number {
    return this.width + Math.max(0, Math.floor((this.waiting - patience) / impatience));
  }

  private async work(): Promise<void> {
    this.running++;
    while (this.running <= this.atOneTime) {
      const source = this.ready.take();
      if (!source) break;
      this.waiting--;
      await source.step(this.signal);
    }
    this.running--;
  }
}

export interface BackgroundSource {
  /** @param work handles its own errors */
  add(work: Work): void;
  /** Resolves when everything added so far was done or dropped. */
  finished(): Promise<void>;
}

/** Stands among the pieces of work for somebody who waits until those before it are done. */
interface Milestone {
  resolve(): void;
}

class Source implements BackgroundSource {
  private readonly pieces = new Fifo<Work | Milestone>();
  private readonly counted: () => void;
  private readonly enqueue: (source: Source) => void;
  private busy = false;

  /** @param counted called for each piece; @param enqueue called when it has pieces and none of them is being worked on */
  constructor(counted: () => void, enqueue: (source: Source) => void) {
    this.counted = counted;
    this.enqueue = enqueue;
  }

  add(work: Work): void {
    this.enter(work);
  }

  private enter(piece: Work | Milestone): void {
    this.pieces.push(piece);
    this.counted();
    if (this.busy) return;
    this.busy = true;
    this.enqueue(this);
  }

  finished(): Promise<void> {
    return new Promise((resolve) => {
      this.enter({ resolve });
    });
  }

  async step(signal: AbortSignal): Promise<void> {
    const piece = this.pieces.take()!;
    if (typeof piece !== 'function') piece.resolve();
    else if (!signal.aborted) await piece();
    if (this.pieces.isEmpty) this.busy = false;
    else this.enqueue(this);
  }
}

/** First in, first out, at constant cost. */
class Fifo<T> {
  private incoming: T[] = [];
  private outgoing: T[] = [];

  get isEmpty(): boolean {
    return this.incoming.length === 0 && this.outgoing.length === 0;
  }

  push(item: T): void {
    this.incoming.push(item);
  }

  take(): T | undefined {
    if (this.outgoing.length === 0) [this.incoming, this.outgoing] = [this.outgoing, this.incoming.reverse()];
    return this.outgoing.pop();
  }
}
