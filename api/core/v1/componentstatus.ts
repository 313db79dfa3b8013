import type { ComponentStatus } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { nameColumn } from './columns.ts';

const healthy = (status: ComponentStatus) => status.conditions?.find((condition) => condition.type === 'Healthy');

function statusCell(status: ComponentStatus): string {
  const condition = healthy(status);
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
}

/** The health of the control plane's parts: made up when asked for, never stored. */
export const componentStatus = defineResource<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  shortNames: ['cs'],
  scope: 'Cluster',
  schema: 'io.k8s.api.core.v1.ComponentStatus',
  verbs: ['get', 'list'],
  action: 'componentstatus',
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the component conditions', cell: statusCell },
    {
      name: 'Message',
      type: 'string',
      description: 'Message of the component conditions',
      cell: (object) => healthy(object)?.message ?? '',
    },
    { name: 'Error', type: 'string', description: 'Error of the component conditions', cell: (object) => healthy(object)?.error ?? '' },
  ],
});
