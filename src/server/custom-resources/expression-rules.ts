import { compileSchemaRules, type JsonSchema, type SchemaRules } from '../../../api/cel/schema/schema-rules.ts';
import { type FieldError, FieldPath, invalid } from '../../../api/meta/field.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { Correlation } from '../../../api/structural/correlation.ts';
import type { Structural } from '../../../api/structural/structural.ts';

const notChecked = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);
/** With these an object is not what expressions can be sure of. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const none: readonly string[] = [];

/** The x-kubernetes-validations of a version, compiled when its first object comes. */
export class ExpressionRules {
  private readonly schema: Structural;
  private compiled: { readonly rules: SchemaRules | undefined } | undefined;
  /** The most that the rules of one object have cost, in CEL's units. */
  highestCost = 0;
  /** What was found of unchanged parts, for the warnings that are asked for after the validation. */
  private readonly warnings = new WeakMap<KubeObject, readonly string[]>();

  constructor(schema: Structural) {
    this.schema = schema;
  }

  /** @param before what is wrong already */
  validate(object: KubeObject, old: KubeObject | undefined, before: FieldError[]): FieldError[] {
    this.compiled ??= { rules: compileSchemaRules(this.schema.source as JsonSchema) };
    const { rules } = this.compiled;
    if (!rules) return before;
    if (before.some(({ type }) => blocking.has(type))) return [...before, notChecked];
    const found = rules.validate(
      object,
      old,
      FieldPath.empty,
      old === undefined ? {} : { correlation: new Correlation(object, old, this.schema) },
    );
    if (found.cost > this.highestCost) this.highestCost = found.cost;
    if (found.warnings.length > 0) this.warnings.set(object, found.warnings);
    const errors = found.errors.map((error) => (error.field === '' ? { ...error, field: '<nil>' } : error));
    return [...before, ...errors];
  }

  warningsOf(object: KubeObject): readonly string[] {
    return this.warnings.get(object) ?? none;
  }
}
