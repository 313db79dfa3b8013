import type { KubeObject } from '../../api/meta/object.ts';
import type { Volume } from '../../openapi/types.ts';

/** A volume as its CSI driver knows it. */
export interface MigratedVolume {
  readonly driver: string;
  readonly handle: string;
}

/** What stands around the source of a volume: the PersistentVolume's metadata, or the volume's name in a pod; and the namespace of its claim or pod. */
interface Surroundings {
  readonly metadata: NonNullable<KubeObject['metadata']>;
  readonly namespace: string | undefined;
}

interface OldKind {
  readonly provisioner: string;
  readonly driver: string;
  /** Whether a node takes only so many of them. */
  readonly isCounted: boolean;
  /** Undefined where the driver cannot take it over. */
  readonly handle: (source: any, around: Surroundings) => string | undefined;
  /** What a PersistentVolume would say of one that a pod names itself. */
  readonly inline: (source: any, namespace: string | undefined) => { readonly csi: object; readonly accessMode?: string };
}

const readMode = (readOnly: boolean | undefined) => (readOnly ? 'ReadOnlyMany' : 'ReadWriteOnce');

/** Kinds of volumes that were once built into Kubernetes, which drivers have taken over (KEP-625). */
const kinds: Readonly<Record<string, OldKind>> = {
  awsElasticBlockStore: {
    provisioner: 'kubernetes.io/aws-ebs',
    driver: 'ebs.csi.aws.com',
    isCounted: true,
    handle: ({ volumeID }) => (volumeID.startsWith('aws://') ? /^aws:\/\/[^/]*\/+(vol-[^/]*)\/*$/.exec(volumeID)?.[1] : volumeID),
    inline: ({ readOnly, fsType, partition = 0 }) => ({ csi: { readOnly, fsType, volumeAttributes: { partition: String(partition) } } }),
  },
  gcePersistentDisk: {
    provisioner: 'kubernetes.io/gce-pd',
    driver: 'pd.csi.storage.gke.io',
    isCounted: true,
    handle: ({ pdName }, { metadata: { labels } }) => {
      const place = placeOf(labels?.['failure-domain.beta.kubernetes.io/zone'] || labels?.['topology.kubernetes.io/zone']);
      return place && `projects/UNSPECIFIED/${place}/disks/${pdName}`;
    },
    inline: ({ readOnly, fsType, partition }) => ({
      csi: { readOnly, fsType, volumeAttributes: { partition: partition ? String(partition) : '' } },
      accessMode: readMode(readOnly),
    }),
  },
  azureDisk: {
    provisioner: 'kubernetes.io/azure-disk',
    driver: 'disk.csi.azure.com',
    isCounted: true,
    handle: ({ diskURI, kind = 'Managed' }) => (kind.toLowerCase() === 'managed' ? diskURI : undefined),
    inline: ({ readOnly, fsType, cachingMode }) => ({
      csi: {
        readOnly,
        fsType,
        volumeAttributes: {
          ...(cachingMode ? { cachingmode: cachingMode } : {}),
          ...(fsType === undefined ? {} : { fstype: fsType }),
          kind: 'Managed',
        },
      },
    }),
  },
  azureFile: {
    provisioner: 'kubernetes.io/azure-file',
    driver: 'file.csi.azure.com',
    isCounted: false,
    handle: ({ secretName, shareName, secretNamespace }, { metadata: { name, annotations }, namespace }) => {
      const account = /azure-storage-account-(.+)-secret/.exec(secretName)?.[1] ?? secretName;
      const group = annotations?.['kubernetes.io/azure-file-resource-group'] ?? '';
      const where = secretNamespace ?? namespace;
      return where && [group, account, shareName, name, where].join('#');
    },
    inline: ({ readOnly, secretName, shareName }, namespace) => ({
      csi: { readOnly, volumeAttributes: { sharename: shareName }, nodeStageSecretRef: { name: secretName, namespace } },
      accessMode: 'ReadWriteMany',
    }),
  },
  cinder: {
    provisioner: 'kubernetes.io/cinder',
    driver: 'cinder.csi.openstack.org',
    isCounted: true,
    handle: ({ volumeID }) => volumeID,
    inline: ({ readOnly, fsType }) => ({ csi: { readOnly, fsType } }),
  },
  vsphereVolume: {
    provisioner: 'kubernetes.io/vsphere-volume',
    driver: 'csi.vsphere.vmware.com',
    isCounted: false,
    handle: ({ volumePath }) => volumePath,
    inline: ({ fsType }) => ({ csi: { fsType } }),
  },
  portworxVolume: {
    provisioner: 'kubernetes.io/portworx-volume',
    driver: 'pxd.portworx.com',
    isCounted: true,
    handle: ({ volumeID }) => volumeID,
    inline: ({ readOnly, fsType }) => ({ csi: { fsType }, accessMode: readMode(readOnly) }),
  },
};
const kindsByField = Object.entries(kinds) as [keyof Volume, OldKind][];
const byProvisioner = new Map(Object.values(kinds).map((kind) => [kind.provisioner, kind]));

/** Where a disk is, as its handle says it: zones are told apart by two underscores. */
function placeOf(label: string | undefined): string | undefined {
  const zones = (label || 'UNSPECIFIED').split('__');
  if (zones.length === 1) return `zones/${zones[0]}`;
  const regions = new Set(zones.map((zone) => /^([^-]+-[^-]+)-[^-]+$/.exec(zone)?.[1]));
  const [region] = regions;
  return regions.size === 1 && region ? `regions/${region}` : undefined;
}

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
  return kind.isCounted && hasCSINode ? kind.driver : undefined;
}

/** What a driver makes of a volume of an old kind that is counted, in a pod or a PersistentVolume; undefined for other kinds. */
export function countedVolume(volume: Partial<Volume>, metadata: Surroundings['metadata']): MigratedVolume | undefined {
  return kindOf(volume)?.isCounted ? migrated(volume, { metadata, namespace: undefined }) : undefined;
}

/** What a driver makes of a PersistentVolume of an old kind; undefined for other kinds, and for those that the driver cannot take. */
export function migratedVolume({ metadata, spec }: KubeObject): MigratedVolume | undefined {
  return migrated(spec, { metadata: metadata!, namespace: spec.claimRef?.namespace });
}

/** @returns of a volume of an old kind that a pod names itself, the PersistentVolume that its driver would have for it: its name and its spec */
export function migratedInline(
  volume: Partial<Volume> & { readonly name: string },
  namespace: string,
):
  | (MigratedVolume & {
      readonly volumeName: string;
      readonly spec: { readonly accessModes: readonly string[]; readonly csi: object; readonly volumeMode: string };
    })
  | undefined {
  const kind = kindOf(volume);
  const found = kind && migrated(volume, { metadata: { name: volume.name }, namespace });
  if (!found) return undefined;
  const { driver, handle } = found;
  const { csi, accessMode = 'ReadWriteOnce' } = kind.inline(kind.source, namespace);
  const isNamedByHandle = volume.azureDisk || volume.azureFile;
  const disk = volume.gcePersistentDisk?.pdName ?? handle;
  return {
    driver,
    handle,
    volumeName: isNamedByHandle ? handle : `${driver}-${disk}`,
    spec: { accessModes: [accessMode], csi: { ...csi, driver, volumeHandle: handle }, volumeMode: 'Filesystem' },
  };
}

function migrated(volume: Partial<Volume>, around: Surroundings): MigratedVolume | undefined {
  const kind = kindOf(volume);
  const handle = kind?.handle(kind.source, around);
  return handle === undefined ? undefined : { driver: kind!.driver, handle };
}

function kindOf(volume: Partial<Volume>): (OldKind & { readonly source: any }) | undefined {
  for (const [field, kind] of kindsByField) {
    const source = volume[field];
    if (source) return { ...kind, source };
  }
  return undefined;
}
