import type { WatchAnswer } from '../answer.ts';
import type { WatchFrame } from '../encoding/encoder.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { Reply } from './reply.ts';

/** With so many bytes on the way to a client, its watch waits until they are sent. */
const bufferLimit = 1024 * 1024;

/** The open watches of a server, so that all can be ended. */
export class WatchStreams {
  private readonly metrics: RequestMetrics | undefined;
  private readonly endings = new Set<() => void>();
  private closed = false;

  /** @param metrics where the sizes of events are noted */
  constructor(metrics?: RequestMetrics) {
    this.metrics = metrics;
  }

  /** Sends the frames of a watch until it ends or the client goes; the frames of one turn of the event loop leave in one write. */
  open(answer: WatchAnswer, frame: WatchFrame, reply: Reply): void {
    if (this.closed) return reply.end();
    let waiting: Buffer[] = [];
    let waitingLength = 0;
    let scheduled = false;
    let over = false;
    let ended = false;
    let stop: (() => void) | undefined;
    let draining: Promise<void> | undefined;
    const sizes = this.metrics?.eventSizes(answer.definition);

    const flush = () => {
      scheduled = false;
      if (waiting.length > 0) {
        const frames = waiting;
        const length = waitingLength;
        waiting = [];
        waitingLength = 0;
        if (reply.writeFrames) reply.writeFrames(frames);
        else reply.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames, length));
      }
      if (over && !ended) {
        ended = true;
        reply.end();
      }
    };
    const schedule = () => {
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    };
    const finish = () => {
      if (over) return;
      over = true;
      this.endings.delete(finish);
      stop?.();
      schedule();
    };

    this.endings.add(finish);
    reply.closed(finish);
    stop = answer.start({
      events(events) {
        if (over) return;
        for (const event of events) {
          const bytes = frame(event);
          if (!bytes) return finish();
          waiting.push(bytes);
          waitingLength += bytes.length;
          sizes?.observe(bytes.length);
        }
        schedule();
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
