// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const networkPolicy = defineResource<any>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  scope: 'Namespaced',
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["netpol"],
  subresources: [],
});
