/** What RoleBindings and ClusterRoleBindings share. */
import type { RbacV1Subject, RoleRef } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import type { Column } from '../../define.ts';
import { type FieldError, FieldPath, invalid, notSupportedText, required } from '../../meta/field.ts';
import { nameIsDnsSubdomain, nameIsPathSegment } from '../../meta/names.ts';
import type { KubeObject } from '../../meta/object.ts';

const group = 'rbac.authorization.k8s.io';

export interface RoleBindingObject extends KubeObject {
  roleRef?: RoleRef;
  subjects?: RbacV1Subject[];
}

const roleRefPath = FieldPath.of('roleRef');
const subjectsPath = FieldPath.of('subjects');

export function defaultBinding(binding: RoleBindingObject): void {
  if (binding.roleRef && !binding.roleRef.apiGroup) binding.roleRef.apiGroup = group;
  for (const subject of binding.subjects ?? []) {
    if ((subject.kind === 'User' || subject.kind === 'Group') && !subject.apiGroup) subject.apiGroup = group;
  }
}

/** @param roleKinds the kinds of role that may be bound */
export function validateBinding(binding: RoleBindingObject, namespaced: boolean, roleKinds: readonly string[]): FieldError[] {
  return [...validateCoreMeta(binding.metadata, { namespaced, nameFn: nameIsPathSegment }), ...rules(binding, namespaced, roleKinds)];
}

export function validateBindingUpdate(
  binding: RoleBindingObject,
  old: RoleBindingObject,
  namespaced: boolean,
  roleKinds: readonly string[],
): FieldError[] {
  const errors = [...validateBinding(binding, namespaced, roleKinds), ...validateCoreMetaUpdate(binding.metadata, old.metadata)];
  const reference = internalRoleRef(binding.roleRef);
  if (JSON.stringify(reference) !== JSON.stringify(internalRoleRef(old.roleRef))) {
    errors.push(invalid(roleRefPath, reference, 'cannot change roleRef'));
  }
  return errors;
}

function internalRoleRef(reference: RoleRef | undefined): object {
  return { APIGroup: reference?.apiGroup ?? '', Kind: reference?.kind ?? '', Name: reference?.name ?? '' };
}

function rules(binding: RoleBindingObject, namespaced: boolean, roleKinds: readonly string[]): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? {};
  const errors: FieldError[] = [];
  if (apiGroup !== group) errors.push(notSupportedText(roleRefPath.child('apiGroup'), apiGroup, [group]));
  if (!roleKinds.includes(kind)) errors.push(notSupportedText(roleRefPath.child('kind'), kind, roleKinds));
  if (name === '') errors.push(required(roleRefPath.child('name')));
  else errors.push(...nameIsPathSegment(name, false).map((message) => invalid(roleRefPath.child('name'), name, message)));
  (binding.subjects ?? []).forEach((subject, i) => {
    errors.push(...validateSubject(subject, namespaced, subjectsPath.index(i)));
  });
  return errors;
}

const subjectKinds = ['ServiceAccount', 'User', 'Group'];

function validateSubject(subject: RbacV1Subject, namespaced: boolean, path: FieldPath): FieldError[] {
  const { kind = '', name = '', namespace = '', apiGroup = '' } = subject;
  const errors = name === '' ? [required(path.child('name'))] : [];
  if (!subjectKinds.includes(kind)) return [...errors, notSupportedText(path.child('kind'), kind, subjectKinds)];
  const isAccount = kind === 'ServiceAccount';
  if (isAccount && name !== '') {
    errors.push(...nameIsDnsSubdomain(name, false).map((message) => invalid(path.child('name'), name, message)));
  }
  const wanted = isAccount ? '' : group;
  if (apiGroup !== wanted) errors.push(notSupportedText(path.child('apiGroup'), apiGroup, [wanted]));
  if (isAccount && !namespaced && namespace === '') errors.push(required(path.child('namespace')));
  return errors;
}

const names = (binding: RoleBindingObject, kind: string): string =>
  (binding.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace ?? ''}/${subject.name}` : subject.name))
    .join(', ');

const referable = {
  RoleBinding: 'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace.',
  ClusterRoleBinding: 'RoleRef can only reference a ClusterRole in the global namespace.',
};

/** @param kind of the binding */
export function bindingColumns(kind: keyof typeof referable): readonly Column<RoleBindingObject>[] {
  const subjects = (name: string, subjectKind: string): Column<RoleBindingObject> => ({
    name,
    type: 'string',
    priority: 1,
    description: `${name} in the ${kind.charAt(0).toLowerCase()}${kind.slice(1)}`,
    cell: (binding) => names(binding, subjectKind),
  });
  return [
    nameColumn,
    {
      name: 'Role',
      type: 'string',
      description: `${referable[kind]} If the RoleRef cannot be resolved, the Authorizer must return an error.`,
      cell: ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`,
    },
    ageColumn,
    subjects('Users', 'User'),
    subjects('Groups', 'Group'),
    subjects('ServiceAccounts', 'ServiceAccount'),
  ];
}
