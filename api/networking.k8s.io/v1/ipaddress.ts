import type { IPAddress } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { validateIP } from '../../meta/ip.ts';
import { isDns1123Subdomain, nameIsPathSegment } from '../../meta/names.ts';
import { immutableMessage } from '../../meta/validation.ts';

function parentCell({ spec }: IPAddress): string {
  const { group = '', resource, namespace, name } = spec?.parentRef ?? {};
  return `${resource}${group ? `.${group}` : ''}/${namespace ? `${namespace}/` : ''}${name}`;
}

const parentPath = FieldPath.of('spec', 'parentRef');

function validateSpec({ spec }: IPAddress): FieldError[] {
  const parent = spec?.parentRef;
  if (!parent) return [required(parentPath)];
  const errors: FieldError[] = [];
  if (parent.group)
    errors.push(...isDns1123Subdomain(parent.group).map((message) => invalid(parentPath.child('group'), parent.group, message)));
  for (const field of ['resource', 'name', 'namespace'] as const) {
    const value = parent[field];
    if (!value && field !== 'namespace') errors.push(required(parentPath.child(field)));
    else if (value) errors.push(...nameIsPathSegment(value, false).map((message) => invalid(parentPath.child(field), value, message)));
  }
  return errors;
}

// Messages print the parent as the Go struct that it is.
function printedParent({ spec }: IPAddress): object | null {
  if (!spec?.parentRef) return null;
  const { group = '', resource = '', namespace = '', name = '' } = spec.parentRef;
  return { Group: group, Resource: resource, Namespace: namespace, Name: name };
}

/** The name is the address itself, in its one canonical form. */
function validateAddressName(name: string): string[] {
  return validateIP(FieldPath.of('metadata', 'name'), name).map(({ message }) => message.replace(`Invalid value: ${goQuote(name)}: `, ''));
}

/** IPAddresss. Compared with v1.36.3: table, status. */
export const ipAddress = defineResource<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  scope: 'Cluster',
  schema: 'io.k8s.api.networking.v1.IPAddress',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  shortNames: ['ip'],
  subresources: [],
  columns: [
    nameColumn,
    { name: 'ParentRef', type: 'string', description: ['io.k8s.api.networking.v1.IPAddressSpec', 'parentRef'], cell: parentCell },
    { ...ageColumn, undeclared: true },
  ],
  validateName: validateAddressName,
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: false, nameFn: validateAddressName }), ...validateSpec(object)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateSpec(object),
    ...(semanticEqual(object.spec?.parentRef, old.spec?.parentRef) ? [] : [invalid(parentPath, printedParent(object), immutableMessage)]),
  ],
});
