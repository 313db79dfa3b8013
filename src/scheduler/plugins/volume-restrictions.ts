import { persistentVolumeClaim as persistentVolumeClaims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '../../../openapi/types.ts';
import type { Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import type { NodeInfo, PodInfo } from '../node-info.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'VolumeRestrictions';

/** The claims that only one pod may use at a time, and how often others use them. */
class ExclusiveClaims {
  private readonly keys: ReadonlySet<string>;
  uses: number;

  constructor(keys: ReadonlySet<string>, uses: number) {
    this.keys = keys;
    this.uses = uses;
  }

  clone(): ExclusiveClaims {
    return new ExclusiveClaims(this.keys, this.uses);
  }

  count({ claims }: PodInfo, by: 1 | -1): void {
    for (const key of claims) if (this.keys.has(key)) this.uses += by;
  }
}

/** Disks that cannot be attached to a node twice, and claims that only one pod may use. */
export function volumeRestrictions({ cluster, listers }: Pick<Handle, 'cluster' | 'listers'>): Plugin {
  const claims = listers.for<PersistentVolumeClaim>(persistentVolumeClaims);
  return {
    name,
    events: [
      { resource: 'Pod', actions: ['delete'], hint: (pod, { old }) => mayFree(pod, old) },
      { resource: 'Node', actions: ['add'] },
      {
        resource: 'PersistentVolumeClaim',
        actions: ['add'],
        hint: (pod, { object }) => object.metadata.namespace === pod.metadata!.namespace && claimNames(pod).includes(object.metadata.name),
      },
    ],
    preFilter(state, pod) {
      const { namespace } = pod.metadata!;
      const exclusive = new Set<string>();
      for (const claimName of claimNames(pod)) {
        const claim = claims.get(namespace!, claimName);
        if (!claim) return { refusal: unresolvable(name, `persistentvolumeclaim "${claimName}" not found`) };
        if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) exclusive.add(`${namespace}/${claimName}`);
      }
      const uses = [...exclusive].filter((key) => cluster.isClaimUsed(key)).length;
      if (uses === 0 && !(pod.spec!.volumes ?? []).some(isDisk)) return { skip: true };
      state.data.set(name, new ExclusiveClaims(exclusive, uses));
      return undefined;
    },
    addPod: (state, _pod, added) => (state.data.get(name) as ExclusiveClaims).count(added, 1),
    removePod: (state, _pod, removed) => (state.data.get(name) as ExclusiveClaims).count(removed, -1),
    filter(state, pod, node) {
      if (hasConflict(pod, node)) return unschedulable(name, 'node(s) had no available disk');
      if ((state.data.get(name) as ExclusiveClaims).uses <= 0) return undefined;
      return unschedulable(
        name,
        'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
      );
    },
  };
}

function claimNames({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

function isDisk({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean {
  return Boolean(gcePersistentDisk || awsElasticBlockStore || rbd || iscsi);
}

function hasConflict({ spec }: Pod, node: NodeInfo): boolean {
  for (const volume of spec?.volumes ?? []) {
    if (!isDisk(volume)) continue;
    for (const { pod } of node.pods.values()) if ((pod.spec!.volumes ?? []).some((other) => conflict(volume, other))) return true;
  }
  return false;
}

/** Whether both volumes are one disk that cannot be shared; where all only read, most can. */
function conflict(a: Volume, b: Volume): boolean {
  const bothRead = (one: { readOnly?: boolean }, other: { readOnly?: boolean }) => Boolean(one.readOnly && other.readOnly);
  if (a.gcePersistentDisk && b.gcePersistentDisk)
    if (a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !bothRead(a.gcePersistentDisk, b.gcePersistentDisk)) return true;
  if (a.awsElasticBlockStore && b.awsElasticBlockStore && a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID) return true;
  if (a.iscsi && b.iscsi && a.iscsi.iqn === b.iscsi.iqn && !bothRead(a.iscsi, b.iscsi)) return true;
  if (!a.rbd || !b.rbd || a.rbd.pool !== b.rbd.pool || a.rbd.image !== b.rbd.image || bothRead(a.rbd, b.rbd)) return false;
  const { monitors } = b.rbd;
  return a.rbd.monitors.some((monitor) => monitors.includes(monitor));
}

function mayFree(waiting: Pod, deleted: Pod): boolean {
  if (deleted.metadata!.namespace !== waiting.metadata!.namespace) return false;
  const disks = (waiting.spec?.volumes ?? []).filter(isDisk);
  if (disks.some((disk) => (deleted.spec?.volumes ?? []).some((other) => conflict(disk, other)))) return true;
  const names = claimNames(waiting);
  return claimNames(deleted).some((claimName) => names.includes(claimName));
}
