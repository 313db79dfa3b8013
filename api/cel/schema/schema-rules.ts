import { duplicate, type FieldError, type FieldPath, forbidden, invalid, required } from '../../meta/field.ts';
import { jsonText } from '../../meta/json-text.ts';
import type { Correlation } from '../../structural/correlation.ts';
import type { Outcome } from '../program.ts';
import { CelError } from '../runtime/errors.ts';
import { Optional, type Value } from '../runtime/values.ts';
import { type CompiledRule, compileRule, createRuleScope } from './compile-rule.ts';
import { type DeclaredType, declaredType } from './declared-types.ts';
import { type JsonSchema, type ValidationRule, valuesSchema } from './json-schema.ts';
import { escapeProperty } from './property-names.ts';
import { resolveFieldPath } from './rule-paths.ts';
import { type Converter, createConverter } from './schema-values.ts';

export { checkSchemaRules } from './check-schema-rules.ts';
export type { JsonSchema, ValidationRule } from './json-schema.ts';

/** What all rules of one object may cost together. */
const totalBudget = 10_000_000;

/** A failed rule: an error, or a warning where what it judges was as bad before. */
export interface RuleFindings {
  readonly errors: FieldError[];
  /** As the errors are printed, `path: message`. */
  readonly warnings: string[];
  /** What the rules have cost, in CEL's units. */
  cost: number;
}

/** The rules of a schema, for objects of the kind that it describes. Rules are compiled when they are first needed. */
export interface SchemaRules {
  /**
   * @param old the object as it was, absent on create: rules that name oldSelf are skipped then
   * @param correlation the object beside what it was, where rules about unchanged parts only warn
   */
  validate(value: unknown, old: unknown, path: FieldPath, options?: { readonly correlation?: Correlation }): RuleFindings;
}

/** @returns undefined for a schema without rules */
export function compileSchemaRules(schema: JsonSchema, isResource = true): SchemaRules | undefined {
  if (!hasRules(schema)) return undefined;
  let root: Validator | undefined;
  return {
    validate(value, old, path, { correlation } = {}) {
      root ??= createValidator(schema, schema, isResource, declaredType(schema, isResource));
      const findings: RuleFindings = { errors: [], warnings: [], cost: 0 };
      const run: Run = { findings, remaining: totalBudget };
      root?.validate({ value, old, path, correlation, around: undefined }, run);
      // What stopped the run has used more than is told.
      findings.cost = run.remaining < 0 ? totalBudget : totalBudget - run.remaining;
      return findings;
    },
  };
}

function hasRules(schema: JsonSchema): boolean {
  if ((schema['x-kubernetes-validations']?.length ?? 0) > 0) return true;
  if (schema.items && hasRules(schema.items)) return true;
  const values = valuesSchema(schema);
  if (values && hasRules(values)) return true;
  return Object.values(schema.properties ?? {}).some(hasRules) || (schema.allOf ?? []).some(hasRules);
}

/** A value to judge, with what stood in its place before. */
interface Subject {
  readonly value: unknown;
  /** undefined or null: nothing that corresponds to it. */
  readonly old: unknown;
  readonly path: FieldPath;
  readonly correlation: Correlation | undefined;
  /** Of the nearest value around that has one: for values that have no counterpart of their own. */
  readonly around: Correlation | undefined;
}

/** What is left of the budget; below 0 everything stops. */
interface Run {
  readonly findings: RuleFindings;
  remaining: number;
}

interface Validator {
  validate(subject: Subject, run: Run): void;
}

interface Rule extends CompiledRule {
  readonly usesOld: boolean;
  readonly fieldPath: FieldPath | undefined;
}

/** @param rulesSchema where the rules stand: `schema` itself, or a part of its allOf. */
function createValidator(
  rulesSchema: JsonSchema,
  schema: JsonSchema,
  isRoot: boolean,
  declared: DeclaredType | undefined,
): Validator | undefined {
  const rules = rulesSchema['x-kubernetes-validations'] ?? [];
  const own = rules.length > 0 ? new RulesHere(rules, schema, isRoot, declared) : undefined;
  const child = (part: JsonSchema | undefined, of: JsonSchema | undefined, type: DeclaredType | undefined) =>
    part && of && hasRules(part) ? createValidator(part, of, of['x-kubernetes-embedded-resource'] === true, type) : undefined;
  const items = child(rulesSchema.items, schema.items, declared?.element);
  const values = child(valuesSchema(rulesSchema), valuesSchema(schema), declared?.element);
  const properties = new Map<string, Validator>();
  for (const [name, property] of Object.entries(rulesSchema.properties ?? {})) {
    const whole = schema.properties?.[name];
    const type = whole && typeOfProperty(name, whole, declared);
    const validator = type && child(property, whole, type);
    if (validator) properties.set(name, validator);
  }
  const allOf = (rulesSchema.allOf ?? []).flatMap((part) =>
    hasRules(part) ? (createValidator(part, schema, isRoot, declared) ?? []) : [],
  );
  if (!own && !items && !values && properties.size === 0 && allOf.length === 0) return undefined;
  const correlatable = [undefined, 'granular', 'atomic'].includes(schema['x-kubernetes-map-type']);

  function validateParts({ value, old, path, correlation, around }: Subject, run: Run): void {
    const visit = (validator: Validator, part: unknown, oldPart: unknown, at: FieldPath, inner: Correlation | undefined) => {
      if (run.remaining < 0) return;
      validator.validate({ value: part, old: oldPart, path: at, correlation: inner, around: correlation ?? around }, run);
    };
    if (Array.isArray(value)) {
      if (!items) return;
      const find = correspondingItems(schema, old);
      for (const [i, item] of value.entries()) visit(items, item, find(item), path.index(i), correlation?.index(i));
    } else if (isObject(value)) {
      const before = correlatable && isObject(old) ? old : {};
      if (values) {
        for (const [key, part] of Object.entries(value))
          visit(values, part, ownProperty(before, key), path.key(key), correlation?.key(key));
      }
      if (properties.size === 0) return;
      for (const [name, part] of Object.entries(value)) {
        const validator = properties.get(name);
        if (validator) visit(validator, part, ownProperty(before, name), path.child(name), correlation?.key(name));
      }
    }
  }

  return {
    validate(subject, run) {
      if (subject.value === null || subject.value === undefined) return;
      own?.validate(subject, run);
      for (const part of allOf) if (run.remaining >= 0) part.validate({ ...subject, correlation: undefined }, run);
      if (run.remaining >= 0) validateParts(subject, run);
    },
  };
}

function typeOfProperty(name: string, schema: JsonSchema, parent: DeclaredType | undefined): DeclaredType | undefined {
  const escaped = escapeProperty(name);
  return escaped === undefined ? declaredType(schema, schema['x-kubernetes-embedded-resource'] === true) : parent?.fields?.get(escaped);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownProperty(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Finds an entry's counterpart in the old list: by its keys in a keyed list, nowhere else. */
function correspondingItems(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0) return () => undefined;
  const keyOf = (item: unknown) =>
    isObject(item) ? jsonText(keys.map((key) => ownProperty(item, key) ?? schema.items?.properties?.[key]?.default ?? null)) : '';
  const byKey = new Map<string, unknown>();
  for (const item of old) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return (item) => byKey.get(keyOf(item));
}

function isUnchanged({ correlation, around }: Subject): boolean {
  return (correlation ?? around)?.isUnchanged() ?? false;
}

/** The rules of one place in a schema. */
class RulesHere implements Validator {
  private readonly schema: JsonSchema;
  private readonly convert: Converter;
  private readonly compileAll: () => readonly Rule[];
  private compiled: readonly Rule[] | undefined;

  constructor(rules: readonly ValidationRule[], schema: JsonSchema, isRoot: boolean, declared: DeclaredType | undefined) {
    this.schema = schema;
    this.convert = createConverter(schema, isRoot);
    this.compileAll = () => {
      if (!declared) throw new Error('a rule stands at a place without a type');
      const scope = createRuleScope(declared);
      return rules.map((rule) => {
        const compiled = compileRule(rule, scope);
        return {
          ...compiled,
          usesOld: compiled.program?.uses('oldSelf') ?? false,
          fieldPath: rule.fieldPath ? resolveFieldPath(rule.fieldPath, schema) : undefined,
        };
      });
    };
  }

  validate(subject: Subject, run: Run): void {
    const { path } = subject;
    this.compiled ??= this.compileAll();
    const stop = (detail: string) => {
      run.findings.errors.push(this.invalid(path, detail));
      run.remaining = -1;
    };
    if (run.remaining <= 0) return stop('validation failed due to running out of cost budget, no further validation rules will be run');
    const self = attempt(() => this.convert(subject.value));
    const hasOld = subject.old !== undefined && subject.old !== null;
    const oldSelf = hasOld && this.compiled.some((rule) => rule.usesOld) ? attempt(() => this.convert(subject.old)) : undefined;
    for (const rule of this.compiled) {
      if (rule.error) {
        run.findings.errors.push(this.invalid(path, `rule compile error: ${rule.error}`));
        continue;
      }
      const optional = rule.rule.optionalOldSelf === true;
      if (!rule.program || (rule.usesOld && !hasOld && !optional)) continue;
      const variables = [self, optional ? new Optional(oldSelf) : oldSelf];
      const outcome = rule.program.evaluate(variables);
      if (outcome.cost > run.remaining)
        return stop('validation failed due to running out of cost budget, no further validation rules will be run');
      run.remaining -= outcome.cost;
      if ('error' in outcome) {
        const words = ruleWords(rule.rule);
        if (outcome.error.startsWith('operation cancelled: actual cost limit exceeded')) {
          return stop(`'${outcome.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${words}`);
        }
        run.findings.errors.push(this.invalid(path, evaluationFailed(outcome.error, words)));
      } else if (outcome.value !== true && !this.report(rule, variables, subject, run)) {
        return;
      }
    }
  }

  /** @returns false when the message used up the budget */
  private report(rule: Rule, variables: readonly (Value | undefined)[], subject: Subject, run: Run): boolean {
    const path = rule.fieldPath ? subject.path.child(String(rule.fieldPath)) : subject.path;
    const add = (error: FieldError) => {
      if (rule.usesOld || !isUnchanged(subject)) run.findings.errors.push(error);
      else run.findings.warnings.push(`${error.field}: ${error.message}`);
    };
    let detail = rule.rule.message ? rule.rule.message.trim() : `failed rule: ${ruleWords(rule.rule)}`;
    if (rule.message) {
      const outcome = rule.message.evaluate(variables);
      const expression = JSON.stringify(rule.rule.messageExpression);
      const exceeded = 'error' in outcome && outcome.error.startsWith('operation cancelled: actual cost limit exceeded');
      if (outcome.cost > run.remaining || exceeded) {
        run.remaining = -1;
        add(
          this.invalid(
            path,
            exceeded
              ? `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${expression}`
              : 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
          ),
        );
        return false;
      }
      run.remaining -= outcome.cost;
      detail = messageOf(outcome) ?? detail;
    }
    add(errorForReason(path, subject.value, detail, rule.rule.reason));
    return true;
  }

  private invalid(path: FieldPath, detail: string): FieldError {
    return invalid(path, this.schema.type ?? '', detail);
  }
}

function attempt(convert: () => Value): Value {
  try {
    return convert();
  } catch (error) {
    // A value that is not as its schema says fails when an expression reads it.
    if (error instanceof CelError) return error as unknown as Value;
    throw error;
  }
}

function ruleWords(rule: ValidationRule): string {
  return (rule.message || rule.rule).trim();
}

function evaluationFailed(error: string, words: string): string {
  return error.startsWith('no such overload')
    ? `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${words}`
    : `${error} evaluating rule: ${words}`;
}

const maxMessageBytes = 5 * 1024;

/** The message that an expression made, unless it is none that may be shown. */
function messageOf(outcome: Outcome): string | undefined {
  if ('error' in outcome || typeof outcome.value !== 'string') return undefined;
  const text = outcome.value.trim();
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? undefined : text;
}

function errorForReason(path: FieldPath, value: unknown, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
  }
  const scalar = typeof value !== 'object';
  if (reason === 'FieldValueDuplicate') {
    return scalar ? duplicate(path, value) : { type: 'FieldValueDuplicate', field: String(path), message: 'Duplicate value' };
  }
  if (scalar) return invalid(path, value, detail);
  return { type: 'FieldValueInvalid', field: String(path), message: detail === '' ? 'Invalid value' : `Invalid value: ${detail}` };
}
