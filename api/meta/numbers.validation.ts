/** Numbers, and numbers that may be percentages, of specs and statuses. */
import { type FieldError, type FieldPath, invalid } from './field.ts';
import { type IntOrString, percentOf } from './intstr.ts';
import { isPercent } from './names.ts';
import { validateNonNegative } from './validation.ts';

/** The named fields, as far as they are set, may not be below zero. */
export function validateNonNegativeFields(object: object | undefined, names: readonly string[], path: FieldPath): FieldError[] {
  const values = (object ?? {}) as Readonly<Record<string, number | undefined>>;
  return names.flatMap((name) => validateNonNegative(values[name] ?? 0, path.child(name)));
}

/** None of the named fields may exceed the field `most`. */
export function validateNotGreater(
  object: object | undefined,
  names: readonly string[],
  most: string,
  words: string,
  path: FieldPath,
): FieldError[] {
  const values = (object ?? {}) as Readonly<Record<string, number | undefined>>;
  const limit = values[most] ?? 0;
  return names.filter((name) => (values[name] ?? 0) > limit).map((name) => invalid(path.child(name), values[name] ?? 0, words));
}

/** A counter that only grows, such as `status.collisionCount`. */
export function validateNotDecremented(value: number | undefined, old: number | undefined, path: FieldPath): FieldError[] {
  return old !== undefined && (value === undefined || value < old) ? [invalid(path, value ?? 0, 'cannot be decremented')] : [];
}

export function validateIntOrPercent(value: IntOrString, path: FieldPath): FieldError[] {
  return typeof value === 'string' ? isPercent(value).map((message) => invalid(path, value, message)) : validateNonNegative(value, path);
}

export function validateAtMost100Percent(value: IntOrString, path: FieldPath): FieldError[] {
  return (percentOf(value) ?? 0) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
}

/** The number itself or that before the percent sign; what other text there may be counts as its leading number, or zero. */
export function numberOf(value: IntOrString | undefined): number {
  if (typeof value === 'number') return value;
  return percentOf(value) ?? (/^[+-]?\d+$/.test(value ?? '') ? Number(value) : 0);
}
