import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import { createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/keys.ts';
import { oldProvisionerOf, successorOf } from '../../runtime/migrated-volume.ts';
import { typed } from '../../runtime/objects.ts';
import { provisionedBy } from '../../runtime/persistent-volumes.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { hasProvisioner } from '../persistentvolume/plugins.ts';
import { persistentVolumeClaims as claimResource, persistentVolumes as volumeResource } from '../resources.ts';

/** Enlarges volumes of our own provisioner when their claims ask for more; for all others, somebody else has to. */
export function startExpandController(context: ControllerContext): RunningController {
  const client = context.clientFor('expand-controller');
  const claimsApi = client.resource(claimResource);
  const volumesApi = client.resource(volumeResource);
  const recorder = recorderFor(context, client, 'volume_expand');
  const claims = context.informers.for(claimResource);
  const volumes = context.informers.for(volumeResource);
  const controller = createController({ name: 'volume-expand', workers: 10, reconcile, informers: [claims, volumes] }, context);
  const note = (claim: KubeObject, old?: KubeObject) => {
    if (!wantsMore(claim)) return;
    // One that was bound by name may have got less than it asks for.
    if (!old || requested(claim) !== requested(old) || present(claim) !== present(old)) controller.enqueue(keyOf(claim));
  };
  claims.addHandler({ added: (claim) => note(claim), updated: note });

  async function reconcile(key: string): Promise<void> {
    const claim = claims.getByKey(key);
    const volume = claim?.spec.volumeName && volumes.getByKey(claim.spec.volumeName);
    if (!claim || !volume || !wantsMore(claim)) return;
    if (volume.spec.claimRef?.uid !== claim.metadata!.uid) throw new Error(`volume ${volume.metadata.name} is not bound to claim ${key}`);
    const target = { object: claim, resource: claimResource };
    const old = oldProvisionerOf(volume.spec);
    if (old !== undefined) {
      recorder.event(
        target,
        'Normal',
        'ExternalExpanding',
        `CSI migration enabled for ${old}; waiting for external resizer to expand the pvc`,
      );
      const patch = { metadata: { annotations: { 'volume.kubernetes.io/storage-resizer': successorOf(old) } } };
      const { namespace, name } = claim.metadata!;
      await claimsApi.patch(namespace!, name!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' });
      return;
    }
    if (!hasProvisioner(volume.metadata.annotations?.[provisionedBy] ?? '')) {
      return recorder.event(target, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
    }
    const storage = requested(claim)!;
    const capacity = { ...volume.spec.capacity, storage };
    if (parseQuantity(volume.spec.capacity.storage).compare(parseQuantity(storage)) < 0) {
      await volumesApi.update('', typed(volumeResource, { ...volume, spec: { ...volume.spec, capacity } }));
    }
    const status = { ...claim.status, capacity: { ...claim.status.capacity, storage } };
    await claimsApi.update(claim.metadata!.namespace!, typed(claimResource, { ...claim, status }), { subresource: 'status' });
    recorder.event(target, 'Normal', 'VolumeResizeSuccessful', `ExpandVolume succeeded for volume ${key}`);
  }

  return run('volume-expand', [controller]);
}

function requested(claim: KubeObject): string | undefined {
  return claim.spec.resources?.requests?.storage;
}

function present(claim: KubeObject): string | undefined {
  return claim.status?.capacity?.storage;
}

/** Whether a bound claim asks for more than it has. */
function wantsMore(claim: KubeObject): boolean {
  const wanted = requested(claim);
  const got = present(claim);
  if (claim.status?.phase !== 'Bound' || wanted === undefined || got === undefined) return false;
  return parseQuantity(wanted).compare(parseQuantity(got)) > 0;
}
