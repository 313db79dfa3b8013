// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const validatingWebhookConfiguration = defineResource<any>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [],
});
