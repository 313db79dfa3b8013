// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const validatingAdmissionPolicyBinding = defineResource<any>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [],
});
