import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { FieldPath } from '../../meta/field.ts';
import { statusSubresource } from '../../meta/statuses.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defaultPersistentVolumeClaimSpec, defaultPersistentVolumeClaimStatus } from './persistentvolumeclaim.defaults.ts';
import { validateClaim, validateClaimStatusUpdate, validateClaimUpdate } from './persistentvolumeclaim.validation.ts';
import { persistentVolumeClaimSpecWarnings } from './persistentvolumeclaim.warnings.ts';
import { volumeAttributesClassColumn, volumeModeColumn, volumePhaseColumn } from './volume.columns.ts';

const betaClass = 'volume.beta.kubernetes.io/storage-class';
const betaClassWarning = `metadata.annotations[${betaClass}]: deprecated since v1.8; use "storageClassName" attribute instead`;
const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Access modes as tables print them: `RWO,ROX`. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.keys(shortModes)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');
}

/** The storage class of a claim or volume: the old annotation's before the field's. */
export function storageClassText(object: {
  metadata?: { annotations?: Record<string, string> };
  spec?: { storageClassName?: string };
}): string {
  return object.metadata?.annotations?.[betaClass] ?? object.spec?.storageClassName ?? '';
}

// Namespaced references need a feature that is off; other kinds than claims and snapshots need the newer field.
function normalizeDataSources(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | undefined): void {
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef;
  const source = spec.dataSource;
  if (source && !old?.dataSource && !old?.dataSourceRef && !spec.dataSourceRef) {
    const claim = source.kind === 'PersistentVolumeClaim' && !source.apiGroup;
    const snapshot = source.kind === 'VolumeSnapshot' && source.apiGroup === 'snapshot.storage.k8s.io';
    if (!claim && !snapshot) delete spec.dataSource;
  }
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    const { namespace: _namespace, ...reference } = spec.dataSourceRef;
    spec.dataSource = reference;
  }
}

function capacityCell(claim: PersistentVolumeClaim): string {
  return claim.spec?.volumeName ? (claim.status?.capacity?.storage ?? '0') : '';
}

/** PersistentVolumeClaims. Compared with v1.36.3: data sources, immutability with its diff, resizing, status, table. */
export const persistentVolumeClaim = defineResource<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  returnsDeletedObject: true,
  shortNames: ['pvc'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  subresources: [statusSubresource<PersistentVolumeClaim>({ validateUpdate: validateClaimStatusUpdate })],
  columns: [
    nameColumn,
    volumePhaseColumn('io.k8s.api.core.v1.PersistentVolumeClaim'),
    {
      name: 'Volume',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeClaimSpec', 'volumeName'],
      cell: (object) => object.spec?.volumeName ?? '',
    },
    { name: 'Capacity', type: 'string', description: ['io.k8s.api.core.v1.PersistentVolumeClaimStatus', 'capacity'], cell: capacityCell },
    {
      name: 'Access Modes',
      type: 'string',
      description: ['io.k8s.api.core.v1.PersistentVolumeClaimStatus', 'accessModes'],
      cell: (object) => (object.spec?.volumeName ? accessModesText(object.status?.accessModes) : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'StorageClass of the pvc', cell: storageClassText },
    volumeAttributesClassColumn('pvc'),
    ageColumn,
    volumeModeColumn('io.k8s.api.core.v1.PersistentVolumeClaim'),
  ],
  resetFields: [['status']],
  defaults(object) {
    object.spec ??= {} as PersistentVolumeClaimSpec;
    defaultPersistentVolumeClaimSpec(object.spec);
    defaultPersistentVolumeClaimStatus((object.status ??= {}));
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending' };
    normalizeDataSources(object.spec!, undefined);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    normalizeDataSources(object.spec!, old.spec);
  },
  validate: (object) => validateClaim(object),
  validateUpdate: validateClaimUpdate,
  warnings: ({ metadata, spec }) => [
    ...(metadata?.annotations?.[betaClass] === undefined ? [] : [betaClassWarning]),
    ...(spec ? persistentVolumeClaimSpecWarnings(spec, FieldPath.of('spec')) : []),
  ],
});
