import type { KubeObject } from '../../../api/meta/object.ts';
import { isPodAvailable } from '../../runtime/pods.ts';
import { isWanted, newPod, ordinalOf, replicasOf, startOrdinalOf } from './identity.ts';
import { isGoing } from './status.ts';

/** A revision's name, and the set as it was then. */
export interface Version {
  readonly name: string;
  readonly set: KubeObject;
}

/** The pods that a set wants, one for each ordinal, in order. One that is missing is thought of when it is asked for: a set may want any number of them. */
export interface Replicas {
  readonly length: number;
  /** Those that are there. */
  readonly present: readonly KubeObject[];
  /** The pod that is there, or the one to be made. */
  at(index: number): KubeObject;
}

export interface Members {
  readonly replicas: Replicas;
  /** Pods of ordinals that are not wanted, the highest first. */
  readonly condemned: readonly KubeObject[];
}

/** Sorts a set's pods into those that it wants and those that it does not, and says what the missing ones will be. */
export function membersOf(set: KubeObject, pods: readonly KubeObject[], current: Version, update: Version): Members {
  const start = startOrdinalOf(set);
  const wanted = new Map<number, KubeObject>();
  const condemned: KubeObject[] = [];
  for (const pod of pods) {
    if (isWanted(set, pod)) wanted.set(ordinalOf(pod) - start, pod);
    else if (ordinalOf(pod) >= 0) condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const replicas = {
    length: replicasOf(set),
    present: [...wanted.values()],
    at: (index: number) => wanted.get(index) ?? missingPod(set, current, update, index),
  };
  return { replicas, condemned };
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
  for (let index = 0; index < replicas.length; index++) {
    const pod = replicas.at(index);
    if (isUnavailable(set, pod, now)) return pod;
  }
  return condemned.findLast((pod) => isUnavailable(set, pod, now));
}
