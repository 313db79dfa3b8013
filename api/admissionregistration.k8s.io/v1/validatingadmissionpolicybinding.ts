import type { ValidatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import type { FieldError } from '../../meta/field.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { bindingColumns } from './binding.columns.ts';
import { validateBinding, validateValidationActions } from './binding.validation.ts';
import { defaultMatchResources } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';

function validateSpec(object: ValidatingAdmissionPolicyBinding): FieldError[] {
  return [...validateBinding(object.spec), ...validateValidationActions(object.spec?.validationActions)];
}

/** ValidatingAdmissionPolicyBindings. Compared with v1.36.3: defaults, parameters, matching, generations, table. */
export const validatingAdmissionPolicyBinding = defineResource<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  categories: ['api-extensions'],
  subresources: [],
  columns: bindingColumns,
  allowUnconditionalUpdate: false,
  defaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
  ...countsGenerations('spec'),
  validate: validateSpec,
  validateUpdate: (object) => [...validateObjectMeta(object.metadata ?? {}, { namespaced: false }), ...validateSpec(object)],
  warnings: reservedNameWarnings,
});
