import type { IPAddress } from '../../../openapi/types.ts';
import { nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';

function parentCell({ spec }: IPAddress): string {
  const { group = '', resource, namespace, name } = spec?.parentRef ?? {};
  return `${resource}${group ? `.${group}` : ''}/${namespace ? `${namespace}/` : ''}${name}`;
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
  columns: [nameColumn, { name: 'ParentRef', type: 'string', description: 'What the address belongs to.', cell: parentCell }],
});
