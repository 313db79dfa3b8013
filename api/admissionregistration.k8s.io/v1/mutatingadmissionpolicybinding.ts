import type { MutatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import type { FieldError } from '../../meta/field.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { bindingColumns } from './binding.columns.ts';
import { validateBinding } from './binding.validation.ts';
import { specPath } from './policy.validation.ts';
import { defaultMatchResources } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';
import { validateMutableOperations } from './rules.validation.ts';

function validateSpec(object: MutatingAdmissionPolicyBinding): FieldError[] {
  return [...validateBinding(object.spec), ...validateMutableOperations(object.spec?.matchResources, specPath.child('matchResources'))];
}

/** MutatingAdmissionPolicyBindings. Compared with v1.36.3: defaults, parameters, matching, generations, table. */
export const mutatingAdmissionPolicyBinding = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  singular: 'mutatingadmissionpolicybinding',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
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
