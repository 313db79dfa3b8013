import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** The table of webhook configurations of either sort. */
export const webhookColumns: readonly Column<KubeObject & { webhooks?: readonly unknown[] }>[] = [
  nameColumn,
  {
    name: 'Webhooks',
    type: 'integer',
    description: 'Webhooks indicates the number of webhooks registered in this configuration',
    cell: ({ webhooks }) => webhooks?.length ?? 0,
  },
  ageColumn,
];
