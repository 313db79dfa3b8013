import { persistentVolumeClaim as claims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { storageClass as storageClasses } from '../../../api/storage.k8s.io/v1/storageclass.ts';
import type { PersistentVolumeClaim } from '../../../openapi/types.ts';
import { isFor, type Lookup, newestDefault } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** A claim that names no StorageClass gets the cluster's default one, the newest if there are several. */
export function defaultStorageClassPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    concerns: (attributes) => attributes.operation === 'CREATE' && isFor(attributes, claims),
    async mutate(attributes) {
      const claim = attributes.object as PersistentVolumeClaim;
      if (claim.spec?.storageClassName !== undefined) return;
      if (claim.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
      const byDefault =
        newestDefault(await lookup.list(storageClasses, ''), 'storageclass.kubernetes.io/is-default-class') ??
        newestDefault(await lookup.list(storageClasses, ''), 'storageclass.beta.kubernetes.io/is-default-class');
      if (byDefault) claim.spec = { ...claim.spec, storageClassName: byDefault.metadata!.name! };
    },
  };
}
