import type { Secret } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, required, tooLong } from '../../meta/field.ts';
import { goJsonError } from '../../meta/json-errors.ts';
import { isConfigMapKey } from '../../meta/names.ts';
import { validateImmutableField } from '../../meta/validation.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { base64Length, maxDataBytes, validateFrozen } from './configmap.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { keyPairWarnings } from './secret.warnings.ts';

const data = FieldPath.of('data');
const redacted = '<secret contents redacted>';

function validate(secret: Secret): FieldError[] {
  const errors = validateCoreMeta(secret.metadata, { namespaced: true });
  let size = 0;
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    errors.push(...isConfigMapKey(key).map((message) => invalid(data.key(key), key, message)));
    size += base64Length(value);
  }
  if (size > maxDataBytes) errors.push(tooLong(data, maxDataBytes));
  return [...errors, ...validateByType(secret)];
}

function validateByType(secret: Secret): FieldError[] {
  const values = secret.data ?? {};
  const need = (...keys: string[]): FieldError[] => keys.filter((key) => !(key in values)).map((key) => required(data.key(key)));
  switch (secret.type) {
    case 'kubernetes.io/service-account-token': {
      const key = 'kubernetes.io/service-account.name';
      return secret.metadata?.annotations?.[key] ? [] : [required(FieldPath.of('metadata', 'annotations').key(key))];
    }
    case 'kubernetes.io/dockercfg':
      return validateJson(values, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJson(values, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      return 'username' in values || 'password' in values ? [] : need('username', 'password');
    case 'kubernetes.io/ssh-auth':
      return values['ssh-privatekey'] ? [] : [required(data.key('ssh-privatekey'))];
    case 'kubernetes.io/tls':
      return need('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function validateJson(values: Readonly<Record<string, string>>, key: string): FieldError[] {
  const text = values[key];
  if (text === undefined) return [required(data.key(key))];
  const problem = jsonObjectProblem(Buffer.from(text, 'base64').toString('utf8'));
  return problem === undefined ? [] : [invalid(data.key(key), redacted, problem)];
}

const goTypes: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'bool' };

// In the words of Go's JSON decoder.
function jsonObjectProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const type = Array.isArray(value) ? 'array' : goTypes[typeof value];
    return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
  } catch {
    return goJsonError(text);
  }
}

/** Secrets. Compared with v1.36.3: keys, size, what each type needs, immutability, table. */
export const secret = defineResource<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Secret',
  selectableFields: { type: (object) => object.type ?? '' },
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: ['io.k8s.api.core.v1.Secret', 'type'], cell: (object) => object.type ?? '' },
    {
      name: 'Data',
      type: 'string',
      description: ['io.k8s.api.core.v1.Secret', 'data'],
      cell: (object) => Object.keys(object.data ?? {}).length,
    },
    ageColumn,
  ],
  defaults(object) {
    object.type ||= 'Opaque';
    // stringData is only a way to write data.
    for (const [key, value] of Object.entries(object.stringData ?? {})) {
      object.data = { ...object.data, [key]: Buffer.from(value, 'utf8').toString('base64') };
    }
    delete object.stringData;
  },
  prepareForUpdate(object, old) {
    if (!object.type && old.type) object.type = old.type;
  },
  validate,
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateImmutableField(object.type ?? '', old.type ?? '', FieldPath.of('type')),
    ...validateFrozen(object, old, ['data']),
    ...validate(object),
  ],
  warnings: (object) => (object.type === 'kubernetes.io/tls' ? keyPairWarnings(object.data?.['tls.crt'], object.data?.['tls.key']) : []),
});
