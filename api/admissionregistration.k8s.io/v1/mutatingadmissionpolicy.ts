// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const mutatingAdmissionPolicy = defineResource<any>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  singular: 'mutatingadmissionpolicy',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [],
});
