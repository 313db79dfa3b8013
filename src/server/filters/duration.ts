const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What fits into Go's 64 bits of nanoseconds, in milliseconds. */
const longest = 2 ** 63 / 1e6;

/**
 * A duration in Go's notation (`1h30m`, `-1.5s`), in milliseconds.
 * @returns the words of Go's own error if it is none
 */
export function parseDuration(text: string): number | string {
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') return `time: invalid duration ${JSON.stringify(text)}`;
  let total = 0;
  while (rest !== '') {
    const match = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (!match) return `time: invalid duration ${JSON.stringify(text)}`;
    const unit = match[2]!;
    if (unit === '') return `time: missing unit in duration ${JSON.stringify(text)}`;
    const size = units[unit];
    if (size === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
    total += Number(match[1]) * size;
    if (total >= longest) return `time: invalid duration ${JSON.stringify(text)}`;
    rest = rest.slice(match[0].length);
  }
  return sign * total;
}
