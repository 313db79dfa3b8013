import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** How many pods a set wants and has. @param definition that of the set's kind */
export function replicaColumns(definition: string): Column<KubeObject>[] {
  const count = (name: string, part: 'spec' | 'status', field: string): Column<KubeObject> => ({
    name,
    type: 'integer',
    description: [`${definition}${part === 'spec' ? 'Spec' : 'Status'}`, field],
    cell: (object) => object[part]?.[field] ?? 0,
  });
  return [count('Desired', 'spec', 'replicas'), count('Current', 'status', 'replicas'), count('Ready', 'status', 'readyReplicas')];
}
