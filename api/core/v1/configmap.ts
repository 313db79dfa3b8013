import type { ConfigMap } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, tooLong } from '../../meta/field.ts';
import { isConfigMapKey } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { byteLength } from '../../meta/text.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';

/** Bytes of all values of a ConfigMap or Secret. */
export const maxDataBytes = 1024 * 1024;

/** Length in bytes of what a base64 text stands for. */
export function base64Length(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}

const frozen = 'field is immutable when `immutable` is set';

/** The rules of objects marked immutable, for the fields named. */
export function validateFrozen<T extends { immutable?: boolean }>(object: T, old: T, fields: readonly (keyof T & string)[]): FieldError[] {
  if (!old.immutable) return [];
  const errors = object.immutable ? [] : [forbidden('immutable', frozen)];
  for (const field of fields) {
    const same =
      object[field] === undefined
        ? old[field] === undefined && asSent(object, field) === undefined
        : semanticEqual(object[field], old[field]);
    if (!same) errors.push(forbidden(field, frozen));
  }
  return errors;
}

function validate(object: ConfigMap): FieldError[] {
  const errors = validateCoreMeta(object.metadata, { namespaced: true });
  let size = 0;
  const at = (key: string) => FieldPath.of('data').key(key);
  for (const [key, value] of Object.entries(object.data ?? {})) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(at(key), key, message));
    if (object.binaryData && key in object.binaryData) errors.push(invalid(at(key), key, 'duplicate of key present in binaryData'));
    size += byteLength(value);
  }
  for (const [key, value] of Object.entries(object.binaryData ?? {})) {
    errors.push(...isConfigMapKey(key).map((message) => invalid(FieldPath.of('binaryData').key(key), key, message)));
    size += base64Length(value);
  }
  if (size > maxDataBytes) errors.push(tooLong('[]', maxDataBytes));
  return errors;
}

/** ConfigMaps. Compared with v1.36.3: keys, size, immutability, table. */
export const configMap = defineResource<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.ConfigMap',
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      description: ['io.k8s.api.core.v1.ConfigMap', 'data'],
      cell: (object) => Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
    },
    ageColumn,
  ],
  validate,
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateFrozen(object, old, ['data', 'binaryData']),
    ...validate(object),
  ],
});
