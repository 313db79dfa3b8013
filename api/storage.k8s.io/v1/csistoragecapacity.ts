// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const csiStorageCapacity = defineResource<any>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  scope: 'Namespaced',
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
