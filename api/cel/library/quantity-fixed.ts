/**
 * The fast form in which Go keeps most quantities: `value` × 10^`scale`. It shows, because isInteger() and asInteger() look only at quantities
 * in this form without a fraction: `1.0` and `1.5Gi` are no integers.
 */
export interface Fixed {
  readonly value: bigint;
  readonly scale: number;
}

const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const maxDigits = 18;
const maxBinaryDigits = 15;

/** @param text a valid quantity @returns undefined for one that Go keeps as a decimal of any size */
export function parseFixed(text: string): Fixed | undefined {
  const [, sign, digits = '', fraction = '', suffix = ''] = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(text)!;
  const whole = digits.replace(/^0+/, '') || '0';
  const binary = binaryExponents[suffix];
  const decimal = decimalExponents[suffix] ?? Number(suffix.slice(1));
  const room =
    binary === undefined
      ? maxDigits - whole.length - fraction.length
      : fraction === ''
        ? maxBinaryDigits - whole.length - Math.trunc((binary * 3) / 10) - 1
        : -1;
  const scale = (binary === undefined ? decimal : 0) - fraction.length;
  if (room < 0 || scale < -9) return undefined;
  const value = BigInt(whole + fraction) << BigInt(binary ?? 0);
  return inRange({ value: sign === '-' ? -value : value, scale });
}

export function addFixed(a: Fixed | undefined, b: Fixed | undefined): Fixed | undefined {
  if (!a || !b) return undefined;
  if (b.value === 0n) return a;
  if (a.value === 0n) return b;
  const scale = Math.min(a.scale, b.scale);
  const [x, y] = [rescale(a, scale), rescale(b, scale)];
  return x === undefined || y === undefined ? undefined : inRange({ value: x + y, scale });
}

export function negateFixed(a: Fixed | undefined): Fixed | undefined {
  return a && { value: -a.value, scale: a.scale };
}

export function fixedInteger(a: Fixed | undefined): bigint | undefined {
  return a && a.scale >= 0 ? rescale(a, 0) : undefined;
}

/** As Go multiplies it, which is not always the nearest double. */
export function fixedNumber({ value, scale }: Fixed): number {
  return scale === 0 ? Number(value) : Number(value) * Number(`1e${scale}`);
}

function rescale({ value, scale }: Fixed, to: number): bigint | undefined {
  if (value === 0n) return 0n;
  if (scale - to > maxDigits) return undefined;
  return inRange({ value: value * 10n ** BigInt(scale - to), scale: to })?.value;
}

function inRange(fixed: Fixed): Fixed | undefined {
  return fixed.value === BigInt.asIntN(64, fixed.value) ? fixed : undefined;
}
