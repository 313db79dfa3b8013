// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const storageClass = defineResource<any>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.StorageClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["sc"],
  subresources: [],
});
