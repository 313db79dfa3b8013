// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const csiDriver = defineResource<any>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  singular: 'csidriver',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.CSIDriver',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
