import type { KubeObject } from '../../api/meta/object.ts';
import { parseQuantity, Quantity } from '../../api/meta/quantity.ts';
import { selectorOf } from './selector.ts';

/** On a claim: its binding was once complete. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** On a claim or volume: a controller chose the other side of the binding, not the user. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: who made it for a claim. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
export const migratedTo = 'pv.kubernetes.io/migrated-to';
/** On a claim whose class waits for a pod: the node that the scheduler chose for it. */
export const selectedNode = 'volume.kubernetes.io/selected-node';
const betaClass = 'volume.beta.kubernetes.io/storage-class';

/** The class that a claim or a volume names, '' for none. */
export function storageClassOf({ metadata, spec }: KubeObject): string {
  return metadata!.annotations?.[betaClass] ?? spec?.storageClassName ?? '';
}

/** Whether a claim says anything of a class: one that does not may still get the default one. */
export function namesStorageClass({ metadata, spec }: KubeObject): boolean {
  return metadata!.annotations?.[betaClass] !== undefined || spec?.storageClassName !== undefined;
}

export function storageOf({ spec }: KubeObject): Quantity {
  const text = spec?.capacity?.storage ?? spec?.resources?.requests?.storage;
  return text === undefined ? Quantity.zero : parseQuantity(text);
}

export function volumeModeOf({ spec }: KubeObject): string {
  return spec?.volumeMode ?? 'Filesystem';
}

/** Whether a volume is reserved for the claim or bound to it. */
export function isVolumeBoundToClaim(volume: KubeObject, claim: KubeObject): boolean {
  const reference = volume.spec?.claimRef;
  const { name, namespace, uid } = claim.metadata!;
  return reference?.name === name && reference?.namespace === namespace && (!reference.uid || reference.uid === uid);
}

export function hasAccessModes(volume: KubeObject, wanted: readonly string[]): boolean {
  return wanted.every((mode) => volume.spec?.accessModes?.includes(mode));
}

export interface VolumeChoice {
  /** Volumes that the caller has given away already. */
  readonly excluded?: ReadonlySet<string>;
  /** Whether a node may use a volume; absent: no node is looked at. */
  readonly usableBy?: (volume: KubeObject) => boolean;
  /** The claim waits for a pod: only a volume that is reserved for it will do. */
  readonly reservedOnly?: boolean;
}

/**
 * The volume for a claim: one that is reserved for it, or else the smallest of those that are available and fit, those with fewer access modes first.
 * @param volumes those of the claim's class and those reserved for it, at least
 */
export function volumeForClaim(claim: KubeObject, volumes: Iterable<KubeObject>, choice: VolumeChoice = {}): KubeObject | undefined {
  const wanted = storageOf(claim);
  const modes: string[] = claim.spec?.accessModes ?? [];
  const selector = claim.spec?.selector ? selectorOf(claim.spec.selector) : undefined;
  const groups = new Map<number, KubeObject[]>();
  for (const volume of volumes) {
    if (!hasAccessModes(volume, modes)) continue;
    const count = volume.spec.accessModes.length;
    if (groups.has(count)) groups.get(count)!.push(volume);
    else groups.set(count, [volume]);
  }
  for (const count of [...groups.keys()].sort((a, b) => a - b)) {
    let best: KubeObject | undefined;
    for (const volume of groups.get(count)!) {
      if (choice.excluded?.has(volume.metadata!.name!) || !mayHold(claim, volume, wanted)) continue;
      const usable = choice.usableBy?.(volume) ?? true;
      if (isVolumeBoundToClaim(volume, claim)) return usable ? volume : undefined;
      if (choice.reservedOnly || !usable || volume.status?.phase !== 'Available') continue;
      if (selector && !selector.matches(volume.metadata!.labels)) continue;
      if (storageClassOf(volume) !== storageClassOf(claim)) continue;
      if (!best || storageOf(volume).compare(storageOf(best)) < 0) best = volume;
    }
    if (best) return best;
  }
  return undefined;
}

/** Whether nothing that cannot change keeps the claim from having the volume. */
export function mayHold(claim: KubeObject, volume: KubeObject, wanted: Quantity): boolean {
  if (volume.spec.claimRef && !isVolumeBoundToClaim(volume, claim)) return false;
  if (storageOf(volume).compare(wanted) < 0 || volumeModeOf(volume) !== volumeModeOf(claim)) return false;
  return attributesClassOf(volume) === attributesClassOf(claim) && !volume.metadata!.deletionTimestamp;
}

function attributesClassOf({ spec }: KubeObject): string {
  return spec?.volumeAttributesClassName ?? '';
}

/** Why a claim cannot have the volume that it names; undefined: it can. */
export function mismatchOf(claim: KubeObject, volume: KubeObject): string | undefined {
  if (volume.metadata!.deletionTimestamp) return `the volume is marked for deletion ${JSON.stringify(volume.metadata!.name)}`;
  if (storageOf(volume).compare(storageOf(claim)) < 0) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (attributesClassOf(volume) !== attributesClassOf(claim)) return 'volumeAttributesClassName does not match';
  if (volumeModeOf(volume) !== volumeModeOf(claim)) return 'incompatible volumeMode';
  return hasAccessModes(volume, claim.spec?.accessModes ?? []) ? undefined : 'incompatible accessMode';
}
