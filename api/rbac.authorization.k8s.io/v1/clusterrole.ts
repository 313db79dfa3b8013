import type { ClusterRole } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../meta/validation.ts';
import { validatePolicyRules } from './rules.validation.ts';

const selectorsPath = FieldPath.of('aggregationRule', 'clusterRoleSelectors');

function validateRole(role: ClusterRole, allowInvalidValues: boolean): FieldError[] {
  const errors = [
    ...validateCoreMeta(role.metadata, { namespaced: false, nameFn: nameIsPathSegment }),
    ...validatePolicyRules(role.rules, false, FieldPath.of('rules')),
  ];
  if (!role.aggregationRule) return errors;
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(required(selectorsPath, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  }
  selectors.forEach((selector, i) => {
    const at = selectorsPath.index(i);
    const wrong = validateLabelSelector(selector, at, { allowInvalidValues });
    errors.push(...wrong);
    if (wrong.length > 0) errors.push(invalid(at, null, 'invalid label selector.'));
  });
  return errors;
}

/** ClusterRoles. Compared with v1.36.3: rules of rules, aggregation, names, upsert by update. */
export const clusterRole = defineResource<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  validate: (object) => validateRole(object, false),
  validateUpdate: (object, old) => [
    ...validateRole(object, (old.aggregationRule?.clusterRoleSelectors ?? []).some(hasInvalidLabelValue)),
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
  ],
});
