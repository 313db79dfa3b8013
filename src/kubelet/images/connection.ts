import { Duplex } from 'node:stream';

/** One end of a connection within the process. */
class End extends Duplex {
  other!: End;
  private waiting: (() => void) | undefined;

  override _read(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const { other } = this;
    if (other.destroyed || other.push(bytes)) done();
    // The writer goes on when the reader has taken what it has.
    else other.waiting = done;
  }

  override _final(done: () => void): void {
    this.other.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other, waiting } = this;
    this.waiting = undefined;
    waiting?.();
    // Who has said and heard everything leaves; the other one may still read.
    if (!(this.writableFinished && this.readableEnded)) process.nextTick(() => other.destroy());
    done(error);
  }
}

/** The two ends of a connection: what is written to one is read from the other. */
export function connectedPair(): [Duplex, Duplex] {
  const [one, other] = [new End(), new End()];
  one.other = other;
  other.other = one;
  return [one, other];
}
