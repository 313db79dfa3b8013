import type { Client } from '../../client/client.ts';
import { isAlreadyExists } from '../../runtime/errors.ts';
import { storageClasses } from '../resources.ts';
import { ownProvisioner } from './plugins.ts';

/** Gives a cluster that has no StorageClass the default one of our own, so that a claim without a class gets a volume. */
export async function ensureDefaultStorageClass(client: Client): Promise<void> {
  const api = client.resource(storageClasses);
  if ((await api.list('', { limit: 1 })).items.length > 0) return;
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: ownProvisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
  await api.create('', storageClass).catch((error) => {
    if (!isAlreadyExists(error)) throw error;
  });
}
