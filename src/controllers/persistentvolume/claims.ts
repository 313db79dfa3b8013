import type { KubeObject } from '../../../api/meta/object.ts';
import type { Informer } from '../../runtime/informer.ts';
import {
  bindCompleted,
  boundByController,
  isVolumeBoundToClaim,
  mismatchOf,
  namesStorageClass,
  selectedNode,
  storageClassOf,
  volumeForClaim,
} from '../../runtime/persistent-volumes.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { toldClaim } from './migration.ts';
import type { Provisioning } from './provisioning.ts';
import type { BindingState } from './state.ts';

export const volumesByClass = 'class';
export const volumesByClaim = 'claim';
export const podsByClaim = 'claim';

export interface ClaimSync {
  readonly state: BindingState;
  readonly classes: Informer;
  /** Indexed by `podsByClaim`. */
  readonly pods: Informer;
  readonly provisioning: Provisioning;
}

/** Takes a claim one step nearer to a volume, or notes that its volume is lost. */
export async function syncClaim(sync: ClaimSync, claim: KubeObject): Promise<void> {
  const migrated = toldClaim(claim);
  const current = migrated ? await sync.state.writeClaim(migrated) : claim;
  if (current.metadata!.annotations?.[bindCompleted] === undefined) await syncUnbound(sync, current);
  else await syncBound(sync.state, current);
}

async function syncUnbound(sync: ClaimSync, claim: KubeObject): Promise<void> {
  const { state } = sync;
  if (claim.spec.volumeName) return syncRequested(state, claim, claim.spec.volumeName);
  const volume = candidateFor(sync, claim);
  if (volume) return state.bind(volume, claim);
  if (await setDefaultClass(sync, claim)) return;
  const waits = waitsForConsumer(sync, claim);
  if (waits && claim.metadata!.annotations?.[selectedNode] === undefined) tellOfWaiting(sync, claim);
  else if (storageClassOf(claim) !== '') return sync.provisioning.provision(claim);
  else {
    state.claimEvent(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  }
  await state.setClaimStatus(claim, 'Pending');
}

/** The volume that the claim would be bound to now. */
export function candidateFor(sync: ClaimSync, claim: KubeObject): KubeObject | undefined {
  const { volumes } = sync.state;
  const known = new Set<KubeObject>();
  for (const volume of volumes.informer.byIndex(volumesByClass, storageClassOf(claim))) known.add(volumes.newest(volume));
  for (const volume of volumes.informer.byIndex(volumesByClaim, `${claim.metadata!.namespace}/${claim.metadata!.name}`)) {
    known.add(volumes.newest(volume));
  }
  return volumeForClaim(claim, known, { reservedOnly: waitsForConsumer(sync, claim) });
}

function waitsForConsumer({ classes }: ClaimSync, claim: KubeObject): boolean {
  const name = storageClassOf(claim);
  return name !== '' && classes.getByKey(name)?.['volumeBindingMode'] === 'WaitForFirstConsumer';
}

// A claim from before there was a default class gets it later (KEP-3333).
async function setDefaultClass({ state, classes }: ClaimSync, claim: KubeObject): Promise<boolean> {
  if (namesStorageClass(claim)) return false;
  const defaults = [...classes.list()].filter(({ metadata }) =>
    ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(
      (annotation) => metadata!.annotations?.[annotation] === 'true',
    ),
  );
  if (defaults.length === 0) return false;
  defaults.sort((a, b) => newestFirst(a, b));
  await state.writeClaim({ ...claim, spec: { ...claim.spec, storageClassName: defaults[0]!.metadata!.name } });
  return true;
}

function newestFirst({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  if (a!.creationTimestamp !== b!.creationTimestamp) return a!.creationTimestamp! > b!.creationTimestamp! ? -1 : 1;
  return a!.name! < b!.name! ? -1 : 1;
}

function tellOfWaiting({ state, pods }: ClaimSync, claim: KubeObject): void {
  const waiting: string[] = [];
  for (const pod of pods.byIndex(podsByClaim, `${claim.metadata!.namespace}/${claim.metadata!.name}`)) {
    if (!pod.spec.nodeName && !isPodFinished(pod)) waiting.push(pod.metadata!.name!);
  }
  if (waiting.length === 0) {
    state.claimEvent(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  } else {
    const noun = waiting.length === 1 ? 'pod' : 'pods';
    state.claimEvent(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${noun} ${waiting.join(',')} to be scheduled`);
  }
}

async function syncRequested(state: BindingState, claim: KubeObject, name: string): Promise<void> {
  const volume = state.volumes.getByKey(name);
  const pending = () => state.setClaimStatus(claim, 'Pending');
  if (!volume) return void (await pending());
  if (!volume.spec.claimRef) {
    const mismatch = mismatchOf(claim, volume);
    if (mismatch === undefined) return state.bind(volume, claim);
    state.claimEvent(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${mismatch}`);
    return void (await pending());
  }
  if (isVolumeBoundToClaim(volume, claim)) return state.bind(volume, claim);
  state.claimEvent(claim, 'Warning', 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`);
  if (claim.metadata!.annotations?.[boundByController] !== undefined) {
    const { namespace, name: other } = volume.spec.claimRef;
    throw new Error(`invalid binding of claim ${claim.metadata!.name} to volume ${name}: volume already claimed by ${namespace}/${other}`);
  }
  await pending();
}

async function syncBound(state: BindingState, claim: KubeObject): Promise<void> {
  const { volumeName } = claim.spec;
  if (!volumeName) {
    return state.lose(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  }
  const volume = state.volumes.getByKey(volumeName);
  if (!volume) return state.lose(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const reference = volume.spec.claimRef;
  if (!reference || reference.uid === claim.metadata!.uid) return state.bind(volume, claim);
  return state.lose(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
