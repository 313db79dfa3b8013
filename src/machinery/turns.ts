/** Lets so many things happen at one time; the others wait for their turn in the order in which they came. */
export class Turns {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(atOneTime: number) {
    this.free = atOneTime;
  }

  /** Does it when its turn has come. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.take();
    if (turn) await turn;
    try {
      return await work();
    } finally {
      this.over();
    }
  }

  private take(): Promise<void> | undefined {
    if (this.free > 0) {
      this.free--;
      return undefined;
    }
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  /** A turn is over: the next one's begins. */
  private over(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free++;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
