import type { ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import { FieldSet } from './field-set.ts';
import { decodeManagedFields, encodeManagedFields, type ManagedSet, type Managers, managerId } from './managed-fields.ts';

const scaleVersion = 'autoscaling/v1';
const replicasOfScale = ['f:spec', 'f:replicas'];

/** Where the replicas of an object are, in its version. */
export interface ReplicasPlace {
  readonly apiVersion: string;
  readonly path: readonly string[];
}

const placeOf = ({ path }: ReplicasPlace): string[] => path.map((name) => `f:${name}`);

/** Managers of an object's replicas, as its Scale has them. */
export function managersOfScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  place: ReplicasPlace,
): ManagedFieldsEntry[] | undefined {
  const set = FieldSet.of(replicasOfScale);
  const managers: Managers = new Map();
  for (const [id, owner] of decodeManagedFields(entries)) {
    if (owner.apiVersion === place.apiVersion && owner.set.has(placeOf(place)))
      managers.set(id, { ...owner, apiVersion: scaleVersion, set });
  }
  return encodeManagedFields(managers);
}

/**
 * Managers of an object after its Scale was written. Who is a manager of the Scale no more loses the replicas. An updater is another one for the Scale
 * than for the object, as the version is part of who it is: what it owned, it owns as somebody new, without a time. All of it is as upstream does it.
 * @param entries of the object before
 * @param ofScale of the Scale after
 */
export function managersFromScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  ofScale: readonly ManagedFieldsEntry[] | undefined,
  place: ReplicasPlace,
): ManagedFieldsEntry[] | undefined {
  const replicas = FieldSet.of(placeOf(place));
  const after = decodeManagedFields(ofScale);
  const kept: ManagedSet[] = [];
  for (const [id, owner] of decodeManagedFields(entries)) {
    if (owner.apiVersion !== place.apiVersion) continue;
    if (!owner.set.has(placeOf(place)) || after.delete(id)) {
      kept.push(owner);
      continue;
    }
    const set = owner.set.difference(replicas);
    if (!set.isEmpty()) kept.push({ ...owner, set });
  }
  for (const owner of after.values()) {
    if (owner.set.has(replicasOfScale)) kept.push({ ...owner, apiVersion: place.apiVersion, time: undefined, set: replicas });
  }
  // Two of them may be the same but for the time.
  return encodeManagedFields(new Map(kept.map((owner, index) => [`${managerId(owner)} ${index}`, owner])));
}
