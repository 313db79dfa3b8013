// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const resourceSlice = defineResource<any>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  returnsDeletedObject: true,
  singular: 'resourceslice',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
