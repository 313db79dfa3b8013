import type { KubeObject } from '../../../api/meta/object.ts';
import type { ResourceClient } from '../../client/client.ts';
import { isAlreadyExists, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import type { Informer } from '../../runtime/informer.ts';
import { keyOfParts } from '../../runtime/keys.ts';
import { provisionedBy, storageOf } from '../../runtime/persistent-volumes.ts';
import { deletes, isRecyclable } from './plugins.ts';
import type { BindingState } from './state.ts';

const recyclerNamespace = 'default';
const recyclerImage = 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6';
/** How long a recycler pod may take: at least, and for each GiB. */
const recyclerSeconds = { hostPath: { least: 60, perGi: 30 }, nfs: { least: 300, perGi: 30 } };

export const recyclerPodName = (volumeName: string) => `recycler-for-${volumeName}`;

/** What becomes of volumes whose claims are gone. */
export class Reclaiming {
  private readonly state: BindingState;
  private readonly podsApi: ResourceClient;
  private readonly pods: Informer;

  constructor(state: BindingState, podsApi: ResourceClient, pods: Informer) {
    this.state = state;
    this.podsApi = podsApi;
    this.pods = pods;
  }

  /** @throws Error where it is to be tried again */
  async reclaim(volume: KubeObject): Promise<void> {
    switch (volume.spec.persistentVolumeReclaimPolicy) {
      case 'Retain':
        return;
      case 'Recycle':
        return this.recycle(volume);
      case 'Delete':
        return this.delete(volume);
      default:
        return this.state.fail(volume, 'VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy');
    }
  }

  private async delete(volume: KubeObject): Promise<void> {
    try {
      if (!deletes(volume, volume.metadata!.annotations?.[provisionedBy])) return;
    } catch (error) {
      await this.state.fail(volume, 'VolumeFailedDelete', messageOf(error));
      throw error;
    }
    if (volume.metadata!.deletionTimestamp) return;
    await unlessNotFound(this.state.volumesApi().delete('', volume.metadata!.name!, { preconditions: { uid: volume.metadata!.uid! } }));
  }

  // A pod wipes the volume; the volume's turn comes again when the pod is done.
  private async recycle(volume: KubeObject): Promise<void> {
    const { state } = this;
    if (!isRecyclable(volume)) return state.fail(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    const name = recyclerPodName(volume.metadata!.name!);
    const pod = this.pods.getByKey(keyOfParts(recyclerNamespace, name));
    if (!pod) {
      await this.podsApi.create(recyclerNamespace, recyclerPod(name, volume)).catch((error) => {
        if (!isAlreadyExists(error)) throw error;
      });
      return;
    }
    const { phase, message } = pod.status ?? {};
    if (phase !== 'Succeeded' && phase !== 'Failed') return;
    await unlessNotFound(this.podsApi.delete(recyclerNamespace, name, { preconditions: { uid: pod.metadata!.uid! } }));
    if (phase === 'Failed') {
      const why = message ? message : 'pod failed, pod.Status.Message unknown';
      return state.fail(volume, 'VolumeFailedRecycle', `Recycle failed: ${why}`);
    }
    state.volumeEvent(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    await state.unbind(volume);
  }
}

function recyclerPod(name: string, volume: KubeObject): KubeObject {
  const source = volume.spec.nfs ? 'nfs' : 'hostPath';
  const { least, perGi } = recyclerSeconds[source];
  const gibibytes = Math.floor(storageOf(volume).value() / 2 ** 30);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: recyclerNamespace },
    spec: {
      activeDeadlineSeconds: Math.max(least, perGi * gibibytes),
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', [source]: volume.spec[source] }],
      containers: [
        {
          name: 'pv-recycler',
          image: recyclerImage,
          command: ['/bin/sh'],
          args: ['-c', 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1'],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
  };
}
