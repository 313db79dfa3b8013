// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';

export const role = defineResource<any>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  scope: 'Namespaced',
  schema: 'io.k8s.api.rbac.v1.Role',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  validateName: nameIsPathSegment,
  subresources: [],
});
