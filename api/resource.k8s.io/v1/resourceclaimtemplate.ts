import type { ResourceClaimTemplate } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate, validateTemplateMeta } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { immutableMessage } from '../../meta/validation.ts';
import { refuseAdminAccess, wantsAdminAccess } from './admin-access.ts';
import { defaultClaimSpec } from './resourceclaim.defaults.ts';
import { validateClaimSpec } from './resourceclaim.validation.ts';

const path = FieldPath.of('spec');

function validateTemplate({ metadata, spec }: ResourceClaimTemplate): FieldError[] {
  return [
    ...validateCoreMeta(metadata, { namespaced: true }),
    ...validateTemplateMeta(spec?.metadata, path.child('metadata')),
    ...validateClaimSpec(spec?.spec, path.child('spec')),
  ];
}

/** ResourceClaimTemplates. Compared with v1.36.3: defaults and rules of claims, metadata of the claims, what stays, table. */
export const resourceClaimTemplate = defineResource<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  returnsDeletedObject: true,
  singular: 'resourceclaimtemplate',
  scope: 'Namespaced',
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  columns: [nameColumn, ageColumn],
  defaults: ({ spec }) => defaultClaimSpec(spec?.spec),
  judgesNamespace: ({ spec }) => wantsAdminAccess(spec?.spec),
  validate: (object, context) => [...refuseAdminAccess(object.spec?.spec, context), ...validateTemplate(object)],
  validateUpdate: (object, old) => {
    const { metadata, spec } = object;
    const errors = [...validateTemplate(object), ...validateCoreMetaUpdate(metadata, old.metadata)];
    if (semanticEqual(spec, old.spec)) return errors;
    return [...errors, invalid(path, internalForm('ResourceClaimTemplateSpec', spec), immutableMessage)];
  },
});
