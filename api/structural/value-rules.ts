import { goQuote } from '../meta/go-quote.ts';
import { isJsonObject, sameJson } from '../meta/json.ts';
import { compileRe2, type Re2 } from '../meta/re2.ts';
import type { Correlation } from './correlation.ts';
import { broken, missing, noneOf, type Outcome, type Place, pathText, plain, tooLongText, tooManyOf, wrongType } from './failures.ts';
import { formatCheck, isKnownFormat } from './formats.ts';
import { compileNumberRules, isInt64, isInteger, isNearInteger, shownNumber } from './numbers.ts';
import type { JsonSchema } from './structural.ts';

/**
 * The rules of a schema about values (types, bounds, patterns, alternatives), compiled when first needed. It follows kube-openapi's validator rule
 * for rule, as its words, and which alternative's failures it tells, depend on the order and the number of its checks.
 */
export interface ValueRules {
  /**
   * Checks a value.
   * @param old what it was before, as far as it can be told: what did not change may break the rules
   * @param counts also count the passed checks, for a choice between alternatives
   */
  check(value: unknown, place: Place | undefined, outcome: Outcome, old?: Correlation): void;
}

/** @param ofDefaults for default values: upstream does not take `x-kubernetes-int-or-string` for a type there */
export function compileValueRules(schema: JsonSchema, ofDefaults = false): ValueRules {
  return new CompiledRules(schema, ofDefaults);
}

type Check<T> = (value: T, name: () => string, outcome: Outcome) => void;

class CompiledRules implements ValueRules {
  private readonly schema: JsonSchema;
  private readonly types: readonly string[];
  private readonly format: string;
  private readonly required: readonly string[] | undefined;
  private readonly numbers: Check<number | bigint> | undefined;
  private readonly strings: Check<string> | undefined;
  private readonly hasFormatCheck: boolean;
  private readonly lacksTypes: boolean;
  private readonly ofDefaults: boolean;
  private inner: Inner | undefined;

  constructor(schema: JsonSchema, ofDefaults: boolean) {
    this.schema = schema;
    this.ofDefaults = ofDefaults;
    const isEither = schema['x-kubernetes-int-or-string'] && !ofDefaults;
    this.types = isEither ? ['integer', 'string'] : schema.type ? [schema.type] : [];
    const only = this.types.length === 1 ? this.types[0] : undefined;
    this.format = schema.format && isKnownFormat(only, schema.format) ? schema.format : '';
    this.required = schema.required;
    this.numbers = compileNumberRules({ ...schema, format: this.format }, this.types);
    this.hasFormatCheck = this.format !== '' && formatCheck(this.format) !== undefined;
    this.strings = compileStringRules(schema, this.format);
    this.lacksTypes = this.types.length === 0 && this.format === '';
  }

  /** The schemas inside, made when a value comes. */
  private get parts(): Inner {
    return (this.inner ??= compileInner(this.schema, this.ofDefaults));
  }

  check(value: unknown, place: Place | undefined, outcome: Outcome, old?: Correlation): void {
    if (!old) return this.judge(value, place, outcome, undefined);
    const own = outcome.apart();
    this.judge(value, place, own, old);
    outcome.matches += own.matches;
    if (own.failures && !old.isUnchanged()) for (const failure of own.failures) outcome.add(failure);
  }

  private judge(value: unknown, place: Place | undefined, outcome: Outcome, old: Correlation | undefined): void {
    const name = (): string => pathText(place);
    if (value === null || value === undefined) {
      if (this.types.length > 0 && !this.schema.nullable) outcome.add(wrongType(name(), this.types.join(','), 'null'));
      else outcome.matches++;
      this.checkEnum(null, name, outcome);
      return;
    }
    // Each rule that applies counts, and passing some of them counts once more.
    if (!this.lacksTypes) {
      outcome.matches++;
      this.checkType(value, name, outcome);
    }
    outcome.matches += 3;
    this.parts.alternatives?.(value, place, outcome);
    if (typeof value === 'string') {
      outcome.matches += this.hasFormatCheck ? 2 : 1;
      this.strings?.(value, name, outcome);
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      outcome.matches += 2;
      this.numbers?.(value, name, outcome);
    } else if (Array.isArray(value)) {
      outcome.matches += 2;
      this.checkItems(value, place, outcome, old);
    }
    this.checkEnum(value, name, outcome);
    outcome.matches++;
    if (isJsonObject(value)) {
      outcome.matches++;
      this.checkObject(value, place, outcome, old);
    }
  }

  private checkType(value: unknown, name: () => string, outcome: Outcome): void {
    const { types, format } = this;
    const actual = typeOf(value, name, outcome);
    const isContainer = actual === 'string' || actual === 'array';
    const isFloatInt = actual === 'number' && types.includes('integer') && isNearInteger(value as number);
    const isIntFloat = actual === 'integer' && types.includes('number');
    if (types.includes(actual) || isFloatInt || isIntFloat) {
      outcome.matches++;
      return;
    }
    if (!isContainer && format !== '' && numberFormat(actual) !== format) {
      outcome.add(wrongType(name(), format, numberFormat(actual)));
    } else if (isContainer && format !== '' && !types.includes('number') && !types.includes('integer')) {
      outcome.matches++;
    } else outcome.add(wrongType(name(), types.join(','), actual));
  }

  private checkEnum(value: unknown, name: () => string, outcome: Outcome): void {
    const allowed = this.schema.enum as readonly unknown[] | undefined;
    if (!allowed || allowed.length === 0) return;
    if (value !== null && allowed.some((each) => each !== null && isSame(each, value))) return;
    outcome.add(noneOf(name(), shownNumber(value, name, outcome), allowed));
  }

  private checkItems(items: readonly unknown[], place: Place | undefined, outcome: Outcome, old: Correlation | undefined): void {
    const { items: rules } = this.parts;
    if (rules) {
      for (let i = 0; i < items.length; i++) rules.check(items[i], { parent: place, step: i }, outcome, old?.index(i));
    }
    const { minItems, maxItems } = this.schema;
    const name = pathText;
    if (minItems !== undefined && items.length < minItems) {
      outcome.add(broken(name(place), items.length, `should have at least ${minItems} items`));
    }
    if (maxItems !== undefined && items.length > maxItems) outcome.add(tooManyOf(name(place), items.length, maxItems, 'items'));
  }

  private checkObject(
    value: Readonly<Record<string, unknown>>,
    place: Place | undefined,
    outcome: Outcome,
    old: Correlation | undefined,
  ): void {
    const { minProperties, maxProperties } = this.schema;
    if (minProperties !== undefined || maxProperties !== undefined) {
      const count = Object.keys(value).length;
      if (minProperties !== undefined && count < minProperties) {
        outcome.add(broken(pathText(place), count, `should have at least ${minProperties} properties`));
      }
      if (maxProperties !== undefined && count > maxProperties) outcome.add(tooManyOf(pathText(place), count, maxProperties, 'properties'));
    }
    const { properties, additional } = this.parts;
    for (const key in value) {
      const own = properties?.get(key);
      const rules = own ?? additional;
      if (rules === undefined) continue;
      if (rules === 'forbidden') {
        const at = pathText(place);
        const text = `${at}.${key} in body is a forbidden property`;
        outcome.add({
          text,
          toFieldError: (path) => ({
            ...broken(at, key, '').toFieldError(path),
            message: `Invalid value: ${goQuote(key)}: ${text}`,
          }),
        });
        continue;
      }
      const below = old === undefined || (place === undefined && isTypeMeta(key)) ? undefined : old.key(key);
      // Upstream joins the names of additional properties to the root's empty path with a dot, those of others without.
      const step = place === undefined && own === undefined ? `.${key}` : key;
      rules.check(value[key], { parent: place, step }, outcome, below);
    }
    if (!this.required) return;
    for (const key of this.required) {
      if (!Object.hasOwn(value, key)) outcome.add(missing(`${pathText(place)}.${key}`));
    }
  }
}

/** What a schema says of the values inside, and its alternatives. */
interface Inner {
  readonly items: ValueRules | undefined;
  readonly properties: ReadonlyMap<string, ValueRules> | undefined;
  readonly additional: ValueRules | 'forbidden' | undefined;
  readonly alternatives: ((value: unknown, place: Place | undefined, outcome: Outcome) => void) | undefined;
}

function compileInner(schema: JsonSchema, ofDefaults: boolean): Inner {
  const { items, properties, additionalProperties } = schema;
  const compile = (inside: JsonSchema): ValueRules => compileValueRules(inside, ofDefaults);
  return {
    items: items ? compile(items) : undefined,
    properties: properties && new Map(Object.keys(properties).map((name) => [name, compile(properties[name]!)])),
    additional:
      additionalProperties === false ? 'forbidden' : typeof additionalProperties === 'object' ? compile(additionalProperties) : undefined,
    alternatives: compileAlternatives(schema),
  };
}

function compileAlternatives(schema: JsonSchema): Inner['alternatives'] {
  const { anyOf, oneOf, allOf, not } = schema;
  if (!anyOf?.length && !oneOf?.length && !allOf?.length && !not) return undefined;
  const any = anyOf?.map((part) => compileValueRules(part));
  const one = oneOf?.map((part) => compileValueRules(part));
  const all = allOf?.map((part) => compileValueRules(part));
  const none = not && compileValueRules(not);
  return (value, place, outcome) => {
    const run = (rules: ValueRules): Outcome => {
      const own = outcome.apart();
      rules.check(value, place, own);
      return own;
    };
    const say = (words: string): void => outcome.add(plain(`${goQuote(pathText(place))} must ${words}`));
    if (any?.length) checkAny(any, run, outcome, say);
    if (one?.length) checkOne(one, run, outcome, say);
    if (all?.length) checkAll(all, run, outcome, say);
    if (none && run(none).isValid) say('not validate the schema (not)');
  };
}

type Run = (rules: ValueRules) => Outcome;
type Say = (words: string) => void;

/** Of several failed alternatives, the first that passed most checks is told. */
function best(known: Outcome | undefined, other: Outcome): Outcome {
  return known === undefined || other.matches > known.matches ? other : known;
}

function checkAny(alternatives: readonly ValueRules[], run: Run, outcome: Outcome, say: Say): void {
  let closest: Outcome | undefined;
  for (const rules of alternatives) {
    const result = run(rules);
    if (result.isValid) return outcome.merge(result);
    closest = best(closest, result);
  }
  say('validate at least one schema (anyOf)');
  outcome.merge(closest!);
}

function checkOne(alternatives: readonly ValueRules[], run: Run, outcome: Outcome, say: Say): void {
  let closest: Outcome | undefined;
  let first: Outcome | undefined;
  let valid = 0;
  for (const rules of alternatives) {
    const result = run(rules);
    if (result.isValid) {
      valid++;
      first ??= result;
      closest = undefined;
    } else if (valid === 0) closest = best(closest, result);
  }
  if (valid === 1) return outcome.merge(first!);
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  say(`validate one and only one schema (oneOf). ${found}`);
  if (closest) outcome.merge(closest);
}

function checkAll(alternatives: readonly ValueRules[], run: Run, outcome: Outcome, say: Say): void {
  let valid = 0;
  for (const rules of alternatives) {
    const result = run(rules);
    if (result.isValid) valid++;
    outcome.merge(result);
  }
  if (valid < alternatives.length) say(`validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
}

function compileStringRules(schema: JsonSchema, format: string): Check<string> | undefined {
  const { maxLength, minLength, pattern } = schema;
  const check = format === '' ? undefined : formatCheck(format);
  if (maxLength === undefined && minLength === undefined && !pattern && !check) return undefined;
  let compiled: Re2 | undefined;
  const matches = (text: string): boolean => (compiled ??= compileRe2(pattern!)).test(text);
  const form = (text: string, name: () => string): ReturnType<typeof broken> | undefined => {
    if (maxLength !== undefined && text.length > maxLength && runes(text) > maxLength) return tooLongText(name(), maxLength);
    if (minLength !== undefined && runes(text) < minLength) return broken(name(), text, `should be at least ${minLength} chars long`);
    return pattern && !matches(text) ? broken(name(), text, `should match '${pattern}'`) : undefined;
  };
  return (text, name, outcome) => {
    const failure = form(text, name);
    if (failure) outcome.add(failure);
    if (check && !check(text)) outcome.add(wrongType(name(), format, text));
  };
}

/** Characters, where JavaScript counts UTF-16 units. */
function runes(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

function typeOf(value: unknown, name: () => string, outcome: Outcome): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' || typeof value === 'bigint') return isInteger(value, name, outcome) ? 'integer' : 'number';
  return typeof value;
}

function numberFormat(type: string): string {
  return type === 'integer' ? 'int64' : type === 'number' ? 'float64' : '';
}

// A number is compared as one of the allowed value's type: a fraction with an integer without what follows the point.
function isSame(allowed: unknown, value: unknown): boolean {
  if (typeof allowed === 'number' && typeof value === 'number' && Number.isInteger(allowed)) return Math.trunc(value) === allowed;
  if (typeof allowed === 'bigint' && typeof value === 'number' && isInt64(value)) return BigInt(value) === allowed;
  return sameJson(allowed, value);
}

function isTypeMeta(name: string): boolean {
  return name === 'kind' || name === 'apiVersion';
}
