import type { KubeObject } from '../../../api/meta/object.ts';
import { isPodAvailable } from '../../runtime/pods.ts';
import { isWanted, newPod, ordinalOf, replicasOf, startOrdinalOf } from './identity.ts';
import { isGoing } from './status.ts';

/** A revision's name, and the set as it was then. */
export interface Version {
  readonly name: string;
  readonly set: KubeObject;
}

export interface Members {
  /** One for each ordinal, in order: the pod that is there, or the one to be made. */
  readonly replicas: KubeObject[];
  /** Pods of ordinals that are not wanted, the highest first. */
  readonly condemned: KubeObject[];
}

/** Sorts a set's pods into those that it wants and those that it does not, and says what the missing ones will be. */
export function membersOf(set: KubeObject, pods: readonly KubeObject[], current: Version, update: Version): Members {
  const start = startOrdinalOf(set);
  const replicas: (KubeObject | undefined)[] = Array.from({ length: replicasOf(set) });
  const condemned: KubeObject[] = [];
  for (const pod of pods) {
    if (isWanted(set, pod)) replicas[ordinalOf(pod) - start] = pod;
    else if (ordinalOf(pod) >= 0) condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  return { replicas: replicas.map((pod, index) => pod ?? missingPod(set, current, update, index)), condemned };
}

// Below the partition of a rolling update, a pod that is missing comes back as it was.
function missingPod(set: KubeObject, current: Version, update: Version, index: number): KubeObject {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const below = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const version = type === 'RollingUpdate' && index < below ? current : update;
  return newPod(version.set, version.name, startOrdinalOf(set) + index);
}

export function isUnavailable(set: KubeObject, pod: KubeObject, now: number): boolean {
  return isGoing(pod) || !isAvailable(set, pod, now);
}

export function isAvailable(set: KubeObject, pod: KubeObject, now: number): boolean {
  return isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
}

/** The first pod by ordinal that is not available; of those that are not wanted, only if all others are. */
export function firstUnavailable(set: KubeObject, { replicas, condemned }: Members, now: number): KubeObject | undefined {
  return [...replicas, ...condemned.toReversed()].find((pod) => isUnavailable(set, pod, now));
}
