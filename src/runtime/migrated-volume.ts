import type { Volume } from '../../openapi/types.ts';

/** A volume as its CSI driver knows it. */
export interface MigratedVolume {
  readonly driver: string;
  readonly handle: string;
}

/** Drivers that have taken over from what was once built into Kubernetes, by the old provisioner's name (KEP-625). */
const drivers: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
};
/** Taken over as well, but never counted. */
const uncounted = new Set(['kubernetes.io/azure-file', 'kubernetes.io/vsphere-volume']);

/** The driver behind a provisioner; undefined where its volumes are not counted. */
export function migratedProvisioner(provisioner: string, hasCSINode: boolean): string | undefined {
  if (uncounted.has(provisioner)) return undefined;
  const driver = drivers[provisioner];
  if (driver === undefined) return provisioner;
  return hasCSINode ? driver : undefined;
}

/** What a driver makes of a volume of an old kind, in a pod or a PersistentVolume; undefined for other kinds. */
export function migratedVolume(volume: Partial<Volume>): MigratedVolume | undefined {
  const { awsElasticBlockStore, gcePersistentDisk, azureDisk, cinder, portworxVolume } = volume;
  if (awsElasticBlockStore) return { driver: drivers['kubernetes.io/aws-ebs']!, handle: awsElasticBlockStore.volumeID };
  if (gcePersistentDisk) {
    const handle = `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${gcePersistentDisk.pdName}`;
    return { driver: drivers['kubernetes.io/gce-pd']!, handle };
  }
  if (azureDisk) return { driver: drivers['kubernetes.io/azure-disk']!, handle: azureDisk.diskURI };
  if (cinder) return { driver: drivers['kubernetes.io/cinder']!, handle: cinder.volumeID };
  if (portworxVolume) return { driver: drivers['kubernetes.io/portworx-volume']!, handle: portworxVolume.volumeID };
  return undefined;
}
