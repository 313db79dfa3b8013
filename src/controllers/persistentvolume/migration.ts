import type { KubeObject } from '../../../api/meta/object.ts';
import { successorOf } from '../../runtime/migrated-volume.ts';
import { migratedTo, provisionedBy } from '../../runtime/persistent-volumes.ts';
import { isInTree } from './plugins.ts';

/** By which a claim is told who has to make its volume, in the order in which they count. */
export const provisionerAnnotations = [
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
] as const;
/** Held by this controller until it has deleted what the volume stands for. */
export const ownProtection = 'kubernetes.io/pv-controller';
const driversProtection = 'external-provisioner.volume.kubernetes.io/finalizer';

/** @returns the claim with the name of the driver that took over from its provisioner, or without one; undefined where it is so already */
export function toldClaim(claim: KubeObject): KubeObject | undefined {
  const { annotations = {} } = claim.metadata!;
  const name = provisionerAnnotations.find((annotation) => annotation in annotations);
  const next = name && withMigration(annotations, annotations[name]!);
  return next && { ...claim, metadata: { ...claim.metadata, annotations: next } };
}

/** @returns a volume that was made for a claim, with the driver that took over and the finalizers that it should have (KEP-2644); undefined where it is so already */
export function toldVolume(volume: KubeObject): KubeObject | undefined {
  const { annotations = {}, finalizers = [], deletionTimestamp } = volume.metadata!;
  const provisioner = annotations[provisionedBy];
  if (provisioner === undefined) return undefined;
  const next = withMigration(annotations, provisioner);
  const wanted = deletionTimestamp ? finalizers : finalizersFor(volume, provisioner, finalizers);
  if (!next && wanted === finalizers) return undefined;
  return { ...volume, metadata: { ...volume.metadata, annotations: next ?? annotations, finalizers: wanted } };
}

function withMigration(annotations: Record<string, string>, provisioner: string): Record<string, string> | undefined {
  const { [migratedTo]: told, ...rest } = annotations;
  const driver = successorOf(provisioner);
  if (driver === undefined ? !told : told === driver) return undefined;
  return driver === undefined ? rest : { ...rest, [migratedTo]: driver };
}

/** @returns the same list where nothing is to be changed */
function finalizersFor({ spec }: KubeObject, provisioner: string, finalizers: string[]): string[] {
  const without = (name: string, list: string[]) => (list.includes(name) ? list.filter((each) => each !== name) : list);
  if (successorOf(provisioner) !== undefined) return without(ownProtection, finalizers);
  if (!isInTree(provisioner)) return finalizers;
  const isDeleted = spec.persistentVolumeReclaimPolicy === 'Delete';
  const own = !isDeleted
    ? without(ownProtection, finalizers)
    : finalizers.includes(ownProtection)
      ? finalizers
      : [...finalizers, ownProtection];
  return without(driversProtection, own);
}
