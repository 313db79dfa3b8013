// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const deviceClass = defineResource<any>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  returnsDeletedObject: true,
  singular: 'deviceclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
