import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import { anySignal } from '../../machinery/abort.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import { isAlreadyExists, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import type { Informer } from '../../runtime/informer.ts';
import { keyOfParts } from '../../runtime/keys.ts';
import { storageOf } from '../../runtime/persistent-volumes.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { events as eventResource, pods as podResource } from '../resources.ts';
import { podsByClaim } from './claims.ts';
import { isRecyclable } from './plugins.ts';
import type { BindingState } from './state.ts';

const recyclerNamespace = 'default';
const recyclerImage = 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6';
/** How long a recycler pod may take: at least, and for each GiB. */
const recyclerSeconds = { hostPath: { least: 60, perGi: 30 }, nfs: { least: 300, perGi: 30 } };

export const recyclerPodName = (volumeName: string) => `recycler-for-${volumeName}`;
/** What failed is tried again after so long, and not for a change that the failure itself makes. */
const rest = 15_000;

/** A pod of ours that wipes a volume. */
interface Wiping {
  readonly pod: string;
  /** The informer has told of the pod: where it does not any more, the pod is gone. */
  seen: boolean;
  /** Ends following the pod's events. */
  readonly ending: AbortController;
}

/** Has released volumes wiped by pods, and puts them back among those that are free. */
export class Recycling {
  private readonly state: BindingState;
  private readonly client: Client;
  private readonly context: RuntimeContext;
  /** Indexed by `podsByClaim`. */
  private readonly pods: Informer;
  private readonly wiping = new Map<string, Wiping>();
  private readonly restingUntil = new Map<string, number>();

  constructor(state: BindingState, client: Client, context: RuntimeContext, pods: Informer) {
    this.state = state;
    this.client = client;
    this.context = context;
    this.pods = pods;
  }

  /** Whether a volume waits for this pod. */
  waitsFor({ metadata }: KubeObject): boolean {
    return [...this.wiping.values()].some(({ pod }) => pod === metadata!.uid);
  }

  /** The volume is gone. */
  forget({ metadata }: KubeObject): void {
    this.wiping.get(metadata!.uid!)?.ending.abort();
    this.wiping.delete(metadata!.uid!);
    this.restingUntil.delete(metadata!.uid!);
  }

  /** Takes the volume one step further: the next one is due when its pod changes. @throws Error where it is to be tried again */
  async recycle(volume: KubeObject): Promise<void> {
    const { state } = this;
    const { uid } = volume.metadata!;
    if ((this.restingUntil.get(uid!) ?? 0) > this.context.clock.monotonic()) return;
    this.restingUntil.delete(uid!);
    const users = this.usersOf(volume);
    if (users.length > 0) {
      return state.volumeEvent(volume, 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`);
    }
    if (!isRecyclable(volume)) return state.fail(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
    const name = recyclerPodName(volume.metadata!.name!);
    const wiping = this.wiping.get(uid!);
    if (!wiping) return this.begin(volume, name);
    const pod = this.pods.getByKey(keyOfParts(recyclerNamespace, name));
    const isOurs = pod?.metadata?.uid === wiping.pod;
    if (isOurs) wiping.seen = true;
    const { phase, message } = isOurs ? (pod.status ?? {}) : {};
    if (isOurs ? phase !== 'Succeeded' && phase !== 'Failed' : !wiping.seen) return;
    wiping.ending.abort();
    this.wiping.delete(uid!);
    await unlessNotFound(this.podsApi.delete(recyclerNamespace, name, { preconditions: { uid: wiping.pod } }));
    if (phase !== 'Succeeded') {
      const why = !isOurs ? 'recycler pod was deleted' : message ? message : 'pod failed, pod.Status.Message unknown';
      return this.fail(volume, `failed to recycle volume: ${why}`);
    }
    state.volumeEvent(volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
    await state.unbind(volume);
  }

  private get podsApi() {
    return this.client.resource(podResource);
  }

  private async fail(volume: KubeObject, why: string): Promise<never> {
    this.restingUntil.set(volume.metadata!.uid!, this.context.clock.monotonic() + rest);
    await this.state.fail(volume, 'VolumeFailedRecycle', `Recycle failed: ${why}`);
    throw new Error(why);
  }

  /** Pods that still have the volume of the claim that is gone; those of another claim of its name have another volume. */
  private usersOf({ spec }: KubeObject): string[] {
    const { namespace, name } = spec.claimRef;
    const key = keyOfParts(namespace, name);
    if (this.state.claims.getByKey(key)) return [];
    const users = [...this.pods.byIndex(podsByClaim, key)].filter((pod) => !isPodFinished(pod));
    return users.map(({ metadata }) => `${metadata!.namespace}/${metadata!.name}`).sort();
  }

  private async begin(volume: KubeObject, name: string): Promise<void> {
    const ending = new AbortController();
    void this.tellOfEvents(volume, name, anySignal([ending.signal, this.context.signal]));
    try {
      const pod = await this.podsApi.create(recyclerNamespace, recyclerPod(name, volume));
      this.wiping.set(volume.metadata!.uid!, { pod: pod.metadata!.uid!, seen: false, ending });
    } catch (error) {
      ending.abort();
      if (!isAlreadyExists(error)) return this.fail(volume, `unexpected error creating recycler pod:  ${messageOf(error)}`);
      // Of one before, or of somebody else: nobody can tell what it has done.
      await unlessNotFound(this.podsApi.delete(recyclerNamespace, name));
      await this.fail(volume, 'old recycler pod found, will retry later');
    }
  }

  /** What is told of the pod is told of its volume too. */
  private async tellOfEvents(volume: KubeObject, pod: string, signal: AbortSignal): Promise<void> {
    try {
      const options = { fieldSelector: `involvedObject.name=${pod}` };
      for await (const { type, object } of this.client.resource(eventResource).watch(recyclerNamespace, options, signal)) {
        if (type !== 'ADDED') continue;
        const kind = object['type'] === 'Normal' ? 'Normal' : 'Warning';
        this.state.volumeEvent(volume, kind, 'RecyclerPod', `Recycler pod: ${object['message']}`);
      }
    } catch (error) {
      if (!signal.aborted) this.context.logger.debug({ error }, 'events of a recycler pod cannot be followed');
    }
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
