/**
 * Quantities such as `100m`, `1.5Gi` and `5e3`, with the canonical printing of the API: integers only, the largest suffix that loses
 * nothing, in the family of suffixes (decimal, binary, exponent) that was written.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

const formatWrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixWrong = "unable to parse quantity's suffix";
const numericWrong = 'unable to parse numeric part of quantity';

const decimalSuffixes: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binarySuffixes: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const decimalNames = new Map(Object.entries(decimalSuffixes).map(([name, exponent]) => [exponent, name]));
const binaryNames = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const shape = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
// Forms that are canonical as they stand: up to three digits with a suffix that needs no reduction.
const canonicalShape = /^[1-9]\d{0,2}(?:n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$|^0$/;
const simpleShape = /^(0|[1-9]\d{0,14})(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti)?$/;

const nanoScale = -9;
// Beyond it, numbers would be too long to compute with.
const largestScale = 4000;
const maxValue = 2n ** 63n - 1n;
const powersOfTen: readonly bigint[] = Array.from({ length: 40 }, (_, n) => 10n ** BigInt(n));

function powerOfTen(exponent: number): bigint {
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent);
}

/** An exact amount: `unscaled × 10^scale`. Immutable. */
export class Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** The text that was read, where it is as good as the canonical one. */
  private readonly written: string | undefined;

  constructor(unscaled: bigint, scale: number, format: QuantityFormat, written?: string) {
    this.unscaled = unscaled;
    this.scale = scale;
    this.format = format;
    this.written = written;
  }

  static readonly zero = new Quantity(0n, 0, 'DecimalSI');

  /** A whole number. */
  static of(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value), 0, format);
  }

  static ofMilli(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(value), -3, format);
  }

  isZero(): boolean {
    return this.unscaled === 0n;
  }

  /** -1, 0 or 1. */
  sign(): number {
    return this.unscaled === 0n ? 0 : this.unscaled < 0n ? -1 : 1;
  }

  /** Negative, zero or positive as this is less than, equal to or greater than `other`. */
  compare(other: Quantity): number {
    const scale = Math.min(this.scale, other.scale);
    const a = this.unscaled * powerOfTen(this.scale - scale);
    const b = other.unscaled * powerOfTen(other.scale - scale);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: Quantity): boolean {
    return this.compare(other) === 0;
  }

  /** The sum, in this quantity's format unless this is zero. */
  add(other: Quantity): Quantity {
    const scale = Math.min(this.scale, other.scale);
    const sum = this.unscaled * powerOfTen(this.scale - scale) + other.unscaled * powerOfTen(other.scale - scale);
    return new Quantity(sum, scale, this.isZero() ? other.format : this.format);
  }

  sub(other: Quantity): Quantity {
    return this.add(other.negate());
  }

  negate(): Quantity {
    return new Quantity(-this.unscaled, this.scale, this.format);
  }

  multiply(factor: number | bigint): Quantity {
    return new Quantity(this.unscaled * BigInt(factor), this.scale, this.format);
  }

  /** Whole units, rounded away from zero. */
  value(): number {
    return Number(this.scaledBigInt(0));
  }

  /** Thousandths, rounded away from zero. */
  milliValue(): number {
    return Number(this.scaledBigInt(-3));
  }

  /** In units of 10^scale, rounded away from zero. */
  scaledBigInt(scale: number): bigint {
    if (this.scale >= scale) return this.unscaled * powerOfTen(this.scale - scale);
    const divisor = powerOfTen(scale - this.scale);
    const quotient = this.unscaled / divisor;
    if (quotient * divisor === this.unscaled) return quotient;
    return this.unscaled < 0n ? quotient - 1n : quotient + 1n;
  }

  /** The same amount with no digit below 10^scale, rounded away from zero. */
  roundUp(scale: number): Quantity {
    return this.scale >= scale ? this : new Quantity(this.scaledBigInt(scale), scale, this.format);
  }

  /** Whether it is a whole number. */
  isInteger(): boolean {
    return this.scale >= 0 || this.unscaled % powerOfTen(-this.scale) === 0n;
  }

  /**
   * Whether it is a fraction to upstream's warnings, which count thousandths in 64 bits: they overflow, but for decimal amounts with many zeros, of which
   * nothing is left.
   */
  looksFractional(): boolean {
    if (this.format !== 'BinarySI' && this.scale > 6) return false;
    return BigInt.asIntN(64, this.scaledBigInt(-3)) % 1000n !== 0n;
  }

  /** A number that is only near the amount. */
  toNumber(): number {
    return this.scale >= 0 ? Number(this.unscaled * powerOfTen(this.scale)) : Number(this.unscaled) / 10 ** -this.scale;
  }

  /** The text that was read if it is kept (see `canonicalQuantity`), the canonical one otherwise. */
  toString(): string {
    if (this.written !== undefined) return this.written;
    if (this.unscaled === 0n) return '0';
    if (this.format === 'BinarySI' && this.isInteger()) {
      const whole = this.scaledBigInt(0);
      if (whole <= -1024n || whole >= 1024n) return binaryText(whole);
    }
    return decimalText(this.unscaled, this.scale, this.format === 'DecimalExponent');
  }

  toJSON(): string {
    return this.toString();
  }
}

function binaryText(whole: bigint): string {
  let power = 0;
  while (power < binaryNames.length - 1 && (whole & 1023n) === 0n) {
    whole >>= 10n;
    power++;
  }
  return `${whole}${binaryNames[power]}`;
}

function decimalText(unscaled: bigint, scale: number, asExponent: boolean): string {
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale++;
  }
  const excess = ((scale % 3) + 3) % 3;
  const mantissa = unscaled * powerOfTen(excess);
  const exponent = scale - excess;
  if (asExponent) return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${decimalNames.get(exponent) ?? ''}`;
}

/** @throws Error with the API's words if the text is no quantity */
export function parseQuantity(text: string): Quantity {
  const simple = simpleShape.exec(text);
  if (simple) {
    const suffix = simple[2] ?? '';
    const bits = binarySuffixes[suffix];
    if (bits === undefined) return new Quantity(BigInt(simple[1]!), decimalSuffixes[suffix]!, 'DecimalSI');
    const amount = BigInt(simple[1]!) << BigInt(bits);
    return new Quantity(amount > maxValue ? maxValue : amount, 0, 'BinarySI');
  }
  const { unscaled, scale, format } = parseGeneral(text);
  return new Quantity(unscaled, scale, format, isKept(text) ? text : undefined);
}

function parseGeneral(text: string): Quantity {
  const match = shape.exec(text);
  if (!match || text === '') throw new Error(formatWrong);
  const [, sign, whole = '', written = '', suffix = ''] = match;
  const { bits, exponent, format } = interpretSuffix(suffix);
  // The reader's short cut takes no digit at all for a zero; its long way does not.
  if (whole === '' && written === '' && text !== sign && (bits > maxShortBits || exponent < nanoScale)) throw new Error(numericWrong);
  if (whole.length > largestScale && !/^0*$/.test(whole)) return new Quantity(sign === '-' ? -maxValue : maxValue, 0, format);
  const fraction = written.length > largestScale ? shortened(written) : written;
  let unscaled = BigInt(`${whole}${fraction}` || '0') << BigInt(bits);
  let scale = exponent - fraction.length;
  if (scale > largestScale && unscaled !== 0n) return new Quantity(sign === '-' ? -maxValue : maxValue, 0, format);
  if (scale < nanoScale) {
    const rounded = scale < -400 ? (unscaled === 0n ? 0n : 1n) : new Quantity(unscaled, scale, format).scaledBigInt(nanoScale);
    unscaled = rounded;
    scale = nanoScale;
  }
  const limit = new Quantity(maxValue, 0, format);
  const amount = new Quantity(unscaled, unscaled === 0n ? 0 : scale, format);
  const capped = format === 'BinarySI' && amount.compare(limit) > 0 ? limit : amount;
  return sign === '-' ? capped.negate() : capped;
}

/** So many digits that only whether there are more of them counts. */
function shortened(fraction: string): string {
  const kept = fraction.slice(0, largestScale);
  return /[1-9]/.test(fraction.slice(largestScale)) ? `${kept}1` : kept;
}

function interpretSuffix(suffix: string): { bits: number; exponent: number; format: QuantityFormat } {
  const exponent = decimalSuffixes[suffix];
  if (exponent !== undefined) return { bits: 0, exponent, format: 'DecimalSI' };
  const bits = binarySuffixes[suffix];
  if (bits !== undefined) return { bits, exponent: 0, format: 'BinarySI' };
  const written = /^[eE]([-+]?\d+)$/.exec(suffix);
  if (!written) throw new Error(suffixWrong);
  return { bits: 0, exponent: Number(written[1]), format: 'DecimalExponent' };
}

/**
 * The text of a quantity as the API gives it back: what was written where only its spelling (a sign, leading zeros, `E` for `e`) is not
 * canonical, the canonical text otherwise. @throws as parseQuantity
 */
export function canonicalQuantity(text: string): string {
  return canonicalShape.test(text) ? text : parseQuantity(text).toString();
}

/** As `canonicalQuantity`, rounded up to thousandths, which is how lists of resources are kept. */
export function canonicalResourceQuantity(text: string): string {
  if (canonicalShape.test(text) && !text.endsWith('n') && !text.endsWith('u')) return text;
  const amount = parseQuantity(text);
  return amount.roundUp(-3).toString();
}

const mostDigits = 18;
// With one digit, up to Ti (see isKept).
const maxShortBits = 40;
const writtenShape = /^[+-]?0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

// The reader's short cut for numbers that fit 64 bits tells by the digits whether the text is as good as canonical.
function isKept(text: string): boolean {
  const match = writtenShape.exec(text);
  if (!match) return false;
  const [, read, fraction = '', suffix = ''] = match;
  const whole = read || '0'; // a zero stands for digits that are none or nothing but zeros
  const digits = whole + fraction;
  if (digits.length > mostDigits) return false;
  const bits = binarySuffixes[suffix];
  if (bits !== undefined) {
    const precision = 15 - whole.length - Math.trunc((bits * 3) / 10) - 1;
    return fraction === '' && precision >= 0 && (BigInt(digits) & 7n) !== 0n;
  }
  const scale = interpretSuffix(suffix).exponent - fraction.length;
  return scale >= nanoScale && scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
}
