import { persistentVolume as volumes } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as claims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { volumeAttributesClass as attributesClasses } from '../../../api/storage.k8s.io/v1/volumeattributesclass.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** New claims, volumes and classes of volume attributes carry the finalizer that keeps them while they are in use. */
export function storageObjectInUseProtectionPlugin(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    mutate(attributes) {
      if (attributes.operation !== 'CREATE') return;
      const finalizer = isFor(attributes, claims)
        ? 'kubernetes.io/pvc-protection'
        : isFor(attributes, volumes)
          ? 'kubernetes.io/pv-protection'
          : isFor(attributes, attributesClasses)
            ? 'kubernetes.io/vac-protection'
            : undefined;
      const metadata = attributes.object?.metadata;
      if (!finalizer || !metadata || metadata.finalizers?.includes(finalizer)) return;
      metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
    },
  };
}
