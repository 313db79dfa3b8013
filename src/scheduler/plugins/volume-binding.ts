import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { CSIStorageCapacity, Pod } from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { messageOf } from '../../runtime/errors.ts';
import { claimNameOf } from '../../runtime/pod-volumes.ts';
import type { Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import { type PodClaims, type PodVolumes, VolumeBinder } from '../volumes/volume-binder.ts';
import { unresolvable } from './refuse.ts';

const name = 'VolumeBinding';

export interface VolumeBindingArguments {
  readonly bindTimeoutSeconds: number;
}

export const defaultVolumeBindingArguments: VolumeBindingArguments = { bindTimeoutSeconds: 600 };

interface Data {
  readonly claims: PodClaims;
  /** How the claims would be bound on each node that was found to do. */
  readonly byNode: Map<string, PodVolumes>;
  /** What was taken for the pod; undefined where nothing is left to be done. */
  assumed?: PodVolumes;
}

/** Pods go where their volumes are or can be, and are bound when their claims are. */
export function volumeBinding({ bindTimeoutSeconds }: VolumeBindingArguments, handle: Handle): Plugin {
  const binder = new VolumeBinder(handle, bindTimeoutSeconds * 1000);
  const migrated = (node: any) => node.metadata.annotations?.['storage.alpha.kubernetes.io/migrated-plugins'];
  return {
    name,
    events: [
      {
        resource: 'StorageClass',
        actions: ['add', 'update'],
        hint: (_pod, { object, old }) => !old || !sameJson(object.allowedTopologies ?? null, old.allowedTopologies ?? null),
      },
      { resource: 'PersistentVolumeClaim', actions: ['add', 'update'], hint: (pod, { object }) => usesClaim(pod, object) },
      { resource: 'PersistentVolume', actions: ['add', 'update'] },
      { resource: 'Node', actions: ['add', 'updateNodeLabel'] },
      { resource: 'CSINode', actions: ['add', 'update'], hint: (_pod, { object, old }) => !old || migrated(object) !== migrated(old) },
      {
        resource: 'CSIDriver',
        actions: ['update'],
        hint: (pod, { object, old }) =>
          (pod.spec?.volumes ?? []).some(({ csi }) => csi?.driver === object.metadata.name) &&
          old.spec.storageCapacity === true &&
          !object.spec.storageCapacity,
      },
      { resource: 'CSIStorageCapacity', actions: ['add', 'update'], hint: (_pod, { object, old }) => !old || grew(object, old) },
    ],
    preFilter(state, pod) {
      let claims: PodClaims | undefined;
      try {
        claims = binder.claimsOf(pod);
      } catch (error) {
        return { refusal: unresolvable(name, messageOf(error)) };
      }
      if (!claims) return { skip: true };
      if (claims.immediate.length > 0) return { refusal: unresolvable(name, 'pod has unbound immediate PersistentVolumeClaims') };
      state.data.set(name, { claims, byNode: new Map() } satisfies Data);
      return undefined;
    },
    filter(state, _pod, { name: nodeName, node }) {
      const { claims, byNode } = state.data.get(name) as Data;
      const found = binder.find(claims, node);
      if ('reasons' in found) return unresolvable(name, ...found.reasons);
      byNode.set(nodeName, found);
      return undefined;
    },
    reserve(state, _pod, node) {
      const data = state.data.get(name) as Data | undefined;
      const volumes = data?.byNode.get(node);
      const assumed = volumes && binder.assume(node, volumes);
      if (assumed) data!.assumed = assumed;
      return undefined;
    },
    unreserve(state) {
      const assumed = (state.data.get(name) as Data | undefined)?.assumed;
      if (assumed) binder.revert(assumed);
    },
    preBindPreFlight: (state) => (state.data.get(name) as Data | undefined)?.assumed !== undefined,
    async preBind(state, pod, node) {
      const assumed = (state.data.get(name) as Data | undefined)?.assumed;
      if (assumed) await binder.bind(pod, node, assumed);
    },
  };
}

/** Whether a claim is behind one of the pod's volumes. */
export function usesClaim(pod: Pod, { metadata }: { metadata: { namespace: string; name: string } }): boolean {
  if (metadata.namespace !== pod.metadata!.namespace) return false;
  return (pod.spec?.volumes ?? []).some((volume) => claimNameOf(pod, volume) === metadata.name);
}

function grew(capacity: CSIStorageCapacity, old: CSIStorageCapacity): boolean {
  const limit = ({ maximumVolumeSize, capacity: all }: CSIStorageCapacity) => maximumVolumeSize ?? all;
  const [now, before] = [limit(capacity), limit(old)];
  return now !== undefined && (before === undefined || parseQuantity(now).compare(parseQuantity(before)) > 0);
}
