const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A text in Go's quotes. */
export function goQuote(text: string): string {
  return JSON.stringify(text);
}

/**
 * Milliseconds of a duration as Go writes them: `1h30m`, `1.5s`, `-2ms`.
 * @throws Error in Go's words
 */
export function parseGoDuration(text: string): number {
  const invalid = (): Error => new Error(`time: invalid duration ${goQuote(text)}`);
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
    if (unit === '') throw new Error(`time: missing unit in duration ${goQuote(text)}`);
    const size = units[unit];
    if (size === undefined) throw new Error(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    total += Number(`${number[1] || '0'}.${number[2] || '0'}`) * size;
    rest = rest.slice(unit.length);
  }
  return sign === '-' ? -total : total;
}
