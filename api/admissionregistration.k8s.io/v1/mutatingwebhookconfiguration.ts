// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const mutatingWebhookConfiguration = defineResource<any>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [],
});
