import type { KubeObject } from '../../../api/meta/object.ts';
import type { Volume } from '../../../openapi/types.ts';
import { migratedInline, migratedVolume } from '../../runtime/migrated-volume.ts';

/** A volume that has to be attached to a node before its pods can use it. */
export interface Attachable {
  /** As messages name it. */
  readonly name: string;
  /** As the status of nodes names it: the same for all that stand for the same disk. */
  readonly unique: string;
  /** Only one node may have it at a time. */
  readonly exclusive: boolean;
  /** The driver that attaches it, for a VolumeAttachment of such a source; others need nobody for it. */
  readonly csi?: { readonly driver: string; readonly handle: string; readonly source: object };
}

/** @returns what of a PersistentVolume has to be attached, undefined where nothing has */
export function attachableVolume(volume: KubeObject): Attachable | undefined {
  const { metadata, spec } = volume;
  const accessModes: readonly string[] = spec.accessModes ?? [];
  const exclusive = accessModes.length > 0 && accessModes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');
  const name = metadata!.name!;
  const known = spec.csi ? { driver: spec.csi.driver, handle: spec.csi.volumeHandle } : migratedVolume(volume);
  if (known) {
    const csi = { ...known, source: { persistentVolumeName: name } };
    return { name, unique: csiName(known.driver, known.handle), exclusive, csi };
  }
  const unique = plainName(spec);
  return unique === undefined ? undefined : { name, unique, exclusive };
}

/** @returns what of a pod's volume that names no claim has to be attached */
export function attachableInline(volume: Volume, namespace: string): Attachable | undefined {
  const migrated = migratedInline(volume, namespace);
  if (migrated) {
    const { driver, handle, volumeName: name, spec } = migrated;
    const exclusive = spec.accessModes[0] === 'ReadWriteOnce';
    return { name, unique: csiName(driver, handle), exclusive, csi: { driver, handle, source: { inlineVolumeSpec: spec } } };
  }
  const unique = plainName(volume);
  return unique === undefined ? undefined : { name: volume.name, unique, exclusive: false };
}

export function csiName(driver: string, handle: string): string {
  return `kubernetes.io/csi/${driver}^${handle}`;
}

/** Whether nobody but the node has to do with such a volume's being attached. */
export function isPlain(unique: string): boolean {
  return !unique.startsWith('kubernetes.io/csi/');
}

/** Of the kinds that need no driver. */
interface PlainSource {
  readonly iscsi?: any;
  readonly fc?: any;
}

function plainName({ iscsi, fc }: PlainSource): string | undefined {
  if (iscsi) return `kubernetes.io/iscsi/${iscsi.targetPortal}:${iscsi.iqn}:${iscsi.lun}`;
  if (fc?.targetWWNs?.length) return `kubernetes.io/fc/[${fc.targetWWNs.join(' ')}]:${fc.lun}`;
  if (fc?.wwids?.length) return `kubernetes.io/fc/[${fc.wwids.join(' ')}]`;
  return undefined;
}
