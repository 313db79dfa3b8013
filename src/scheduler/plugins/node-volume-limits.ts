import { persistentVolume as persistentVolumes } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as persistentVolumeClaims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { csiNode as csiNodes } from '../../../api/storage.k8s.io/v1/csinode.ts';
import { storageClass as storageClasses } from '../../../api/storage.k8s.io/v1/storageclass.ts';
import { volumeAttachment as volumeAttachments } from '../../../api/storage.k8s.io/v1/volumeattachment.ts';
import type {
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  Volume,
  VolumeAttachment,
} from '../../../openapi/types.ts';
import { countedVolume, migratedProvisioner } from '../../runtime/migrated-volume.ts';
import { storageClassOf } from '../../runtime/persistent-volumes.ts';
import { claimNameOf } from '../../runtime/pod-volumes.ts';
import type { Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import { assertMadeFor } from '../volumes/volume-binder.ts';
import { unresolvable, unschedulable } from './refuse.ts';
import { usesClaim } from './volume-binding.ts';

const name = 'NodeVolumeLimits';
const byNode = 'node';

/** A volume as a driver attaches it: its name among all, and the driver's. */
type Attached = readonly [volume: string, driver: string];

/** A node takes only so many volumes of a CSI driver. */
export function nodeVolumeLimits({ listers, context }: Pick<Handle, 'listers' | 'context'>): Plugin {
  const nodes = listers.for<CSINode>(csiNodes);
  const volumes = listers.for<PersistentVolume>(persistentVolumes);
  const claims = listers.for<PersistentVolumeClaim>(persistentVolumeClaims);
  const classes = listers.for<StorageClass>(storageClasses);
  const attachments = listers.for<VolumeAttachment>(volumeAttachments);
  attachments.addIndex(byNode, ({ spec }) => [spec.nodeName]);
  /** Stands for volumes that have not been made yet; no real volume has such a handle. */
  const future = context.random.uuid();

  function* volumesOf(pod: Pod, hasCSINode: boolean, isNew: boolean): Iterable<Attached> {
    for (const volume of pod.spec!.volumes ?? []) {
      const claimName = claimNameOf(pod, volume);
      if (claimName === undefined) {
        const inline = hasCSINode ? countedVolume(volume, { name: volume.name }) : undefined;
        if (inline) yield [`${inline.driver}/${inline.handle}`, inline.driver];
        continue;
      }
      const claim = claims.get(pod.metadata!.namespace!, claimName);
      if (!claim) {
        // A pod that is on a node already has what it needs, whatever became of its claim.
        if (isNew)
          throw new MissingClaim(`looking up PVC ${pod.metadata!.namespace}/${claimName}: persistentvolumeclaim "${claimName}" not found`);
        continue;
      }
      if (volume.ephemeral) assertMadeFor(pod, claim);
      const attached = attachedFor(claim, hasCSINode);
      if (attached) yield attached;
    }
  }

  function attachedFor(claim: PersistentVolumeClaim, hasCSINode: boolean): Attached | undefined {
    const volume = claim.spec?.volumeName ? volumes.get('', claim.spec.volumeName) : undefined;
    if (!volume) return futureVolume(claim, hasCSINode);
    const { csi } = volume.spec!;
    if (csi) return [`${csi.driver}/${csi.volumeHandle}`, csi.driver];
    const migrated = hasCSINode ? countedVolume(volume.spec as Volume, volume.metadata!) : undefined;
    return migrated && [`${migrated.driver}/${migrated.handle}`, migrated.driver];
  }

  /** What the claim's class will make for it. */
  function futureVolume(claim: PersistentVolumeClaim, hasCSINode: boolean): Attached | undefined {
    const provisioner = classes.get('', storageClassOf(claim))?.provisioner;
    if (provisioner === undefined) return undefined;
    const driver = migratedProvisioner(provisioner, hasCSINode);
    return driver === undefined ? undefined : [`${driver}/${future}-${claim.metadata!.namespace}/${claim.metadata!.name}`, driver];
  }

  function attachedTo(node: string): Map<string, string> {
    const attached = new Map<string, string>();
    for (const { spec } of attachments.byIndex(byNode, node)) {
      const volume = volumes.get('', spec.source.persistentVolumeName ?? '');
      if (spec.attacher && volume?.spec?.csi) attached.set(`${spec.attacher}/${volume.spec.csi.volumeHandle}`, spec.attacher);
    }
    return attached;
  }

  return {
    name,
    events: [
      { resource: 'CSINode', actions: ['add'] },
      { resource: 'CSINode', actions: ['update'], hint: (_pod, { object, old }) => takesMore(object, old) },
      {
        resource: 'Pod',
        actions: ['delete'],
        hint: (_pod, { old }) =>
          Boolean(old.spec.nodeName || old.status?.nominatedNodeName) &&
          (old.spec.volumes ?? []).some((volume: Volume) => mayBeAttached(old, volume)),
      },
      { resource: 'PersistentVolumeClaim', actions: ['add'], hint: (pod, { object }) => usesClaim(pod, object) },
      {
        resource: 'VolumeAttachment',
        actions: ['delete'],
        hint: (pod, { old }) =>
          (pod.spec?.volumes ?? []).some(
            (volume) => volume.persistentVolumeClaim || countedVolume(volume, {})?.driver === old.spec.attacher,
          ),
      },
    ],
    preFilter: (_state, pod) => ((pod.spec!.volumes ?? []).some((volume) => mayBeAttached(pod, volume)) ? undefined : { skip: true }),
    filter(_state, pod, info) {
      const csiNode = nodes.get('', info.name);
      const hasCSINode = csiNode !== undefined;
      let wanted: Map<string, string>;
      try {
        wanted = new Map(volumesOf(pod, hasCSINode, true));
      } catch (error) {
        if (error instanceof MissingClaim) return unresolvable(name, error.message);
        throw error;
      }
      const limits = limitsOf(csiNode);
      if (wanted.size === 0 || limits.size === 0) return undefined;
      const present = new Map<string, string>();
      for (const { pod: other } of info.pods.values())
        for (const [volume, driver] of volumesOf(other, hasCSINode, false)) present.set(volume, driver);
      for (const volume of present.keys()) wanted.delete(volume);
      for (const [volume, driver] of attachedTo(info.name)) present.set(volume, driver);
      const countOf = (all: Map<string, string>, driver: string) => [...all.values()].filter((other) => other === driver).length;
      for (const driver of new Set(wanted.values())) {
        const limit = limits.get(driver);
        if (limit !== undefined && countOf(present, driver) + countOf(wanted, driver) > limit)
          return unschedulable(name, 'node(s) exceed max volume count');
      }
      return undefined;
    },
  };
}

class MissingClaim extends Error {}

function mayBeAttached(pod: Pod, volume: Volume): boolean {
  return claimNameOf(pod, volume) !== undefined || countedVolume(volume, {}) !== undefined;
}

function limitsOf(node: CSINode | undefined): Map<string, number> {
  const limits = new Map<string, number>();
  for (const { name: driver, allocatable } of node?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(driver, allocatable.count);
  return limits;
}

function takesMore(node: CSINode, old: CSINode): boolean {
  const before = limitsOf(old);
  return [...limitsOf(node)].some(([driver, limit]) => limit > (before.get(driver) ?? 0));
}
