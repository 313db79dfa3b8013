// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const lease = defineResource<any>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  scope: 'Namespaced',
  schema: 'io.k8s.api.coordination.v1.Lease',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
