/** Doubles as text the way that Go prints them: from their exact value, with halves to the even digit. */

/** With so many digits after the point. */
export function fixedText(value: number, precision: number): string {
  const digits = roundScaled(Math.abs(value), precision)
    .toString()
    .padStart(precision + 1, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const point = digits.length - precision;
  return precision === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** As d.dddddd × 10^exponent. */
export function scientificText(value: number): { readonly mantissa: string; readonly exponent: number } {
  const decimals = 6;
  if (value === 0) return { mantissa: fixedText(value, decimals), exponent: 0 };
  let exponent = Number(value.toExponential().split('e')[1]);
  let digits = roundScaled(Math.abs(value), decimals - exponent).toString();
  if (digits.length > decimals + 1) {
    exponent++;
    digits = digits.slice(0, -1);
  }
  return { mantissa: `${value < 0 ? '-' : ''}${digits[0]}.${digits.slice(1)}`, exponent };
}

/** `value` × 10^`tens` as the nearest integer. */
function roundScaled(value: number, tens: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (2n ** 52n - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (2n ** 52n);
  const twos = Math.max(biased, 1) - 1075;
  const power = (base: bigint, exponent: number) => base ** BigInt(Math.max(exponent, 0));
  const numerator = mantissa * power(2n, twos) * power(10n, tens);
  const denominator = power(2n, -twos) * power(10n, -tens);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
