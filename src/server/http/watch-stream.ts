import type { WatchAnswer } from '../answer.ts';
import type { WatchEncoding } from '../encoding/encoder.ts';
import type { FrameBatch } from '../encoding/watch-frames.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { Reply } from './reply.ts';

/** With so many bytes on the way to a client, its watch waits until they are sent. */
const bufferLimit = 1024 * 1024;

/**
 * Frames wait for others for so many turns of the event loop. With nothing else to do a turn takes no time; with writes under way, what several groups of
 * them changed leaves in one write to each watcher.
 */
const gatheredTurns = 3;

/** Calls back together all who asked since the first of them did, a few turns later. */
class Gathering {
  private due: (() => void)[] = [];

  add(callback: () => void): void {
    if (this.due.push(callback) === 1) this.wait(gatheredTurns);
  }

  private wait(turns: number): void {
    setImmediate(() => (turns > 1 ? this.wait(turns - 1) : this.call()));
  }

  private call(): void {
    const { due } = this;
    this.due = [];
    for (const callback of due) callback();
  }
}

/** Joins what several watchers have to get once for all of them. */
class Joining {
  private last: { readonly batches: readonly FrameBatch[]; readonly bytes: Buffer } | undefined;

  join(batches: readonly FrameBatch[]): Buffer {
    if (batches.length === 1) return batches[0]!.bytes;
    const { last } = this;
    if (last?.batches.length === batches.length && batches.every((batch, place) => batch === last.batches[place])) return last.bytes;
    if (!last) setImmediate(() => (this.last = undefined));
    const bytes = Buffer.concat(batches.map((batch) => batch.bytes));
    this.last = { batches, bytes };
    return bytes;
  }
}

/** The open watches of a server, so that all can be ended. */
export class WatchStreams {
  private readonly metrics: RequestMetrics | undefined;
  private readonly gathering = new Gathering();
  private readonly joining = new Joining();
  private readonly endings = new Set<() => void>();
  private closed = false;

  /** @param metrics where the sizes of events are noted */
  constructor(metrics?: RequestMetrics) {
    this.metrics = metrics;
  }

  /** Sends the frames of a watch until it ends or the client goes; those that come together, or nearly, leave in one write. */
  open(answer: WatchAnswer, encoding: Pick<WatchEncoding, 'encode'>, reply: Reply): void {
    if (this.closed) return reply.end();
    let waiting: FrameBatch[] = [];
    let waitingLength = 0;
    let over = false;
    let stop: (() => void) | undefined;
    let draining: Promise<void> | undefined;
    const { gathering, joining } = this;
    const sizes = this.metrics?.eventSizes(answer.definition);

    const flush = () => {
      if (waiting.length === 0) return;
      const batches = waiting;
      waiting = [];
      waitingLength = 0;
      if (reply.writeFrames) for (const { frames } of batches) reply.writeFrames(frames);
      else reply.write(joining.join(batches));
    };
    const finish = () => {
      if (over) return;
      over = true;
      this.endings.delete(finish);
      stop?.();
      flush();
      reply.end();
    };

    this.endings.add(finish);
    reply.closed(finish);
    stop = answer.start({
      events(events) {
        if (over) return;
        const batch = encoding.encode(events);
        if (!batch) return finish();
        for (const { length } of batch.frames) {
          waitingLength += length;
          sizes?.observe(length);
        }
        if (waiting.push(batch) === 1) gathering.add(flush);
        if (waitingLength + reply.pending() < bufferLimit) return;
        draining ??= new Promise<void>((resolve) => {
          flush();
          reply.drained(() => {
            draining = undefined;
            resolve();
          });
        });
        return draining;
      },
      end: finish,
    });
    if (over) stop();
  }

  /** Ends all watches, and at once those that are still opened. */
  endAll(): void {
    this.closed = true;
    for (const finish of [...this.endings]) finish();
  }
}
