import type { DeviceClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { isExtendedResource } from '../../core/v1/resource-names.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { validateConfiguration, validateSelectors } from './configuration.validation.ts';
import { validateList } from './names.validation.ts';

const path = FieldPath.of('spec');
const maxConfigurations = 32;

function validateClass({ spec = {} }: DeviceClass, old?: DeviceClass): FieldError[] {
  const keepsConfig = old !== undefined && semanticEqual(spec.config, old.spec?.config);
  const { extendedResourceName: resource } = spec;
  const at = path.child('extendedResourceName');
  return [
    ...validateSelectors(spec.selectors, path.child('selectors')),
    ...validateList(spec.config, maxConfigurations, (one, place) => validateConfiguration(one, place, keepsConfig), path.child('config')),
    ...(resource === undefined || isExtendedResource(resource) ? [] : [invalid(at, resource, 'must be a valid extended resource name')]),
  ];
}

/** DeviceClasses. Compared with v1.36.3: selectors, configuration, extended resources, generations, table. */
export const deviceClass = defineResource<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  returnsDeletedObject: true,
  singular: 'deviceclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  columns: [nameColumn, ageColumn],
  ...countsGenerations('spec'),
  // What names are made of is judged by the names alone (declarative validation).
  validateName: nameIsPathSegment,
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false, anyGenerateName: true }), ...validateClass(object)],
  validateUpdate: (object, old) => [
    ...validateCoreMeta(object.metadata, { namespaced: false, anyGenerateName: true }),
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateClass(object, old),
  ],
});
