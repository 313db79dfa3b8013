import type { KubeObject } from '../../../api/meta/object.ts';
import { attributesClasses } from '../../machinery/quota/claims.ts';
import { createController } from '../../runtime/controller.ts';
import { addFinalizer, isKeptBy, lacksFinalizer, removeFinalizer } from '../../runtime/finalizers.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import {
  persistentVolumeClaims as claimResource,
  volumeAttributesClasses as classResource,
  persistentVolumes as volumeResource,
} from '../resources.ts';

const finalizer = 'kubernetes.io/vac-protection';
const byClass = 'attributes class';

/** Keeps VolumeAttributesClasses that are being deleted until no claim and no volume has them. */
export function startVacProtectionController(context: ControllerContext): RunningController {
  const api = context.clientFor('volumeattributesclass-protection-controller').resource(classResource);
  const classes = context.informers.for(classResource);
  const claims = context.informers.for(claimResource);
  const volumes = context.informers.for(volumeResource);
  const users = [claims, volumes];
  for (const informer of users) informer.addIndex(byClass, attributesClasses);
  const controller = createController(
    { name: 'volumeattributesclass-protection', workers: 1, reconcile, informers: [classes, claims, volumes] },
    context,
  );
  const note = (object: KubeObject) => controller.enqueue(keyOf(object));
  classes.addHandler({ added: note, updated: note });
  const noteUser = (object: KubeObject) => {
    for (const name of attributesClasses(object)) controller.enqueue(name);
  };
  for (const informer of users) informer.addHandler({ updated: (_, old) => noteUser(old), deleted: noteUser });

  async function reconcile(key: string): Promise<void> {
    const attributesClass = classes.getByKey(key);
    if (!attributesClass) return;
    if (lacksFinalizer(attributesClass, finalizer)) return addFinalizer(api, attributesClass, finalizer);
    if (!isKeptBy(attributesClass, finalizer)) return;
    for (const informer of users) for (const _ of informer.byIndex(byClass, key)) return;
    await removeFinalizer(api, attributesClass, finalizer);
  }

  return run('volumeattributesclass-protection', [controller]);
}
