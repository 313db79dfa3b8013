import { printFloat } from './go-float.ts';
import { goJson } from './go-json.ts';
import { goQuote } from './go-quote.ts';
import { aggregate } from './text.ts';

/**
 * Where a value stands in an object, as validation messages print it: `spec.containers[0].ports[1].name`, `metadata.labels[app]`.
 * Immutable; a child is made by `child`, `index` or `key`.
 */
export class FieldPath {
  private readonly parent: FieldPath | undefined;
  private readonly part: string | number;
  /** How the part is written: `.a`, `[a]`. Most paths are never printed, so that is done when they are. */
  private readonly inBrackets: boolean;

  private constructor(parent: FieldPath | undefined, part: string | number, inBrackets: boolean) {
    this.parent = parent;
    this.part = part;
    this.inBrackets = inBrackets;
  }

  static readonly empty = new FieldPath(undefined, '', false);

  /** @param names the first field's name and those below it */
  static of(...names: string[]): FieldPath {
    return names.reduce<FieldPath>((path, name) => path.child(name), FieldPath.empty);
  }

  child(name: string, ...more: string[]): FieldPath {
    const path = new FieldPath(this, name, false);
    return more.length === 0 ? path : path.child(...(more as [string]));
  }

  index(index: number): FieldPath {
    return new FieldPath(this, index, true);
  }

  key(key: string): FieldPath {
    return new FieldPath(this, key, true);
  }

  toString(): string {
    if (this.parent === undefined) return '';
    if (this.inBrackets) return `${this.parent}[${this.part}]`;
    return this.parent.parent === undefined ? `${this.part}` : `${this.parent}.${this.part}`;
  }
}

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** One validation failure. `message` is the whole text that a Status cause carries, without the field's path. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly message: string;
}

type Path = FieldPath | string;

/** A value as Kubernetes' error messages print it: strings quoted, objects as JSON. */
export function printValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return printFloat(value);
  return typeof value === 'object' ? goJson(value) : String(value);
}

// Strings of types of their own, as those of enumerations are, are printed as JSON.
function printTyped(value: unknown): string {
  return typeof value === 'string' ? goJson(value) : printValue(value);
}

const error = (type: FieldErrorType, path: Path, message: string): FieldError => ({ type, field: String(path), message });
const detailed = (head: string, detail?: string): string => (detail ? `${head}: ${detail}` : head);

export function invalid(path: Path, value: unknown, detail: string): FieldError {
  return error('FieldValueInvalid', path, detailed(`Invalid value: ${printValue(value)}`, detail));
}
/** As `invalid` for a text that Go does not hold as a plain string, but as one of a type of its own or by pointer: it is printed as JSON. */
export function invalidTyped(path: Path, value: string, detail: string): FieldError {
  return error('FieldValueInvalid', path, detailed(`Invalid value: ${goJson(value)}`, detail));
}
export function required(path: Path, detail = ''): FieldError {
  return error('FieldValueRequired', path, detailed('Required value', detail));
}
export function duplicate(path: Path, value: unknown): FieldError {
  return error('FieldValueDuplicate', path, `Duplicate value: ${printValue(value)}`);
}
/** @param supported the values allowed, printed in the order given (sort them where the real server does) */
export function notSupported(path: Path, value: unknown, supported: readonly string[]): FieldError {
  return unsupported(path, printTyped(value), supported);
}
/** The same of a string that is of no type of its own, which is printed in Go's quotes. */
export function notSupportedText(path: Path, value: string, supported: readonly string[]): FieldError {
  return unsupported(path, printValue(value), supported);
}
function unsupported(path: Path, printed: string, supported: readonly string[]): FieldError {
  const detail = supported.length > 0 ? `supported values: ${supported.map((v) => JSON.stringify(v)).join(', ')}` : '';
  return error('FieldValueNotSupported', path, detailed(`Unsupported value: ${printed}`, detail));
}
export function forbidden(path: Path, detail: string): FieldError {
  return error('FieldValueForbidden', path, detailed('Forbidden', detail));
}
export function tooLong(path: Path, maxLength: number): FieldError {
  return error(
    'FieldValueTooLong',
    path,
    maxLength === 1 ? 'Too long: may not be more than 1 byte' : `Too long: may not be more than ${maxLength} bytes`,
  );
}
export function tooMany(path: Path, actual: number, max: number): FieldError {
  return error('FieldValueTooMany', path, `Too many: ${actual}: must have at most ${max} ${max === 1 ? 'item' : 'items'}`);
}
export function notFound(path: Path, value: unknown): FieldError {
  return error('FieldValueNotFound', path, `Not found: ${printValue(value)}`);
}
export function typeInvalid(path: Path, value: unknown, detail: string): FieldError {
  return error('FieldValueTypeInvalid', path, detailed(`Invalid value: ${printValue(value)}`, detail));
}
export function internalError(path: Path, detail: string): FieldError {
  return error('InternalError', path, detailed('Internal error', detail));
}

/** A failure as text, with the field's path where there is one. */
export function errorText({ field, message }: FieldError): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** Several failures in one text, each once. @param errors at least one */
export function errorsText(errors: readonly FieldError[]): string {
  return aggregate(errors.map(errorText));
}

/** @throws Error of all of them, if there are any */
export function refuseErrors(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new Error(errorsText(errors));
}
