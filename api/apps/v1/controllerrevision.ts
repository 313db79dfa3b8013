import type { ControllerRevision } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { jsonText } from '../../meta/json-text.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { groupVersionOf } from '../../meta/object.ts';
import { immutableMessage } from '../../meta/validation.ts';

const path = FieldPath.of('data');

function validateCommon(revision: ControllerRevision): FieldError[] {
  return [
    ...validateCoreMeta(revision.metadata, { namespaced: true }),
    ...validateNonNegativeFields(revision, ['revision'], FieldPath.empty),
  ];
}

function validateData(data: unknown): FieldError[] {
  if (data === undefined || data === null) return [required(path, 'data is mandatory')];
  return typeof data === 'object' && !Array.isArray(data) ? [] : [required(path, 'data must be a valid JSON object')];
}

function controllerCell(revision: ControllerRevision): string {
  const owner = revision.metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return '<none>';
  const { group } = groupVersionOf(owner.apiVersion);
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}

/** ControllerRevisions. Compared with v1.36.3: data that is an object and never changes, table. */
export const controllerRevision = defineResource<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Controller of the object', cell: controllerCell },
    {
      name: 'Revision',
      type: 'string',
      description: ['io.k8s.api.apps.v1.ControllerRevision', 'revision'],
      cell: (object) => object.revision ?? 0,
    },
    ageColumn,
  ],
  validate: (object) => [...validateCommon(object), ...validateData(object.data)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateCommon(object),
    ...(jsonText(object.data) === jsonText(old.data) ? [] : [invalid(path, object.data ?? null, immutableMessage)]),
  ],
});
