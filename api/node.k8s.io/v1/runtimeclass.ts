// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const runtimeClass = defineResource<any>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
