import type { KubeObject } from '../../../api/meta/object.ts';
import { byCreation } from '../../runtime/objects.ts';
import { isPodAvailable, isPodFinished } from '../../runtime/pods.ts';
import { isUpdated, type Placement, placementOf, targetNodeOf } from './placement.ts';

/** What a step of a DaemonSet works on. */
export interface DaemonState {
  readonly set: KubeObject;
  /** Of the present template. */
  readonly hash: string;
  readonly nodes: readonly KubeObject[];
  /** By node; of all nodes, also those that are no more. */
  readonly podsByNode: ReadonlyMap<string, KubeObject[]>;
  readonly now: number;
  placementOn(node: KubeObject): Placement;
}

export function daemonState(
  set: KubeObject,
  hash: string,
  nodes: readonly KubeObject[],
  pods: readonly KubeObject[],
  now: number,
): DaemonState {
  const podsByNode = new Map<string, KubeObject[]>();
  for (const pod of pods) {
    const node = targetNodeOf(pod);
    // A pod that has ended and is being deleted makes room for the next one.
    if (node === undefined || (isPodFinished(pod) && pod.metadata!.deletionTimestamp)) continue;
    const there = podsByNode.get(node);
    if (there) there.push(pod);
    else podsByNode.set(node, [pod]);
  }
  const decide = placementOf(set);
  const placements = new Map<string, Placement>();
  return {
    set,
    hash,
    nodes,
    podsByNode,
    now,
    placementOn(node) {
      const name = node.metadata!.name!;
      let placement = placements.get(name);
      if (!placement) placements.set(name, (placement = decide(node)));
      return placement;
    },
  };
}

export function isAvailable({ set, now }: DaemonState, pod: KubeObject): boolean {
  return isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

/** Pods that have a node first, then the older. */
export function byPlaceAndAge(a: KubeObject, b: KubeObject): number {
  return Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) || byCreation(a, b);
}

/** The pod of the present template and the one of an earlier template on a node; undefined where there are two of a kind. */
export function newAndOld(
  { set, hash }: DaemonState,
  pods: readonly KubeObject[] = [],
): { newPod?: KubeObject; oldPod?: KubeObject } | undefined {
  let newPod: KubeObject | undefined;
  let oldPod: KubeObject | undefined;
  for (const pod of pods) {
    if (pod.metadata!.deletionTimestamp) continue;
    if (isUpdated(set, pod, hash)) {
      if (newPod) return undefined;
      newPod = pod;
    } else if (oldPod) return undefined;
    else oldPod = pod;
  }
  return { ...(newPod ? { newPod } : {}), ...(oldPod ? { oldPod } : {}) };
}

/** What to do: pods to delete, and nodes to create one for. */
export interface Changes {
  readonly remove: KubeObject[];
  readonly create: string[];
}
