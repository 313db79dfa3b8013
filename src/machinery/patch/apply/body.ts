import type { KubeObject } from '../../../../api/meta/object.ts';
import type { Schema } from '../../../../openapi/schema.ts';
import { restoreNumbers } from '../../schema/json-numbers.ts';
import { BodyError, parseYaml } from '../../schema/parse.ts';
import { badPatch, type PatchError } from '../error.ts';
import { goKind } from '../go-format.ts';

export interface ApplyBody {
  readonly object: KubeObject;
  /** Texts of warnings (duplicate keys). */
  readonly warnings: readonly string[];
  /** With `Strict`, why it is refused where nothing else is wrong with it, as upstream looks at it after it has been applied. */
  readonly refusal?: PatchError;
}

/**
 * Parses the body of an apply patch (YAML or JSON).
 * @throws PatchError 400
 */
export function parseApplyBody(text: string | Buffer, fieldValidation: 'Ignore' | 'Warn' | 'Strict', schema: Schema): ApplyBody {
  const body = parse(text);
  const { value, yamlDuplicates } = body;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw badPatch(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`,
    );
  }
  restoreNumbers(body, schema);
  const object = (value ?? {}) as KubeObject;
  if (fieldValidation !== 'Strict' || yamlDuplicates.length === 0)
    return { object, warnings: fieldValidation === 'Warn' ? yamlDuplicates : [] };
  const told = yamlDuplicates.join('\n  ');
  return {
    object,
    warnings: [],
    refusal: badPatch(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  ${told}`),
  };
}

function parse(text: string | Buffer): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof BodyError) throw badPatch(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}
