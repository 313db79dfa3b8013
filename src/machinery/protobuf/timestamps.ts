import { formatTime, parseTime } from '../clock.ts';
import { ProtobufError } from './reader.ts';

/** Seconds since the epoch and nanoseconds of an RFC 3339 time. @throws ProtobufError if it is none */
export function secondsOf(text: string): { seconds: number; nanos: number } {
  const milliseconds = parseTime(text);
  if (Number.isNaN(milliseconds)) throw new ProtobufError(`not a time: ${text}`);
  const fraction = text.length > 20 ? /\.(\d{1,9})/.exec(text)?.[1] : undefined;
  return { seconds: Math.floor(milliseconds / 1000), nanos: fraction === undefined ? 0 : Number(fraction.padEnd(9, '0')) };
}

/** RFC 3339 in UTC with whole seconds; with `micros`, six digits of them follow. */
export function timeOf(seconds: number, nanos: number, micros: boolean): string {
  const time = formatTime(seconds * 1000);
  return micros ? `${time.slice(0, -1)}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : time;
}
