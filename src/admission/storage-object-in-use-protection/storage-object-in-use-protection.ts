import { persistentVolume as volumes } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as claims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { volumeAttributesClass as attributesClasses } from '../../../api/storage.k8s.io/v1/volumeattributesclass.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const finalizers = [
  [claims, 'kubernetes.io/pvc-protection'],
  [volumes, 'kubernetes.io/pv-protection'],
  [attributesClasses, 'kubernetes.io/vac-protection'],
] as const;

/** New claims, volumes and attributes classes carry the finalizer that keeps them while they are in use. */
export function storageObjectInUseProtectionPlugin(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    mutate(attributes) {
      if (attributes.operation !== 'CREATE') return;
      const finalizer = finalizers.find(([definition]) => isFor(attributes, definition))?.[1];
      const metadata = attributes.object?.metadata;
      if (!finalizer || !metadata || metadata.finalizers?.includes(finalizer)) return;
      metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
    },
  };
}
