import type { PersistentVolume, PersistentVolumeSpec } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { nodeSelectorTermWarnings } from './node-labels.ts';
import {
  validatePersistentVolume,
  validatePersistentVolumeStatusUpdate,
  validatePersistentVolumeUpdate,
} from './persistentvolume.validation.ts';
import { accessModesText, storageClassText } from './persistentvolumeclaim.ts';
import { defaultResourceList } from './resource-list.ts';
import { volumeAttributesClassColumn, volumeModeColumn, volumePhaseColumn } from './volume.columns.ts';

const spec = FieldPath.of('spec');

const deprecatedSources: readonly (readonly [field: keyof PersistentVolumeSpec, name: string, message: string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'volume.beta.kubernetes.io/storage-class': 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
};

function warnings(volume: PersistentVolume): string[] {
  const list = Object.entries(deprecatedAnnotations)
    .filter(([key]) => volume.metadata?.annotations?.[key] !== undefined)
    .map(([key, message]) => `${FieldPath.of('metadata', 'annotations').key(key)}: ${message}`);
  if (volume.spec?.persistentVolumeReclaimPolicy === 'Recycle') {
    const words = 'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
    list.push(`${spec.child('persistentVolumeReclaimPolicy')}: ${words}`);
  }
  (volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).forEach((term, i) => {
    list.push(...nodeSelectorTermWarnings(term, spec.child('nodeAffinity', 'required', 'nodeSelectorTerms').index(i), false));
  });
  for (const [field, name, message] of deprecatedSources) if (volume.spec?.[field]) list.push(`${spec.child(name)}: ${message}`);
  return list;
}

function claimCell(volume: PersistentVolume): string {
  const claim = volume.spec?.claimRef;
  return claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : '';
}

/** What every description of a volume is given, that of an attachment as well. */
export function defaultVolume(spec: PersistentVolumeSpec): void {
  defaultResourceList(spec.capacity);
  if (spec.hostPath) spec.hostPath.type ??= '';
}

/** PersistentVolumes. Compared with v1.36.3: defaults of sources, immutability of the source with its diff, phase transition time, table. */
export const persistentVolume = defineResource<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  returnsDeletedObject: true,
  shortNames: ['pv'],
  scope: 'Cluster',
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  subresources: [
    statusSubresource<PersistentVolume>({
      prepareForUpdate(object, old, { now }) {
        const status = (object.status ??= {});
        const before = old.status?.lastPhaseTransitionTime;
        if (status.phase === old.status?.phase) {
          if (!status.lastPhaseTransitionTime && before) status.lastPhaseTransitionTime = before;
        } else if (!status.lastPhaseTransitionTime || status.lastPhaseTransitionTime === before) status.lastPhaseTransitionTime = now;
      },
      validateUpdate: validatePersistentVolumeStatusUpdate,
    }),
  ],
  columns: [
    nameColumn,
    {
      name: 'Capacity',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeSpec', 'capacity'],
      cell: (object) => object.spec?.capacity?.storage ?? '0',
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeSpec', 'accessModes'],
      cell: (object) => accessModesText(object.spec?.accessModes),
    },
    {
      name: 'Reclaim Policy',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeSpec', 'persistentVolumeReclaimPolicy'],
      cell: (object) => object.spec?.persistentVolumeReclaimPolicy ?? '',
    },
    volumePhaseColumn('io.k8s.api.core.v1.PersistentVolume'),
    { name: 'Claim', type: 'string', description: ['io.k8s.api.core.v1.PersistentVolumeSpec', 'claimRef'], cell: claimCell },
    { name: 'StorageClass', type: 'string', description: 'StorageClass of the pv', cell: storageClassText },
    volumeAttributesClassColumn('pv'),
    {
      name: 'Reason',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeStatus', 'reason'],
      cell: (object) => object.status?.reason ?? '',
    },
    ageColumn,
    volumeModeColumn('io.k8s.api.core.v1.PersistentVolume'),
  ],
  resetFields: [['status']],
  defaults(object) {
    object.status ??= {};
    object.status.phase ||= 'Pending';
    const fields = (object.spec ??= {});
    fields.persistentVolumeReclaimPolicy ||= 'Retain';
    fields.volumeMode ??= 'Filesystem';
    defaultVolume(fields);
  },
  prepareForCreate(object, { now }) {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: now };
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings,
});
