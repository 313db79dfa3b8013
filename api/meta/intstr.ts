import { isPercent } from './names.ts';

export type IntOrString = number | string;

/** The value as text: `25%`, `3`. */
export function intOrStringText(value: IntOrString): string {
  return String(value);
}

/** The number before a percent sign, or undefined if the value is no percentage. */
export function percentOf(value: IntOrString | undefined): number | undefined {
  return typeof value === 'string' && isPercent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;
}

/**
 * A number, or a percentage of `total`.
 * @throws Error for a string that is no percentage
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) throw new Error('invalid value for IntOrString: invalid type: string is not a percentage');
  const scaled = (percent * total) / 100;
  return roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}
