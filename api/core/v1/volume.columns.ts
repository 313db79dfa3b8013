import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** What the tables of volumes and of claims have in common. */
export const volumePhaseColumn: Column<KubeObject> = {
  name: 'Status',
  type: 'string',
  description: 'The phase, or Terminating.',
  cell: (object) => (object.metadata?.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? '')),
};

export const volumeAttributesClassColumn: Column<KubeObject> = {
  name: 'VolumeAttributesClass',
  type: 'string',
  description: 'The class of attributes that it has or asks for.',
  cell: (object) => object.spec?.volumeAttributesClassName ?? '<unset>',
};

export const volumeModeColumn: Column<KubeObject> = {
  name: 'VolumeMode',
  type: 'string',
  priority: 1,
  description: 'File system or block device.',
  cell: (object) => object.spec?.volumeMode ?? '<unset>',
};
