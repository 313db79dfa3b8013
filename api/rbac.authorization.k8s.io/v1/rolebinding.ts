import type { RoleBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding.ts';

const roleKinds = ['Role', 'ClusterRole'];

/** RoleBindings. Compared with v1.36.3: defaults, subjects, the role that stays, table. */
export const roleBinding = defineResource<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  columns: bindingColumns('RoleBinding'),
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (object) => validateBinding(object, true, roleKinds),
  validateUpdate: (object, old) => validateBindingUpdate(object, old, true, roleKinds),
});
