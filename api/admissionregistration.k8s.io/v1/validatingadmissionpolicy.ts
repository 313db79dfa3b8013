// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const validatingAdmissionPolicy = defineResource<any>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
