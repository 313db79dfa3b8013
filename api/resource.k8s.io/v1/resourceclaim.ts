// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const resourceClaim = defineResource<any>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  returnsDeletedObject: true,
  singular: 'resourceclaim',
  scope: 'Namespaced',
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
