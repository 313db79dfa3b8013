import type { Role } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { validatePolicyRules } from './rules.validation.ts';

const rulesPath = FieldPath.of('rules');

function validateRole({ metadata, rules }: Role): FieldError[] {
  return [...validateCoreMeta(metadata, { namespaced: true, nameFn: nameIsPathSegment }), ...validatePolicyRules(rules, true, rulesPath)];
}

/** Roles. Compared with v1.36.3: rules of rules, names, upsert by update. */
export const role = defineResource<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  schema: 'io.k8s.api.rbac.v1.Role',
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  validate: validateRole,
  validateUpdate: (object, old) => [...validateRole(object), ...validateCoreMetaUpdate(object.metadata, old.metadata)],
});
