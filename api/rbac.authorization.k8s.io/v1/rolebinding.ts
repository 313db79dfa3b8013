// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';

export const roleBinding = defineResource<any>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  scope: 'Namespaced',
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  validateName: nameIsPathSegment,
  subresources: [],
});
