import type { JSONSchemaProps, SelectableField } from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, invalid, required, tooMany } from '../../meta/field.ts';

const maxFields = 8;
const selectableTypes = new Set<string | undefined>(['string', 'boolean', 'integer']);

/** Fields of a custom resource that field selectors may name: paths of plain names to scalars of the schema. */
export function validateSelectableFields(
  fields: readonly SelectableField[],
  schema: JSONSchemaProps,
  path: FieldPath,
  allowTooMany: boolean,
): FieldError[] {
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath = '' }, i) => {
    const at = path.index(i).child('jsonPath');
    if (jsonPath === '') return [required(at)];
    const found = resolve(jsonPath, schema);
    if (typeof found === 'string') return [invalid(at, jsonPath, `is an invalid path: ${found}`)];
    const own: FieldError[] = [];
    if (/^\.metadata(\.|$)/.test(jsonPath)) own.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!selectableTypes.has(found.type)) {
      const words = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      own.push(invalid(at, jsonPath, words));
    }
    if (seen.has(jsonPath)) own.push(duplicate(at, jsonPath));
    seen.add(jsonPath);
    return own;
  });
  if (seen.size > maxFields && !allowTooMany) errors.push(tooMany(path, seen.size, maxFields));
  return errors;
}

/** Whether a stored list is longer than what is allowed today, so that an update may keep it. */
export function hasTooManySelectableFields(fields: readonly SelectableField[] | undefined): boolean {
  return (fields?.length ?? 0) > maxFields;
}

function resolve(jsonPath: string, root: JSONSchemaProps): JSONSchemaProps | string {
  let schema: JSONSchemaProps | undefined = root;
  const tokens = jsonPath.match(/[.[\]]|[^.[\]]+/g)!;
  for (let i = 0; i < tokens.length; i += 2) {
    if (tokens[i] === '[') return 'array notation is not allowed';
    if (tokens[i] !== '.') return `expected [ or . but got: ${tokens[i]}`;
    const name = tokens[i + 1];
    if (name === undefined) return 'unexpected end of JSON path';
    const next: JSONSchemaProps | undefined = schema?.properties?.[name];
    const additional: unknown = schema?.additionalProperties;
    schema = next ?? (typeof additional === 'object' ? (additional as JSONSchemaProps) : undefined);
    if (!schema) return 'does not refer to a valid field';
  }
  return schema;
}
