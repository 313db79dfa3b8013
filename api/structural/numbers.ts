import { invalid } from '../meta/field.ts';
import { printFloat64 } from '../meta/go-float.ts';
import { WrittenNumber } from '../meta/json-text.ts';
import { broken, type Outcome, plain } from './failures.ts';
import type { JsonSchema } from './structural.ts';

const largest = Number.MAX_SAFE_INTEGER;

/** Whether a JSON number reads as an integer of 64 bits: those beyond 2^53 are bigints, and whole doubles of that size floats. */
export function isInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

/** The same of a number at its place, which is none where it was written as a float. */
export function isInteger(value: number | bigint, name: () => string, { wholeFloats }: Outcome): boolean {
  return isInt64(value) && !wholeFloats?.has(name());
}

/** What messages show of a value: floats look like ones, whole or not. */
export function shownNumber(value: unknown, name: () => string, outcome: Outcome): unknown {
  const isWholeFloat = typeof value === 'number' && isInt64(value) && !isInteger(value, name, outcome);
  return isWholeFloat ? new WrittenNumber(printFloat64(value)) : value;
}

/** Whether it is a whole number that 64 bits hold, of whichever kind. Upstream reads its shortest decimal, which for the least one is beyond. */
function fitsInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < 2 ** 63);
}

/** Near enough an integer, as upstream counts it. */
export function isNearInteger(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > largest) return false;
  const whole = Math.trunc(value);
  if (value === whole) return true;
  if (value < 0 || whole === 0) return false;
  return (value - whole) / (value + whole) < 1e-9;
}

/** The rules of numbers, compiled from a schema; undefined if it has none. */
export function compileNumberRules(
  schema: JsonSchema,
  types: readonly string[],
): ((value: number | bigint, name: () => string, outcome: Outcome) => void) | undefined {
  const { multipleOf, maximum, minimum, exclusiveMaximum = false, exclusiveMinimum = false } = schema;
  const type = types.length === 1 && (types[0] === 'integer' || types[0] === 'number') ? types[0] : '';
  const format = formatOf(type, schema.format);
  if (multipleOf === undefined && maximum === undefined && minimum === undefined && type === '') return undefined;
  const checkRange = (value: number | bigint, what: string, name: () => string, outcome: Outcome): boolean => {
    if (isInRange(value, type, format)) return true;
    const described = format === '' ? `${type} (default format)` : `${type} with format ${format}`;
    outcome.add(plain(`${what} value must be of type ${described} in ${name()}`));
    return false;
  };
  return (value, name, outcome) => {
    checkRange(value, 'Checked', name, outcome);
    const isWhole = isInteger(value, name, outcome);
    if (multipleOf !== undefined) {
      const asInteger = checkRange(multipleOf, 'MultipleOf', name, outcome) && isWhole;
      checkMultiple(value, asInteger ? Math.trunc(multipleOf) : multipleOf, asInteger, name, outcome);
    }
    if (minimum !== undefined) {
      const asInteger = checkRange(minimum, 'Minimum boundary', name, outcome) && isWhole;
      const bound = asInteger ? Math.trunc(minimum) : minimum;
      if (exclusiveMinimum ? value <= bound : value < bound) {
        outcome.add(
          broken(
            name(),
            shownNumber(value, name, outcome),
            `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${printBound(bound, asInteger)}`,
          ),
        );
      }
    }
    if (maximum !== undefined) {
      const asInteger = checkRange(maximum, 'Maximum boundary', name, outcome) && isWhole;
      const bound = asInteger ? Math.trunc(maximum) : maximum;
      if (exclusiveMaximum ? value >= bound : value > bound) {
        outcome.add(
          broken(
            name(),
            shownNumber(value, name, outcome),
            `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${printBound(bound, asInteger)}`,
          ),
        );
      }
    }
  };
}

function formatOf(type: string, format: string | undefined): string {
  if (type === 'integer' && (format === 'int32' || format === 'int64')) return format;
  return type === 'number' && (format === 'float' || format === 'double') ? format : '';
}

function isInRange(value: number | bigint, type: string, format: string): boolean {
  if (type === 'integer') return fitsInt64(value) && (format !== 'int32' || (value <= 0x7fffffff && value >= -0x80000000));
  return format !== 'float' || Number.isFinite(Math.fround(Number(value)));
}

function checkMultiple(value: number | bigint, factor: number, asInteger: boolean, name: () => string, outcome: Outcome): void {
  if (factor <= 0) {
    const text = `factor MultipleOf declared for ${name()} must be positive: ${printBound(factor, asInteger)}`;
    outcome.add({ text, toFieldError: (at) => invalid(at(name()), factor, text) });
    return;
  }
  const isMultiple = asInteger
    ? isMultipleOf(value, factor)
    : isNearInteger(factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor);
  if (!isMultiple)
    outcome.add(broken(name(), shownNumber(value, name, outcome), `should be a multiple of ${printBound(factor, asInteger)}`));
}

/** Of two whole numbers. */
function isMultipleOf(value: number | bigint, factor: number): boolean {
  return typeof value === 'bigint' ? value % BigInt(factor) === 0n : value % factor === 0;
}

function printBound(value: number, asInteger: boolean): string {
  return asInteger ? BigInt(value).toString() : printFloat64(value);
}
