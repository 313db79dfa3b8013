import type { ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import { FieldSet } from './field-set.ts';
import { decodeManagedFields, encodeManagedFields, type ManagedSet, type Managers, managerId } from './managed-fields.ts';

const scaleVersion = 'autoscaling/v1';
const replicasOfScale = ['f:spec', 'f:replicas'];

/** Where the replicas of an object are. */
export interface ReplicasPlaces {
  /** The request's version. */
  readonly apiVersion: string;
  /** By version; undefined for one whose objects have no Scale. */
  readonly paths: ReadonlyMap<string, readonly string[] | undefined>;
}

const ownedPath = (path: readonly string[]): string[] => path.map((name) => `f:${name}`);

/** Managers of an object's replicas, as its Scale has them. */
export function managersOfScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  { paths }: ReplicasPlaces,
): ManagedFieldsEntry[] | undefined {
  const set = FieldSet.of(replicasOfScale);
  const managers: Managers = new Map();
  for (const [id, owner] of decodeManagedFields(entries)) {
    const path = paths.get(owner.apiVersion);
    if (path && owner.set.has(ownedPath(path))) managers.set(id, { ...owner, apiVersion: scaleVersion, set });
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
  { apiVersion, paths }: ReplicasPlaces,
): ManagedFieldsEntry[] | undefined {
  const after = decodeManagedFields(ofScale);
  const kept: ManagedSet[] = [];
  for (const [id, owner] of decodeManagedFields(entries)) {
    if (!paths.has(owner.apiVersion)) continue;
    const path = paths.get(owner.apiVersion);
    if (!path || !owner.set.has(ownedPath(path)) || after.delete(id)) {
      kept.push(owner);
      continue;
    }
    const set = owner.set.difference(FieldSet.of(ownedPath(path)));
    if (!set.isEmpty()) kept.push({ ...owner, set });
  }
  const replicas = FieldSet.of(ownedPath(paths.get(apiVersion)!));
  for (const owner of after.values()) {
    if (owner.set.has(replicasOfScale)) kept.push({ ...owner, apiVersion, time: undefined, set: replicas });
  }
  // Two of them may be the same but for the time.
  return encodeManagedFields(new Map(kept.map((owner, index) => [`${managerId(owner)} ${index}`, owner])));
}
