import type { Role } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { validatePolicyRules } from './rules.validation.ts';

const rulesPath = FieldPath.of('rules');

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
  validate: (object) => [
    ...validateCoreMeta(object.metadata, { namespaced: true, nameFn: nameIsPathSegment }),
    ...validatePolicyRules(object.rules, true, rulesPath),
  ],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validatePolicyRules(object.rules, true, rulesPath),
  ],
});
