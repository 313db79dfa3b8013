import type { ObjectSchema } from '../../openapi/schema.ts';
import { conform, strictDecodingError } from './schema/conform.ts';
import { parseYaml } from './schema/parse.ts';

/** The versions of a configuration kind, each with the shape of its documents. */
export interface ConfigurationKind {
  readonly kind: string;
  readonly versions: Readonly<Record<string, ObjectSchema>>;
  /** How upstream names the scheme that knows it. */
  readonly scheme?: string;
}

/**
 * Reads a document of a configuration kind (YAML or JSON), strictly.
 * @throws Error in the words of upstream's decoder: no kind, another one, unknown or doubled fields, wrong types
 */
export function decodeConfiguration(text: string, { kind, versions, scheme = 'pkg/runtime/scheme.go:111' }: ConfigurationKind): any {
  const body = parseYaml(text);
  const value = body.value as Record<string, unknown> | null;
  if (typeof value !== 'object' || value === null || !value['kind']) throw new Error(`Object 'Kind' is missing in '${text}'`);
  const apiVersion = String(value['apiVersion'] ?? '');
  const schema = Object.hasOwn(versions, apiVersion) ? versions[apiVersion] : undefined;
  if (value['kind'] !== kind || !schema)
    throw new Error(
      `no kind ${JSON.stringify(value['kind'])} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(scheme)}`,
    );
  const { object, strictErrors } = conform(value, schema, { strict: true, body });
  if (strictErrors.length > 0) throw new Error(strictDecodingError(strictErrors));
  return object;
}
