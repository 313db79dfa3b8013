import { checkSchemaRules, type JsonSchema as RulesSchema } from '../../cel/schema/schema-rules.ts';
import { type FieldError, type FieldPath, forbidden, invalid } from '../../meta/field.ts';
import type { JsonSchema } from '../../structural/structural.ts';
import { validateDefaults } from './default.validation.ts';
import { printedSchema, schemaFields } from './internal-versions.ts';
import { validateSchemaParts } from './schema.validation.ts';
import { unsupportedPart, validateStructural } from './structural.validation.ts';

const allowedAtRoot = [
  ...['Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength', 'MinLength'],
  ...['Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties', 'ExternalDocs', 'Example'],
  ...['XPreserveUnknownFields', 'XValidations'],
];

/** The whole schema of a version. @param hasStatus a status subresource is validated by the schema of `status` alone, so that the root may say less */
export function validateRootSchema(schema: JsonSchema, path: FieldPath, hasStatus: boolean): FieldError[] {
  const errors = hasStatus ? validateForStatus(schema, path) : [];
  if (schema.nullable) errors.push(forbidden(path.child('nullable'), 'nullable cannot be true at the root'));
  let structural = false;
  const unsupported = unsupportedPart(schema);
  if (unsupported === undefined) {
    const found = validateStructural(schema, path);
    if (found.length === 0) found.push(...validateDefaults(schema, path));
    structural = found.length === 0;
    errors.push(...found);
  }
  const broken: string[] = [];
  errors.push(...validateSchemaParts(schema, path, broken));
  errors.push(...checkSchemaRules(schema as RulesSchema, path, { structural, broken }));
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(path, '', unsupported));
  return errors;
}

// In the order of Go's struct, up to the first that is wrong.
function validateForStatus(schema: JsonSchema, path: FieldPath): FieldError[] {
  for (const [goName, jsonName] of schemaFields) {
    const value = (schema as Record<string, unknown>)[jsonName];
    if (value === undefined || value === null || value === '' || value === false) continue;
    if (goName === 'Type' && value !== 'object') {
      const words = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [invalid(path.child('type'), value, words)];
    }
    if (!allowedAtRoot.includes(goName)) {
      const words = `only [${allowedAtRoot.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
      return [invalid(path, printedSchema(schema), words)];
    }
  }
  return [];
}
