import { goTimeQuote } from './go-quote.ts';

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What fits into Go's 64 bits of nanoseconds, in milliseconds. */
const longest = 2 ** 63 / 1e6;

/**
 * Milliseconds of a duration as Go writes them: `1h30m`, `1.5s`, `-2ms`.
 * @throws Error in Go's words
 */
export function parseGoDuration(text: string): number {
  const invalid = (): Error => new Error(`time: invalid duration ${goTimeQuote(text)}`);
  const [, sign, body] = /^([+-]?)(.*)$/s.exec(text) as unknown as [string, string, string];
  if (body === '0') return 0;
  if (body === '') throw invalid();
  let total = 0;
  let rest = body;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest)!;
    if ((number[1] ?? '') === '' && (number[2] ?? '') === '') throw invalid();
    rest = rest.slice(number[0].length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') throw new Error(`time: missing unit in duration ${goTimeQuote(text)}`);
    const size = units[unit];
    if (size === undefined) throw new Error(`time: unknown unit ${goTimeQuote(unit)} in duration ${goTimeQuote(text)}`);
    total += Number(`${number[1] || '0'}.${number[2] || '0'}`) * size;
    if (total >= longest) throw invalid();
    rest = rest.slice(unit.length);
  }
  return sign === '-' ? -total : total;
}

/** Milliseconds as Go writes a duration: `1h30m0s`, `1.5s`, `2ms`, `0s`. */
export function formatGoDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (Math.abs(milliseconds) < 1000) return `${milliseconds}ms`;
  const sign = milliseconds < 0 ? '-' : '';
  const total = Math.abs(milliseconds);
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const seconds = (total % 60_000) / 1000;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}
