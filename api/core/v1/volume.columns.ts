import type { Column } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** What the tables of volumes and of claims have in common. */
export function volumePhaseColumn(definition: string): Column<KubeObject> {
  return {
    name: 'Status',
    type: 'string',
    description: [`${definition}Status`, 'phase'],
    cell: (object) => (object.metadata?.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? '')),
  };
}

export function volumeAttributesClassColumn(shortName: 'pv' | 'pvc'): Column<KubeObject> {
  return {
    name: 'VolumeAttributesClass',
    type: 'string',
    description: `VolumeAttributesClass of the ${shortName}`,
    cell: (object) => object.spec?.volumeAttributesClassName ?? '<unset>',
  };
}

export function volumeModeColumn(definition: string): Column<KubeObject> {
  return {
    name: 'VolumeMode',
    type: 'string',
    priority: 1,
    description: [`${definition}Spec`, 'volumeMode'],
    cell: (object) => object.spec?.volumeMode ?? '<unset>',
  };
}
