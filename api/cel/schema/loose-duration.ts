import { CelError } from '../runtime/errors.ts';
import { parseDuration } from '../runtime/time.ts';
import { Duration } from '../runtime/values.ts';

const second = 1_000_000_000n;
const units: readonly (readonly [names: string, nanoseconds: bigint])[] = [
  ['ns nano nanos nanosecond nanoseconds', 1n],
  ['us µs micro micros microsecond microseconds', 1_000n],
  ['ms milli millis millisecond milliseconds', 1_000_000n],
  ['s sec secs second seconds', second],
  ['m min mins minute minutes', 60n * second],
  ['h hr hour hours', 3600n * second],
  ['d day days', 86_400n * second],
  ['w week weeks wk wks', 604_800n * second],
];
const nanoseconds = new Map(units.flatMap(([names, value]) => names.split(' ').map((name) => [name, value] as const)));

/** A duration in the API's `duration` format: as Go writes it, or words such as `3 days`. @throws CelError */
export function parseLooseDuration(text: string): Duration {
  const plain = parseDuration(text);
  if (plain) return plain;
  const parts = [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)];
  if (parts.length === 0) throw new CelError(`Invalid duration ${text}: unable to parse ${text} as duration`);
  let total = 0n;
  for (const [, number, unit] of parts) total += BigInt(number!.slice(0, 20)) * (nanoseconds.get(unit!) ?? 0n);
  return new Duration(BigInt.asIntN(64, total));
}
