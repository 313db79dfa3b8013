import { type FieldError, FieldPath, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../meta/field.ts';
import { jsonText } from '../meta/json-text.ts';

/** Where a value stands, from the validated root on: a list that is only written out for a failure. */
export interface Place {
  readonly parent: Place | undefined;
  /** A property's name or a list's index. */
  readonly step: string | number;
}

/** `spec.list[0].name`; '' for the root. */
export function pathText(place: Place | undefined): string {
  if (place === undefined) return '';
  const before = pathText(place.parent);
  if (typeof place.step === 'number') return `${before}[${place.step}]`;
  return before === '' ? place.step : `${before}.${place.step}`;
}

/** One rule that a value breaks, in the words of kube-openapi's validator. */
export interface Failure {
  /** Failures of one text are told once. */
  readonly text: string;
  /** @param name the path that `text` uses; undefined for what upstream tells without one */
  toFieldError(at: (name: string) => FieldPath | string): FieldError;
}

/** What a value came to: failures, and how many checks were passed, by which the best of several alternatives is told. */
export class Outcome {
  failures: Failure[] | undefined;
  matches = 0;
  /** See `StrategyContext`. */
  readonly wholeFloats: ReadonlySet<string> | undefined;
  private texts: Set<string> | undefined;

  constructor(wholeFloats?: ReadonlySet<string>) {
    this.wholeFloats = wholeFloats;
  }

  /** Of the same value, by other rules. */
  apart(): Outcome {
    return new Outcome(this.wholeFloats);
  }

  get isValid(): boolean {
    return this.failures === undefined;
  }

  add(failure: Failure): void {
    this.failures ??= [];
    this.texts ??= new Set();
    if (this.texts.has(failure.text)) return;
    this.texts.add(failure.text);
    this.failures.push(failure);
  }

  merge(other: Outcome): void {
    this.matches += other.matches;
    for (const failure of other.failures ?? []) this.add(failure);
  }
}

/** @param prefix where the validated value stands in the object */
export function fieldErrorsOf(outcome: Outcome, prefix: FieldPath | undefined): FieldError[] {
  const at = (name: string): FieldPath | string => {
    const below = name.replace(/^\./, '');
    if (below === '') return prefix ?? '<nil>';
    return (prefix ?? FieldPath.empty).child(below);
  };
  return (outcome.failures ?? []).map((failure) => failure.toFieldError(at));
}

/** A rule that a value at a place breaks. @param value what is shown */
export function broken(name: string, value: unknown, words: string): Failure {
  const text = `${name} in body ${words}`;
  return { text, toFieldError: (at) => invalid(at(name), value, text) };
}

/** @param actual the type that the value is of */
export function wrongType(name: string, wanted: string, actual: string): Failure {
  const text = `${name} in body must be of type ${wanted}: ${JSON.stringify(actual)}`;
  return { text, toFieldError: (at) => typeInvalid(at(name), actual, text) };
}

export function missing(name: string): Failure {
  return { text: `${name} in body is required`, toFieldError: (at) => required(at(name)) };
}

export function noneOf(name: string, value: unknown, allowed: readonly unknown[]): Failure {
  const values = allowed.map((each) => (typeof each === 'string' ? each : jsonText(each)));
  return {
    text: `${name} in body should be one of ${jsonText(allowed)}`,
    toFieldError: (at) => notSupported(at(name), value, values),
  };
}

export function tooLongText(name: string, most: number): Failure {
  return { text: `${name} in body should be at most ${most} chars long`, toFieldError: (at) => tooLong(at(name), most) };
}

export function tooManyOf(name: string, actual: number, most: number, what: 'items' | 'properties'): Failure {
  return { text: `${name} in body should have at most ${most} ${what}`, toFieldError: (at) => tooMany(at(name), actual, most) };
}

/** What upstream tells without saying where: its path is that of the validated root. */
export function plain(text: string): Failure {
  return { text, toFieldError: (at) => invalid(at(''), '', text) };
}
