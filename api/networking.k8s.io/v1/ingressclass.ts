// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const ingressClass = defineResource<any>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.networking.v1.IngressClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
