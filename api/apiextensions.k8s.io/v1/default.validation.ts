import { compileSchemaRules, type JsonSchema as RulesSchema } from '../../cel/schema/schema-rules.ts';
import { type FieldError, type FieldPath, invalid } from '../../meta/field.ts';
import { copySorted } from '../../meta/json.ts';
import { conformValue, EmbeddedMetadataError, UnknownFields } from '../../structural/conform-value.ts';
import { validateEmbedded } from '../../structural/embedded.ts';
import { fieldErrorsOf, Outcome } from '../../structural/failures.ts';
import { readObjectMeta } from '../../structural/object-meta.ts';
import { type JsonSchema, Structural } from '../../structural/structural.ts';
import { compileValueRules } from '../../structural/value-rules.ts';

/** A default's own apiVersion, kind and metadata are judged as those inside it. */
const root = { parent: undefined, step: '' };

/** Defaults must be what their schemas allow, without unknown fields. */
export function validateDefaults(schema: JsonSchema, path: FieldPath): FieldError[] {
  return validate(new Structural(schema, true), path, false);
}

function validate(schema: Structural, path: FieldPath, insideMeta: boolean): FieldError[] {
  const errors = schema.default === undefined ? [] : validateDefault(schema, schema.default, path.child('default'), insideMeta);
  if (schema.items) errors.push(...validate(schema.items, path.child('items'), insideMeta && !schema.isEmbedded));
  for (const [name, property] of schema.properties) {
    const isMeta = schema.isEmbedded ? ['apiVersion', 'kind', 'metadata'].includes(name) : insideMeta;
    errors.push(...validate(property, path.child('properties').key(name), isMeta));
  }
  return errors;
}

function validateDefault(schema: Structural, value: unknown, path: FieldPath, insideMeta: boolean): FieldError[] {
  const outcome = new Outcome();
  compileValueRules(schema.source, true).check(value, undefined, outcome);
  const broken = fieldErrorsOf(outcome, path);
  if (insideMeta) return broken;
  const unknown = new UnknownFields();
  const pruned: FieldError[] = [];
  try {
    conformValue(value, schema, { readMeta: readObjectMeta, unknown }, root);
  } catch (error) {
    if (!(error instanceof EmbeddedMetadataError)) throw error;
    return [{ type: 'FieldValueInvalid', field: `${path}.${error.place}`, message: error.problem }];
  }
  if (unknown.fields.length > 0) pruned.push(invalid(path, copySorted(value), 'must not have unknown fields'));
  const malformed = validateEmbedded(value, schema, path, false);
  const wrong = malformed.length > 0 ? malformed : broken;
  return [...pruned, ...(wrong.length > 0 ? wrong : brokenRules(schema, value, path))];
}

/** A default must hold both as a new value and as one that stays. */
function brokenRules({ source, isEmbedded }: Structural, value: unknown, path: FieldPath): FieldError[] {
  const rules = compileSchemaRules(source as RulesSchema, isEmbedded);
  if (!rules) return [];
  const { errors } = rules.validate(value, value, path);
  return errors.length > 0 ? errors : rules.validate(value, undefined, path).errors;
}
