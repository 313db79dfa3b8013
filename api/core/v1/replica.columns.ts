import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** How many pods a set wants and has. */
export const replicaColumns: readonly Column<KubeObject>[] = [
  { name: 'Desired', type: 'integer', description: 'How many pods there shall be.', cell: (object) => object.spec?.replicas ?? 0 },
  { name: 'Current', type: 'integer', description: 'How many pods there are.', cell: (object) => object.status?.replicas ?? 0 },
  { name: 'Ready', type: 'integer', description: 'How many of them are ready.', cell: (object) => object.status?.readyReplicas ?? 0 },
];
