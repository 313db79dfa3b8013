import type { Logger } from '../machinery/logger.ts';

type Work = () => Promise<void>;

export interface BackgroundOptions {
  /** What the work is, for the log. */
  readonly name: string;
  readonly logger: Logger;
  /** What has not begun when it is aborted is dropped. */
  readonly signal: AbortSignal;
  /** How many sources work at the same time. */
  readonly width: number;
  /** How many pieces may wait. */
  readonly room: { readonly ofOneSource: number; readonly ofAll: number };
}

/**
 * Work that nobody waits for, such as writing events: a few pieces at a time, so that it does not crowd out what somebody waits for, and no more of it
 * than there is room for. Sources take turns; the pieces of one source run one after the other, in order.
 */
export class BackgroundWork {
  private readonly options: BackgroundOptions;
  private readonly ready = new Fifo<Source>();
  private running = 0;
  private waiting = 0;
  private refused = 0;

  constructor(options: BackgroundOptions) {
    this.options = options;
  }

  source(): BackgroundSource {
    const { width, room } = this.options;
    return new Source({
      admits: (waiting) => {
        const admitted = waiting < room.ofOneSource && this.waiting < room.ofAll;
        if (!admitted) this.refused++;
        return admitted;
      },
      added: () => {
        this.waiting++;
      },
      ready: (source) => {
        this.ready.push(source);
        if (this.running < width) void this.work();
      },
    });
  }

  private async work(): Promise<void> {
    this.running++;
    for (let source = this.ready.take(); source; source = this.ready.take()) {
      if (--this.waiting === 0) this.tellRefused();
      await source.step(this.options.signal);
    }
    this.running--;
  }

  private tellRefused(): void {
    const { refused } = this;
    if (refused === 0) return;
    this.refused = 0;
    this.options.logger.warn({ work: this.options.name, refused }, 'more was to be done than may wait: some of it was dropped');
  }
}

export interface BackgroundSource {
  /** Whether one more piece may wait; the caller drops what may not. */
  admits(): boolean;
  /** @param work handles its own errors */
  add(work: Work): void;
}

/** What a source tells those with whom it shares the work. */
interface Siblings {
  /** @param waiting pieces of this source */
  admits(waiting: number): boolean;
  added(): void;
  /** The source has pieces, and none of them is being worked on. */
  ready(source: Source): void;
}

class Source implements BackgroundSource {
  private readonly pieces = new Fifo<Work>();
  private readonly siblings: Siblings;
  private busy = false;

  constructor(siblings: Siblings) {
    this.siblings = siblings;
  }

  admits(): boolean {
    return this.siblings.admits(this.pieces.length);
  }

  add(work: Work): void {
    this.pieces.push(work);
    this.siblings.added();
    if (this.busy) return;
    this.busy = true;
    this.siblings.ready(this);
  }

  async step(signal: AbortSignal): Promise<void> {
    const piece = this.pieces.take()!;
    if (!signal.aborted) await piece();
    if (this.pieces.length === 0) this.busy = false;
    else this.siblings.ready(this);
  }
}

/** First in, first out, at constant cost. */
class Fifo<T> {
  private incoming: T[] = [];
  private outgoing: T[] = [];

  get length(): number {
    return this.incoming.length + this.outgoing.length;
  }

  push(item: T): void {
    this.incoming.push(item);
  }

  take(): T | undefined {
    if (this.outgoing.length === 0) [this.incoming, this.outgoing] = [this.outgoing, this.incoming.reverse()];
    return this.outgoing.pop();
  }
}
