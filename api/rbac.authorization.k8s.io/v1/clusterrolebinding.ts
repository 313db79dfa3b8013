import type { ClusterRoleBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding.ts';

const roleKinds = ['ClusterRole'];

/** ClusterRoleBindings. Compared with v1.36.3: defaults, subjects, the role that stays, table. */
export const clusterRoleBinding = defineResource<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  columns: bindingColumns('ClusterRoleBinding'),
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (object) => validateBinding(object, false, roleKinds),
  validateUpdate: (object, old) => validateBindingUpdate(object, old, false, roleKinds),
});
