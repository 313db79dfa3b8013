// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const endpointSlice = defineResource<any>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  scope: 'Namespaced',
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
