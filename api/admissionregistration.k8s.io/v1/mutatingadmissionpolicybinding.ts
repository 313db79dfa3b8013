import type { MutatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import type { FieldError } from '../../meta/field.ts';
import { bindingRules } from './binding.rules.ts';
import { validateBinding } from './binding.validation.ts';
import { specPath } from './policy.validation.ts';
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
  ...bindingRules(validateSpec),
});
