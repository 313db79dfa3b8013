/** A double of its text, as Go's ParseFloat reads it: with underscores between digits, and hexadecimal with a power of two; undefined if it is none or too large. */
export function parseDouble(text: string): number | undefined {
  const parsed = decimal.test(text) ? Number(text.replaceAll('_', '')) : parseHexadecimal(text);
  if (parsed !== undefined) return Number.isFinite(parsed) ? parsed : undefined;
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (!special) return undefined;
  if (special[2]!.toLowerCase() === 'nan') return special[1] ? undefined : Number.NaN;
  return special[1] === '-' ? -Infinity : Infinity;
}

const decimal = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const hexadecimal = /^([+-]?)0x(_?[\da-f]+(?:_[\da-f]+)*)?(?:\.([\da-f]+(?:_[\da-f]+)*)?)?p([+-]?\d+)$/i;

function parseHexadecimal(text: string): number | undefined {
  const [, sign, whole = '', fraction = '', power] = hexadecimal.exec(text) ?? [];
  const digits = (whole + fraction).replaceAll('_', '');
  if (power === undefined || digits === '') return undefined;
  const places = fraction.replaceAll('_', '').length * 4;
  const value = Number(BigInt(`0x${digits}`)) * 2 ** (Number(power) - places);
  return sign === '-' ? -value : value;
}

/** The shortest text of a double as Go's strconv prints it under `g`: with an exponent from seven digits before the point on, and from four zeros after it. */
export function printDouble(value: number): string {
  const special = printSpecial(value);
  if (special !== undefined) return special;
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return printPlainDouble(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** The shortest text of a double without an exponent, as Go prints it under `f`. */
export function printPlainDouble(value: number): string {
  const special = printSpecial(value);
  if (special !== undefined) return special;
  const text = String(value);
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const power = Number(exponent);
  const digits = whole! + fraction;
  return power < 0 ? `${sign}0.${'0'.repeat(-power - 1)}${digits}` : `${sign}${digits.padEnd(power + 1, '0')}`;
}

function printSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : undefined;
}
