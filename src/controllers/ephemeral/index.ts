import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, messageOf } from '../../runtime/errors.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../runtime/owners.ts';
import { claimNameOf } from '../../runtime/pod-volumes.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { persistentVolumeClaims as claimResource, pods as podResource } from '../resources.ts';

interface EphemeralVolume {
  readonly name: string;
  readonly ephemeral: { readonly volumeClaimTemplate: { readonly metadata?: KubeObject['metadata']; readonly spec: unknown } };
}

/** Makes the claims of generic ephemeral volumes, owned by their pods (KEP-1698). */
export function startEphemeralVolumeController(context: ControllerContext): RunningController {
  const client = context.clientFor('ephemeral-volume-controller');
  const api = client.resource(claimResource);
  const recorder = recorderFor(context, client, 'ephemeral_volume');
  const pods = context.informers.for(podResource);
  const claims = context.informers.for(claimResource);
  const controller = createController({ name: 'ephemeral-volume', workers: 5, reconcile, informers: [pods, claims] }, context);
  const note = (pod: KubeObject) => {
    if (!pod.metadata!.deletionTimestamp && ephemeralVolumes(pod).length > 0) controller.enqueue(keyOf(pod));
  };
  pods.addHandler({ added: note });
  claims.addHandler({
    deleted(claim) {
      const owner = controllerOf(claim);
      if (owner?.kind === podResource.kind) controller.enqueue(keyOfParts(claim.metadata!.namespace!, owner.name));
    },
  });

  async function reconcile(key: string): Promise<void> {
    const pod = pods.getByKey(key);
    if (!pod || pod.metadata!.deletionTimestamp) return;
    for (const volume of ephemeralVolumes(pod)) {
      try {
        await ensureClaim(pod, volume);
      } catch (error) {
        const message = `ephemeral volume ${volume.name}: ${messageOf(error)}`;
        recorder.event({ object: pod, resource: podResource }, 'Warning', 'FailedBinding', message);
        throw error;
      }
    }
  }

  async function ensureClaim(pod: KubeObject, volume: EphemeralVolume): Promise<void> {
    const { namespace, name: podName } = pod.metadata!;
    const name = claimNameOf(pod, volume)!;
    const present = claims.get(namespace!, name);
    if (present) {
      if (isControlledBy(present, pod)) return;
      throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`);
    }
    const { metadata, spec } = volume.ephemeral.volumeClaimTemplate;
    const { labels, annotations } = metadata ?? {};
    const claim: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerReference(pod, podResource)],
      },
      spec,
    };
    await api.create(namespace!, claim).catch((error) => {
      if (isAlreadyExists(error)) return controller.enqueueAfter(keyOf(pod), 100);
      throw new Error(`create PVC ${name}: ${messageOf(error)}`);
    });
  }

  return run('ephemeral-volume', [controller]);
}

function ephemeralVolumes(pod: KubeObject): EphemeralVolume[] {
  return (pod.spec.volumes ?? []).filter((volume: Partial<EphemeralVolume>) => volume.ephemeral);
}
