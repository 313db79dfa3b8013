import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';
import { ageCell } from '../../meta/time.ts';

/** The name, as every table begins. */
export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'name'],
  cell: (object) => object.metadata?.name ?? '',
};

/** The time since creation. */
export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'creationTimestamp'],
  cell: (object, { now }) => ageCell(object.metadata?.creationTimestamp, now),
};

/** Names and images of a template's containers, and a map of labels: for the wide tables of workloads. */
export function containerColumns<T>(
  containers: (object: T) => readonly { name: string; image?: string }[] | undefined,
  priority?: number,
): Column<T>[] {
  const more = priority === undefined ? {} : { priority };
  return [
    {
      name: 'Containers',
      type: 'string',
      ...more,
      description: 'Names of each container in the template.',
      cell: (object) => (containers(object) ?? []).map((c) => c.name).join(','),
    },
    {
      name: 'Images',
      type: 'string',
      ...more,
      description: 'Images referenced by each container in the template.',
      cell: (object) => (containers(object) ?? []).map((c) => c.image ?? '').join(','),
    },
  ];
}
