// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const csiNode = defineResource<any>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  singular: 'csinode',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.CSINode',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
