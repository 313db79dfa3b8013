import type { ValidatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import type { FieldError } from '../../meta/field.ts';
import { bindingRules } from './binding.rules.ts';
import { validateBinding, validateValidationActions } from './binding.validation.ts';

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
  ...bindingRules(validateSpec),
});
