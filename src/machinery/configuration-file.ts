import type { ObjectSchema, Schema } from '../../openapi/schema.ts';
import { notRegistered } from './expected-kind.ts';
import { conform, strictDecodingError } from './schema/conform.ts';
import { parseYaml } from './schema/parse.ts';

/** The versions of a configuration kind, each with the shape of its documents. */
export interface ConfigurationKind {
  readonly kind: string;
  readonly versions: Readonly<Record<string, ObjectSchema>>;
  /** A name that it had, with its versions and the one in which it is read then. */
  readonly formerly?: { readonly apiVersions: readonly string[]; readonly kind: string; readonly readAs: string };
  /** Unknown fields count for nothing. */
  readonly lenient?: boolean;
}

/** A document does not say what it is. */
export class UnsaidKind extends Error {}

/** Kinds of kube-apiserver's own configuration, of which one may lie in the place of another. */
const siblings: Readonly<Record<string, readonly string[]>> = {
  'apiserver.config.k8s.io/v1': [
    ...['AdmissionConfiguration', 'AuthenticationConfiguration', 'AuthorizationConfiguration', 'EncryptionConfiguration'],
    'TracingConfiguration',
  ],
};

/**
 * Reads a document of a configuration kind (YAML or JSON), strictly unless the kind is lenient.
 * @throws Error in the words of upstream's decoder: no kind, another one, unknown or doubled fields, wrong types
 */
export function decodeConfiguration(text: string, { kind, versions, formerly, lenient = false }: ConfigurationKind): any {
  const body = parseYaml(text);
  const value = body.value as Record<string, unknown> | null;
  if (typeof value !== 'object' || value === null || !value['kind']) throw new UnsaidKind(`Object 'Kind' is missing in '${text}'`);
  if (formerly?.apiVersions.includes(String(value['apiVersion'])) && value['kind'] === formerly.kind)
    Object.assign(value, { apiVersion: formerly.readAs, kind });
  const apiVersion = String(value['apiVersion'] ?? '');
  const schema = Object.hasOwn(versions, apiVersion) ? versions[apiVersion] : undefined;
  const other = String(value['kind']);
  if (schema && other !== kind && siblings[apiVersion]?.includes(other)) throw new Error(`expected ${kind}, got *apiserver.${other}`);
  if (other !== kind || !schema) throw new Error(notRegistered(apiVersion, String(other)));
  const { object, strictErrors } = conform(value, ofVersion(schema, apiVersion.slice(apiVersion.indexOf('/') + 1)), { strict: true, body });
  if (strictErrors.length > 0 && !lenient) throw new Error(strictDecodingError(strictErrors));
  return object;
}

/** With the version before the names of what it consists of, as messages name Go's types; names with a package have one. */
function ofVersion<S extends Schema>(schema: S, version: string): S {
  switch (schema.type) {
    case 'object': {
      const fields = [...schema.fields].map(([name, field]) => [name, { ...field, schema: ofVersion(field.schema, version) }] as const);
      const name = schema.name?.includes('.') ? schema.name : `${version}.${schema.name}`;
      return { ...schema, name, fields: new Map(fields) };
    }
    case 'list':
      return { ...schema, items: ofVersion(schema.items, version) };
    case 'map':
      return { ...schema, values: ofVersion(schema.values, version) };
    default:
      return schema;
  }
}
