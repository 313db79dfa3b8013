import type { KubeObject } from '../../../api/meta/object.ts';
import { scaledValue } from '../../runtime/int-or-percent.ts';
import { byCreation } from '../../runtime/objects.ts';
import { desiredReplicasOf, maximumReplicasOf } from './annotations.ts';
import { activeOf, bySize, replicasOf, sumReplicas, sumStatus } from './replica-sets.ts';

export const isRolling = (deployment: KubeObject): boolean => deployment.spec.strategy?.type !== 'Recreate';

/** Upstream counts in 32 bits, and past the largest number goes on with the smallest: such a Deployment makes no pods there. */
const int32 = (count: number): number => count | 0;

function bounds(deployment: KubeObject): { surge: number; unavailable: number } {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = int32(scaledValue(maxSurge, replicasOf(deployment), true));
  const unavailable = int32(scaledValue(maxUnavailable, replicasOf(deployment), false));
  // Validation forbids two zeros, but two percentages may both round to zero: then one pod at a time may be away.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** How many pods beyond its replicas a rolling Deployment may have. */
function maxSurge(deployment: KubeObject): number {
  return isRolling(deployment) ? bounds(deployment).surge : 0;
}

/** How many pods a Deployment may have while it rolls. */
export function maximumReplicas(deployment: KubeObject): number {
  return int32(replicasOf(deployment) + maxSurge(deployment));
}

/** How many of its replicas a rolling Deployment may lack. */
export function maxUnavailable(deployment: KubeObject): number {
  if (!isRolling(deployment) || replicasOf(deployment) === 0) return 0;
  return Math.min(bounds(deployment).unavailable, replicasOf(deployment));
}

/** How large the new set may be made now. @param size its size now */
export function newSetSize(deployment: KubeObject, sets: readonly (KubeObject | undefined)[], size: number): number {
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment)) return wanted;
  const room = int32(maximumReplicas(deployment) - sumReplicas(sets));
  return room <= 0 ? size : size + Math.min(room, wanted - size);
}

/** Whether the new set carries the whole Deployment. */
export function isSaturated(deployment: KubeObject, newSet: KubeObject | undefined): boolean {
  if (!newSet) return false;
  const wanted = replicasOf(deployment);
  return replicasOf(newSet) === wanted && desiredReplicasOf(newSet) === wanted && (newSet.status?.availableReplicas ?? 0) === wanted;
}

/** Sizes of the sets, by name, when a Deployment is scaled while several are active: each in proportion, the largest takes what is left. */
export function proportionalSizes(deployment: KubeObject, sets: readonly KubeObject[]): [set: KubeObject, size: number][] {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? maximumReplicas(deployment) : 0;
  const toAdd = int32(allowed - sumReplicas(sets));
  const sorted = [...sets].sort(bySize(toAdd > 0));
  let added = 0;
  const sizes = sorted.map((set): [KubeObject, number] => {
    const share = proportion(deployment, set, toAdd, added);
    added += share;
    return [set, replicasOf(set) + share];
  });
  const largest = sizes[0];
  if (largest && toAdd !== 0) largest[1] = Math.max(0, largest[1] + toAdd - added);
  return sizes;
}

function proportion(deployment: KubeObject, set: KubeObject, toAdd: number, added: number): number {
  if (replicasOf(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, set);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

function fractionOf(deployment: KubeObject, set: KubeObject): number {
  if (replicasOf(deployment) === 0) return -replicasOf(set);
  const before = maximumReplicasOf(set) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  const exact = Math.imul(replicasOf(set), maximumReplicas(deployment)) / before;
  return Math.round(exact) - replicasOf(set);
}

/** How many pods of old sets may go without too few being available. */
export function scaleDownRoom(deployment: KubeObject, oldSets: readonly KubeObject[], newSet: KubeObject | undefined): number {
  const atLeast = replicasOf(deployment) - maxUnavailable(deployment);
  const unavailable = newSet ? replicasOf(newSet) - (newSet.status?.availableReplicas ?? 0) : 0;
  return sumReplicas([...oldSets, newSet]) - atLeast - unavailable;
}

/** Old sets without their unavailable pods, at most `room` pods in all, the oldest set first. */
export function sizesWithoutUnhealthy(oldSets: readonly KubeObject[], room: number): [set: KubeObject, size: number][] {
  let left = room;
  const sizes: [KubeObject, number][] = [];
  for (const set of [...oldSets].sort(byCreation)) {
    const unhealthy = replicasOf(set) - (set.status?.availableReplicas ?? 0);
    const count = Math.min(left, unhealthy);
    if (count <= 0) continue;
    left -= count;
    sizes.push([set, replicasOf(set) - count]);
  }
  return sizes;
}

/** Old sets made smaller by what is available beyond the least allowed, the oldest first. */
export function sizesOfRollingDown(
  deployment: KubeObject,
  oldSets: readonly KubeObject[],
  newSet: KubeObject | undefined,
): [set: KubeObject, size: number][] {
  let left = sumStatus([...oldSets, newSet], 'availableReplicas') - (replicasOf(deployment) - maxUnavailable(deployment));
  const sizes: [KubeObject, number][] = [];
  for (const set of activeOf(oldSets).sort(byCreation)) {
    if (left <= 0) break;
    const count = Math.min(replicasOf(set), left);
    left -= count;
    sizes.push([set, replicasOf(set) - count]);
  }
  return sizes;
}
