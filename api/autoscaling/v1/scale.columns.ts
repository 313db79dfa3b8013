import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

const { format: _format, ...plainName } = nameColumn;

const desired: Column<Scale> = {
  name: 'Desired',
  type: 'integer',
  description: ['io.k8s.api.autoscaling.v1.ScaleSpec', 'replicas'],
  cell: ({ spec }) => spec?.replicas ?? 0,
};
const available: Column<Scale> = {
  name: 'Available',
  type: 'integer',
  description: ['io.k8s.api.autoscaling.v1.ScaleStatus', 'replicas'],
  cell: ({ status }) => status?.replicas ?? 0,
};

/** The table of a Scale, through which built-in kinds show their replicas. */
export const scaleColumns: readonly Column<Scale>[] = [plainName, desired, available, ageColumn];

/** The table of a custom resource's Scale, which tells of the same columns in other words. */
export const customScaleColumns: readonly Column<Scale>[] = [
  nameColumn,
  { ...desired, description: 'Number of desired replicas' },
  { ...available, description: 'Number of actual replicas' },
  { ...ageColumn, type: 'date' },
];
