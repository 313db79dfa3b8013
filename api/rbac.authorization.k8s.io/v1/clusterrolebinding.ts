// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';

export const clusterRoleBinding = defineResource<any>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  scope: 'Cluster',
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  validateName: nameIsPathSegment,
  subresources: [],
});
