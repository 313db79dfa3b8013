// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const ingress = defineResource<any>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  scope: 'Namespaced',
  schema: 'io.k8s.api.networking.v1.Ingress',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["ing"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
