import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { goJson } from '../../meta/go-json.ts';
import { compileRule, createRuleScope, maxCost } from './compile-rule.ts';
import { type DeclaredType, declaredType, maxCardinality } from './declared-types.ts';
import { type JsonSchema, printedRule, type ValidationRule, valuesSchema } from './json-schema.ts';
import { escapeProperty } from './property-names.ts';
import { resolveFieldPath } from './rule-paths.ts';

const rulesField = 'x-kubernetes-validations';
const maxRuleCost = 10_000_000;
const maxTotalCost = 100_000_000;
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/**
 * What is wrong with the rules of a definition's schema: their form, what does not compile, and what could cost too much.
 * @param structural whether the schema is structural; the expressions are not looked at otherwise
 * @param broken schemas that are wrong in other ways, by their paths: expressions of those and of the schemas around them are not looked at
 */
export function checkSchemaRules(
  schema: JsonSchema,
  path: FieldPath,
  { structural = true, broken = [] }: { readonly structural?: boolean; readonly broken?: readonly string[] } = {},
): FieldError[] {
  const walk = new Walk(structural, broken);
  walk.visit(schema, {
    path,
    isRoot: true,
    declared: undefined,
    cardinality: 1,
    inScope: false,
    compiles: structural,
    uncorrelatable: undefined,
  });
  return [...walk.formErrors, ...walk.expressionErrors, ...walk.totalErrors(path)];
}

const noType =
  'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
const noTypeInside = 'failed to convert to declType for CEL validation rules';

/** A place in the schema. */
interface Place {
  readonly path: FieldPath;
  readonly isRoot: boolean;
  /** The type as the nearest rule above sees it, or why that has none. */
  readonly declared: DeclaredType | string | undefined;
  /** How often values can stand here in an object; undefined if nothing bounds it. */
  readonly cardinality: number | undefined;
  /** Below or at a rule. */
  readonly inScope: boolean;
  readonly compiles: boolean;
  /** The first place above whose parts cannot be found again in the old object. */
  readonly uncorrelatable: FieldPath | undefined;
}

class Walk {
  readonly formErrors: FieldError[] = [];
  readonly expressionErrors: FieldError[] = [];
  private total = 0;
  private readonly expensive: { path: FieldPath; cost: number }[] = [];
  private readonly structural: boolean;
  private readonly broken: readonly string[];

  constructor(structural: boolean, broken: readonly string[]) {
    this.structural = structural;
    this.broken = broken;
  }

  visit(schema: JsonSchema, place: Place): void {
    const before = this.formErrors.length;
    const inScope = place.inScope || (schema[rulesField]?.length ?? 0) > 0;
    const declared = place.declared === undefined && inScope && place.compiles ? (this.declare(schema, place) ?? noType) : place.declared;
    const here = { ...place, inScope, declared };
    this.visitChildren(schema, here);
    const rules = schema[rulesField] ?? [];
    for (const [i, rule] of rules.entries()) this.checkForm(rule, schema, here.path.child(rulesField).index(i));
    if (this.formErrors.length > before || !here.compiles || rules.length === 0 || this.isBroken(here.path)) return;
    if (typeof declared === 'object') this.checkExpressions(rules, declared, here);
    else {
      const message = `Internal error: ${declared ?? noType}`;
      this.expressionErrors.push({ type: 'InternalError', field: String(here.path.child(rulesField)), message });
    }
  }

  private isBroken(path: FieldPath): boolean {
    if (this.broken.length === 0) return false;
    const place = String(path);
    return this.broken.some((path) => path.startsWith(place) && /^($|[.[])/.test(path.slice(place.length)));
  }

  private declare(schema: JsonSchema, { isRoot }: Place): DeclaredType | undefined {
    return this.structural ? declaredType(schema, isRoot || schema['x-kubernetes-embedded-resource'] === true) : undefined;
  }

  private visitChildren(schema: JsonSchema, here: Place): void {
    const cardinality = childCardinality(schema, here.cardinality);
    const below = { ...here, isRoot: false, cardinality };
    const { declared } = here;
    const element = typeof declared === 'object' ? (declared.element ?? noTypeInside) : declared;
    const values = valuesSchema(schema);
    if (values) this.visit(values, { ...below, path: here.path.child('additionalProperties'), declared: element });
    const granular = [undefined, 'granular', 'atomic'].includes(schema['x-kubernetes-map-type']);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      this.visit(property, {
        ...below,
        path: here.path.child('properties').key(name),
        declared: typeof declared === 'object' ? declared.fields?.get(escapeProperty(name) ?? '') : declared,
        uncorrelatable: here.uncorrelatable ?? (granular ? undefined : here.path),
      });
    }
    const unchecked = { ...below, compiles: false, declared: undefined };
    if (schema.not) this.visit(schema.not, { ...unchecked, path: here.path.child('not') });
    for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
      for (const [i, part] of (schema[junctor] ?? []).entries())
        this.visit(part, { ...unchecked, path: here.path.child(junctor).index(i) });
    }
    if (!schema.items) return;
    this.visit(schema.items, {
      ...below,
      path: here.path.child('items'),
      declared: element,
      uncorrelatable: here.uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : here.path),
    });
  }

  private checkForm(rule: ValidationRule, schema: JsonSchema, path: FieldPath): void {
    const { message = '', messageExpression = '', fieldPath = '' } = rule;
    const report = (error: FieldError) => this.formErrors.push(error);
    if ((rule.rule ?? '').trim() === '') report(required(path.child('rule'), 'rule is not specified'));
    else if (message !== '' && message.trim() === '') report(invalid(path.child('message'), message, 'must be non-empty if specified'));
    else if (hasNewline(message.trim())) report(invalid(path.child('message'), message, 'must not contain line breaks'));
    else if (hasNewline(rule.rule.trim()) && message.trim() === '') {
      report(required(path.child('message'), 'message must be specified if rule contains line breaks'));
    }
    if (messageExpression !== '' && messageExpression.trim() === '') {
      report(required(path.child('messageExpression'), 'messageExpression must be non-empty if specified'));
    }
    if (rule.reason !== undefined && !reasons.includes(rule.reason)) report(notSupported(path.child('reason'), rule.reason, reasons));
    if (fieldPath !== '' && fieldPath.trim() === '') report(invalid(path.child('fieldPath'), fieldPath, 'must be non-empty if specified'));
    if (hasNewline(fieldPath)) report(invalid(path.child('fieldPath'), fieldPath, 'must not contain line breaks'));
    if (fieldPath !== '' && !resolveFieldPath(fieldPath, schema))
      report(invalid(path.child('fieldPath'), fieldPath, 'must be a valid path'));
  }

  private checkExpressions(rules: readonly ValidationRule[], declared: DeclaredType, { path, cardinality, uncorrelatable }: Place): void {
    const scope = createRuleScope(declared);
    const times = cardinality ?? maxCardinality(declared);
    rules.forEach((rule, i) => {
      const at = path.child(rulesField).index(i);
      const compiled = compileRule(rule, scope);
      if (compiled.program) this.observe('estimated rule cost', at.child('rule'), product(maxCost(compiled.program, scope), times));
      if (compiled.error) this.expressionErrors.push(invalidRule(at.child('rule'), rule, compiled.error));
      if (compiled.messageError) this.expressionErrors.push(invalidRule(at.child('messageExpression'), rule, compiled.messageError));
      if (compiled.message)
        this.observe('estimated messageExpression cost', at.child('messageExpression'), maxCost(compiled.message, scope));
      if (!compiled.program?.uses('oldSelf')) {
        if (rule.optionalOldSelf !== undefined) {
          this.expressionErrors.push(
            invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
          );
        }
      } else if (uncorrelatable) {
        const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
        this.expressionErrors.push(invalid(at.child('rule'), rule.rule, detail));
      }
    });
  }

  private observe(name: string, path: FieldPath, cost: number): void {
    if (cost > maxRuleCost) this.expressionErrors.push(forbidden(path, tooExpensive(name, cost, maxRuleCost)));
    this.total += cost;
    if (cost < maxTotalCost / 100) return;
    this.expensive.push({ path, cost });
    this.expensive.sort((a, b) => (a.cost === b.cost ? 0 : b.cost - a.cost));
    this.expensive.length = Math.min(this.expensive.length, 4);
  }

  totalErrors(path: FieldPath): FieldError[] {
    if (!(this.total > maxTotalCost)) return [];
    return [
      ...this.expensive.map((rule) =>
        forbidden(rule.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
      ),
      forbidden(
        path,
        tooExpensive('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.total, maxTotalCost),
      ),
    ];
  }
}

function childCardinality(schema: JsonSchema, own: number | undefined): number | undefined {
  if (own === undefined) return undefined;
  let times: number | undefined = 1;
  if (schema.type === 'object' && schema.additionalProperties !== undefined) times = schema.maxProperties;
  if (schema.type === 'array') times = schema.maxItems;
  return times === undefined ? undefined : product(own, Math.max(0, Number(times)));
}

function product(cost: number, times: number): number {
  return cost === 0 || times === 0 ? 0 : cost * times;
}

function tooExpensive(name: string, cost: number, limit: number): string {
  const ratio = cost / limit;
  const factor = ratio > 100 ? 'more than 100x' : ratio < 1.5 ? `${ratio.toFixed(6)}x` : `${ratio.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

function invalidRule(path: FieldPath, rule: ValidationRule, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: String(path), message: `Invalid value: ${goJson(printedRule(rule))}: ${detail}` };
}

function hasNewline(text: string): boolean {
  return /[\n\r]/.test(text);
}
