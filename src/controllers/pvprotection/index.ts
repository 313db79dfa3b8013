import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { addFinalizer, isKeptBy, lacksFinalizer, removeFinalizer } from '../../runtime/finalizers.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { persistentVolumes as volumeResource } from '../resources.ts';

const finalizer = 'kubernetes.io/pv-protection';

/** Keeps volumes that are being deleted until they are not bound any more. */
export function startPvProtectionController(context: ControllerContext): RunningController {
  const api = context.clientFor('pv-protection-controller').resource(volumeResource);
  const volumes = context.informers.for(volumeResource);
  const controller = createController({ name: 'pv-protection', workers: 1, reconcile, informers: [volumes] }, context);
  const note = (volume: KubeObject) => {
    if (mayGo(volume) || lacksFinalizer(volume, finalizer)) controller.enqueue(keyOf(volume));
  };
  volumes.addHandler({ added: note, updated: note });

  async function reconcile(key: string): Promise<void> {
    const volume = volumes.getByKey(key);
    if (!volume) return;
    if (mayGo(volume)) await removeFinalizer(api, volume, finalizer);
    else if (lacksFinalizer(volume, finalizer)) await addFinalizer(api, volume, finalizer);
  }

  return run('pv-protection', [controller]);
}

function mayGo(volume: KubeObject): boolean {
  return isKeptBy(volume, finalizer) && volume.status?.phase !== 'Bound';
}
