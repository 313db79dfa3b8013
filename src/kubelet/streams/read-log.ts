import { Readable } from 'node:stream';
import type { Log } from '../containers/log.ts';

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Only so many of the last lines. */
  readonly tailLines?: number;
  /** Only so many bytes, from the beginning. */
  readonly limitBytes?: number;
  /** Only what was printed since, in milliseconds since the epoch. */
  readonly since?: number;
}

/** What is read of a log. */
export type FollowedLog = Pick<Log, 'all' | 'follow'>;

/** Who reads so much more slowly than a container prints is cut off. */
const waitingAtMost = 8 * 1024 * 1024;

/** A log as `kubectl logs` shows it. @param log absent: nothing is known of what was printed */
export function readLog(log: FollowedLog | undefined, { follow, timestamps, tailLines, limitBytes, since }: LogOptions): Readable {
  let left = limitBytes ?? Number.POSITIVE_INFINITY;
  let atStart = true;
  let stop: (() => void) | undefined;
  const stream = new Readable({
    read() {},
    destroy(error, done) {
      stop?.();
      done(error);
    },
  });
  const end = () => {
    stop?.();
    stream.push(null);
  };
  const send = (text: string, time: number): void => {
    let shown = text;
    if (timestamps) {
      shown = text.replace(/^(?=.|\n)/gms, (_, at: number) => (at > 0 || atStart ? `${stampOf(time)} ` : ''));
      atStart = text.endsWith('\n');
    }
    if (left <= 0) return;
    const bytes = Buffer.from(shown.slice(0, left), 'latin1');
    left -= bytes.length;
    stream.push(bytes);
    if (left <= 0) end();
    else if (stream.readableLength > waitingAtMost) stream.destroy(new Error('the log is read too slowly'));
  };
  const lines = (log?.all(tailLines) ?? []).filter(({ time }) => since === undefined || time >= since);
  for (const { text, time } of lines) send(text, time);
  if (left <= 0) return stream;
  if (!follow || !log) end();
  else stop = log.follow({ printed: send, ended: end });
  return stream;
}

/** RFC 3339 with nine digits of the second. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace(/Z$/, '000000Z');
}
