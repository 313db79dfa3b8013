import type { KubeObject } from '../../../api/meta/object.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOfParts } from '../../runtime/keys.ts';
import { provisionedBy, volumeModeOf } from '../../runtime/persistent-volumes.ts';
import { toldVolume } from './migration.ts';
import type { Reclaiming } from './reclaiming.ts';
import type { BindingState } from './state.ts';

export interface VolumeSync {
  readonly state: BindingState;
  readonly reclaiming: Reclaiming;
  enqueueClaim(key: string): void;
}

/** Brings a volume's phase in line with its claim; one whose claim is gone is released and reclaimed. */
export async function syncVolume(sync: VolumeSync, known: KubeObject): Promise<void> {
  const { state } = sync;
  const migrated = toldVolume(known);
  const volume = migrated ? await state.writeVolume(migrated) : known;
  const reference = volume.spec.claimRef;
  // Without a uid it is reserved: the claim's turn brings them together.
  if (!reference?.uid) return void (await state.setPhase(volume, 'Available'));
  const claim = await claimOf(state, volume);
  if (!claim) return release(sync, volume);
  const { name } = volume.metadata!;
  if (!claim.spec.volumeName) {
    if (volumeModeOf(claim) !== volumeModeOf(volume)) return tellOfModes(state, volume, claim);
    return sync.enqueueClaim(keyOfParts(claim.metadata!.namespace!, claim.metadata!.name!));
  }
  if (claim.spec.volumeName === name) return void (await state.setPhase(volume, 'Bound'));
  const made = volume.metadata!.annotations?.[provisionedBy] !== undefined;
  if (made && volume.spec.persistentVolumeReclaimPolicy === 'Delete') return release(sync, volume);
  return state.unbind(volume);
}

async function claimOf(state: BindingState, volume: KubeObject): Promise<KubeObject | undefined> {
  const { namespace, name, uid } = volume.spec.claimRef;
  const known = state.claims.getByKey(keyOfParts(namespace, name));
  if (known?.metadata?.uid === uid) return known;
  // Before a volume is given up, storage is asked: the claim may be newer than what we have heard of.
  if (!known && isReleased(volume)) return undefined;
  const claim = await unlessNotFound(state.claimsApi().get(namespace, name));
  return claim?.metadata?.uid === uid ? claim : undefined;
}

function isReleased({ status }: KubeObject): boolean {
  return status?.phase === 'Released' || status?.phase === 'Failed';
}

async function release({ state, reclaiming }: VolumeSync, volume: KubeObject): Promise<void> {
  // A failure stays visible, while it is tried again.
  const released = isReleased(volume) ? volume : await state.setPhase(volume, 'Released');
  await reclaiming.reclaim(released);
}

function tellOfModes(state: BindingState, volume: KubeObject, claim: KubeObject): void {
  const [volumeName, claimName] = [volume, claim].map(({ metadata }) => JSON.stringify(metadata!.name));
  const rest = `requested PersistentVolumeClaim ${claimName} due to incompatible volumeMode.`;
  state.volumeEvent(volume, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume to ${rest}`);
  state.claimEvent(claim, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume ${volumeName} to ${rest}`);
}
