import { compileSchemaRules, type JsonSchema as RulesSchema } from '../../cel/schema/schema-rules.ts';
import { errorsText, type FieldError, type FieldPath, invalid } from '../../meta/field.ts';
import { copySorted, isJsonObject } from '../../meta/json.ts';
import { conformValue, EmbeddedMetadataError, UnknownFields } from '../../structural/conform-value.ts';
import { validateEmbedded } from '../../structural/embedded.ts';
import { fieldErrorsOf, Outcome } from '../../structural/failures.ts';
import { objectMetaFields, readObjectMeta } from '../../structural/object-meta.ts';
import { type JsonSchema, Structural } from '../../structural/structural.ts';
import { compileValueRules } from '../../structural/value-rules.ts';

/** A default's own apiVersion, kind and metadata are judged as those inside it. */
const rootPlace = { parent: undefined, step: '' };
const typeMeta: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
const ofList = Symbol('an item');

/** Where a schema stands: in which resource (the object itself, or one that is embedded), and in its apiVersion, kind or metadata or not. */
interface Place {
  readonly resource: Structural;
  readonly steps: readonly (string | typeof ofList)[];
  readonly insideMeta: boolean;
}

/** Defaults must be what their schemas allow, without unknown fields. */
export function validateDefaults(schema: JsonSchema, path: FieldPath): FieldError[] {
  return validate(new Structural(schema, true), path, undefined);
}

function validate(schema: Structural, path: FieldPath, above: Place | undefined): FieldError[] {
  const place = !above || schema.isEmbedded ? { resource: schema, steps: [], insideMeta: false } : above;
  const errors = schema.default === undefined ? [] : validateDefault(schema, schema.default, path.child('default'), place);
  const below = (step: Place['steps'][number], insideMeta: boolean): Place => ({ ...place, steps: [...place.steps, step], insideMeta });
  if (schema.items) errors.push(...validate(schema.items, path.child('items'), below(ofList, place.insideMeta)));
  for (const [name, property] of schema.properties) {
    const insideMeta = place.insideMeta || (schema.isEmbedded && typeMeta.has(name));
    errors.push(...validate(property, path.child('properties').key(name), below(name, insideMeta)));
  }
  return errors;
}

function validateDefault(schema: Structural, value: unknown, path: FieldPath, place: Place): FieldError[] {
  if (place.insideMeta) {
    const problem = metadataProblem(value, place);
    if (problem !== undefined) return [invalid(path, copySorted(value), `must result in valid metadata: ${problem}`)];
    return valueErrors(schema, value, path);
  }
  const unknown = new UnknownFields();
  const pruned: FieldError[] = [];
  try {
    conformValue(value, schema, { readMeta: readObjectMeta, unknown }, rootPlace);
  } catch (error) {
    if (!(error instanceof EmbeddedMetadataError)) throw error;
    return [{ type: 'FieldValueInvalid', field: `${path}.${error.place}`, message: error.problem }];
  }
  if (unknown.fields.length > 0) pruned.push(invalid(path, copySorted(withMetadataInForm(value, schema)), 'must not have unknown fields'));
  const malformed = validateEmbedded(value, schema, path, false);
  return [...pruned, ...(malformed.length > 0 ? malformed : valueErrors(schema, value, path))];
}

/** What is wrong with a resource of which nothing but the default of a part of its apiVersion, kind or metadata is given. */
function metadataProblem(value: unknown, { resource, steps }: Place): string | undefined {
  const surrounded = steps.reduceRight<unknown>((inner, step) => (step === ofList ? [inner] : { [step]: inner }), value);
  const object = { kind: 'Validation', apiVersion: 'validation/v1', ...(surrounded as object) };
  try {
    conformValue(object, resource, { readMeta: readObjectMeta, withoutDefaults: true }, rootPlace);
  } catch (error) {
    if (!(error instanceof EmbeddedMetadataError)) throw error;
    return error.message;
  }
  const problems = validateEmbedded(object, resource, undefined, false);
  return problems.length > 0 ? errorsText(problems) : undefined;
}

/** A copy of a value in which the metadata of resources has no unknown fields, as upstream has it when it comes to print it. */
function withMetadataInForm(value: unknown, schema: Structural): unknown {
  if (Array.isArray(value)) return schema.items ? value.map((item) => withMetadataInForm(item, schema.items!)) : value;
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    if (schema.isEmbedded && name === 'metadata' && isJsonObject(member))
      return [name, Object.fromEntries(Object.entries(member).filter(([field]) => objectMetaFields.has(field)))];
    const own = schema.member(name);
    return [name, own ? withMetadataInForm(member, own) : member];
  });
  return Object.fromEntries(members);
}

function valueErrors(schema: Structural, value: unknown, path: FieldPath): FieldError[] {
  const outcome = new Outcome();
  compileValueRules(schema.source, true).check(value, undefined, outcome);
  const wrong = fieldErrorsOf(outcome, path);
  return wrong.length > 0 ? wrong : brokenRules(schema, value, path);
}

/** A default must hold both as a new value and as one that stays. */
function brokenRules({ source, isEmbedded }: Structural, value: unknown, path: FieldPath): FieldError[] {
  const rules = compileSchemaRules(source as RulesSchema, isEmbedded);
  if (!rules) return [];
  const { errors } = rules.validate(value, value, path);
  return errors.length > 0 ? errors : rules.validate(value, undefined, path).errors;
}
