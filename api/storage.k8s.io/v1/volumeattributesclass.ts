import type { VolumeAttributesClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, required } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { validateParameters } from './parameters.validation.ts';

const driverPath = FieldPath.of('driverName');
const parametersPath = FieldPath.of('parameters');
const defaultAnnotation = 'volumeattributesclass.alpha.kubernetes.io/is-default-class';

function validateClass({ metadata, driverName = '', parameters }: VolumeAttributesClass): FieldError[] {
  const driver =
    driverName === ''
      ? [required(driverPath)]
      : isQualifiedName(driverName.toLowerCase()).map((message) => invalid(driverPath, driverName.toLowerCase(), message));
  return [...validateCoreMeta(metadata, { namespaced: false }), ...driver, ...validateParameters(parameters, false, parametersPath)];
}

/** VolumeAttributesClasses. Compared with v1.36.3: driver, parameters, what stays, table. */
export const volumeAttributesClass = defineResource<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  returnsDeletedObject: true,
  columns: [
    {
      ...nameColumn,
      cell: ({ metadata }) => `${metadata?.name ?? ''}${metadata?.annotations?.[defaultAnnotation] === 'true' ? ' (default)' : ''}`,
    },
    {
      name: 'DriverName',
      type: 'string',
      description: ['io.k8s.api.storage.v1.VolumeAttributesClass', 'driverName'],
      cell: (object) => object.driverName ?? '',
    },
    ageColumn,
  ],
  validate: validateClass,
  validateUpdate(object, old) {
    const errors = validateCoreMetaUpdate(object.metadata, old.metadata);
    if (object.driverName !== old.driverName) errors.push(forbidden(driverPath, 'updates to driverName are forbidden.'));
    if (!semanticEqual(object.parameters, old.parameters)) errors.push(forbidden(parametersPath, 'updates to parameters are forbidden.'));
    return [...errors, ...validateClass(object)];
  },
});
