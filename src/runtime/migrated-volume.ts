import type { Volume } from '../../openapi/types.ts';

/** A volume as its CSI driver knows it. */
export interface MigratedVolume {
  readonly driver: string;
  readonly handle: string;
}

/** Kinds of volumes that were once built into Kubernetes, which drivers have taken over (KEP-625); those without a handle are never counted. */
const kinds: Readonly<Record<string, { provisioner: string; driver: string; handle?: (source: any) => string }>> = {
  awsElasticBlockStore: { provisioner: 'kubernetes.io/aws-ebs', driver: 'ebs.csi.aws.com', handle: ({ volumeID }) => volumeID },
  gcePersistentDisk: {
    provisioner: 'kubernetes.io/gce-pd',
    driver: 'pd.csi.storage.gke.io',
    handle: ({ pdName }) => `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${pdName}`,
  },
  azureDisk: { provisioner: 'kubernetes.io/azure-disk', driver: 'disk.csi.azure.com', handle: ({ diskURI }) => diskURI },
  azureFile: { provisioner: 'kubernetes.io/azure-file', driver: 'file.csi.azure.com' },
  cinder: { provisioner: 'kubernetes.io/cinder', driver: 'cinder.csi.openstack.org', handle: ({ volumeID }) => volumeID },
  vsphereVolume: { provisioner: 'kubernetes.io/vsphere-volume', driver: 'csi.vsphere.vmware.com' },
  portworxVolume: { provisioner: 'kubernetes.io/portworx-volume', driver: 'pxd.portworx.com', handle: ({ volumeID }) => volumeID },
};
const byProvisioner = new Map(Object.values(kinds).map((kind) => [kind.provisioner, kind]));

/** The driver that has taken over from a provisioner; undefined where none has. */
export function successorOf(provisioner: string): string | undefined {
  return byProvisioner.get(provisioner)?.driver;
}

/** The name that a volume's kind had as a provisioner before a driver took it over; undefined for other kinds. */
export function oldProvisionerOf(volume: Partial<Volume>): string | undefined {
  return kindOf(volume)?.provisioner;
}

/** The driver behind a provisioner; undefined where its volumes are not counted. */
export function migratedProvisioner(provisioner: string, hasCSINode: boolean): string | undefined {
  const kind = byProvisioner.get(provisioner);
  if (!kind) return provisioner;
  return kind.handle && hasCSINode ? kind.driver : undefined;
}

/** What a driver makes of a volume of an old kind that is counted, in a pod or a PersistentVolume; undefined for other kinds. */
export function migratedVolume(volume: Partial<Volume>): MigratedVolume | undefined {
  const kind = kindOf(volume);
  return kind?.handle && { driver: kind.driver, handle: kind.handle(kind.source) };
}

function kindOf(volume: Partial<Volume>) {
  for (const [field, kind] of Object.entries(kinds)) {
    const source = volume[field as keyof Volume];
    if (source) return { ...kind, source };
  }
  return undefined;
}
