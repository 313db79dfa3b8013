import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { keyOf } from '../../runtime/keys.ts';
import { bindCompleted, isVolumeBoundToClaim, storageClassOf, volumeForClaim } from '../../runtime/persistent-volumes.ts';
import { claimKeysOfPod } from '../../runtime/pod-volumes.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { storageClasses as classResource, pods as podResource } from '../resources.ts';
import { type ClaimSync, podsByClaim, syncClaim, volumesByClaim, volumesByClass } from './claims.ts';
import { Provisioning } from './provisioning.ts';
import { Reclaiming } from './reclaiming.ts';
import { Recycling, recyclerPodName } from './recycling.ts';
import { BindingState } from './state.ts';
import { syncVolume, type VolumeSync } from './volumes.ts';

// What waits is looked at so often, which also repeats its event.
const resyncEvery = 15_000;
const resync = 'resync';
const unboundByClass = 'unbound of class';
const unboundByVolume = 'unbound that asks for';

/** Binds claims to volumes, has volumes provisioned, and reclaims those whose claims are gone. */
export function startPersistentVolumeBinder(context: ControllerContext): RunningController {
  const { informers, clock } = context;
  const client = context.clientFor('persistent-volume-binder');
  const state = new BindingState(context, client, recorderFor(context, client, 'persistentvolume-controller'));
  const claims = state.claims.informer;
  const volumes = state.volumes.informer;
  const classes = informers.for(classResource);
  const pods = informers.for(podResource);
  volumes.addIndex(volumesByClass, (volume) => [storageClassOf(volume)]);
  volumes.addIndex(volumesByClaim, ({ spec }) => (spec.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : []));
  pods.addIndex(podsByClaim, claimKeysOfPod);
  claims.addIndex(unboundByClass, (claim) => (isUnbound(claim) ? [storageClassOf(claim)] : []));
  claims.addIndex(unboundByVolume, (claim) => (isUnbound(claim) && claim.spec.volumeName ? [claim.spec.volumeName] : []));

  // One after the other: two steps at once could give one volume to two claims, or two volumes to one.
  const controller = createController(
    {
      name: 'persistentvolume-binder',
      workers: 1,
      reconcile,
      informers: [claims, volumes, classes, pods],
      initialBackoff: resyncEvery,
      maximumBackoff: resyncEvery,
    },
    context,
  );
  const enqueueClaim = (key: string) => controller.enqueue(`claim/${key}`);
  const enqueueVolume = (name: string) => controller.enqueue(`volume/${name}`);
  const claimSync: ClaimSync = { state, classes, pods, provisioning: new Provisioning(state, classes) };
  const recycling = new Recycling(state, client, context, pods);
  const volumeSync: VolumeSync = { state, reclaiming: new Reclaiming(state, recycling), enqueueClaim };
  const unbound = new Set<string>();
  // Bound claims whose volumes have changed: upstream looks at all claims in the next round, and so finds references that somebody took away.
  const changed = new Set<string>();
  const timer = new Delays(clock, () => {
    for (const key of unbound) enqueueClaim(key);
    for (const key of changed) enqueueClaim(key);
    changed.clear();
    timer.set(resync, resyncEvery);
  });

  const noteClaim = (claim: KubeObject) => {
    if (isUnbound(claim)) unbound.add(keyOf(claim));
    else unbound.delete(keyOf(claim));
    enqueueClaim(keyOf(claim));
  };
  claims.addHandler({
    added: noteClaim,
    updated: noteClaim,
    deleted(claim) {
      unbound.delete(keyOf(claim));
      // Its volume is to be released.
      if (claim.spec.volumeName) enqueueVolume(claim.spec.volumeName);
      for (const volume of volumes.byIndex(volumesByClaim, keyOf(claim))) enqueueVolume(volume.metadata!.name!);
    },
  });
  volumes.addHandler({
    added: (volume) => noteVolume(volume),
    updated: (volume, old) => noteVolume(volume, old),
    deleted(volume) {
      recycling.forget(volume);
      const { spec } = volume;
      // Its claim is lost.
      if (spec.claimRef) enqueueClaim(`${spec.claimRef.namespace}/${spec.claimRef.name}`);
    },
  });
  pods.addHandler({ added: noteRecycler, updated: noteRecycler, deleted: noteRecycler });
  classes.addHandler({
    added({ metadata }) {
      // Claims may have waited for it, or for any default.
      for (const name of [metadata!.name!, '']) for (const claim of claims.byIndex(unboundByClass, name)) enqueueClaim(keyOf(claim));
    },
  });

  function noteVolume(volume: KubeObject, old?: KubeObject): void {
    const { name } = volume.metadata!;
    enqueueVolume(name!);
    const reserved = volume.spec.claimRef;
    for (const reference of [old?.spec.claimRef, reserved]) if (reference?.uid) changed.add(`${reference.namespace}/${reference.name}`);
    if (volume.status?.phase !== 'Available' || (old?.status?.phase === 'Available' && Boolean(reserved) === Boolean(old.spec.claimRef)))
      return;
    for (const claim of claims.byIndex(unboundByVolume, name!)) enqueueClaim(keyOf(claim));
    if (reserved) {
      const claim = claims.getByKey(`${reserved.namespace}/${reserved.name}`);
      if (claim && isUnbound(claim) && isVolumeBoundToClaim(volume, claim)) enqueueClaim(keyOf(claim));
      return;
    }
    for (const claim of claims.byIndex(unboundByClass, storageClassOf(volume))) {
      if (!claim.spec.volumeName && volumeForClaim(claim, [volume])) enqueueClaim(keyOf(claim));
    }
  }

  function noteRecycler(pod: KubeObject): void {
    if (recycling.waitsFor(pod)) enqueueVolume(pod.metadata!.name!.slice(recyclerPodName('').length));
  }
  timer.set(resync, resyncEvery);

  async function reconcile(key: string): Promise<void> {
    const slash = key.indexOf('/');
    const name = key.slice(slash + 1);
    if (key.startsWith('claim/')) {
      const claim = claims.getByKey(name) && state.claims.getByKey(name);
      if (claim) await syncClaim(claimSync, claim);
    } else {
      const volume = volumes.getByKey(name) && state.volumes.getByKey(name);
      if (volume) await syncVolume(volumeSync, volume);
    }
  }

  return run('persistentvolume-binder', [controller], () => timer.clear());
}

function isUnbound({ metadata }: KubeObject): boolean {
  return metadata!.annotations?.[bindCompleted] === undefined;
}
