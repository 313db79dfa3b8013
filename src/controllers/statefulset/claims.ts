import type { KubeObject, OwnerReference } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { isAlreadyExists, messageOf } from '../../runtime/errors.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import type { Informer } from '../../runtime/informer.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerReference } from '../../runtime/owners.ts';
import { persistentVolumeClaims, pods, statefulSets } from '../resources.ts';
import { claimName, claimTemplatesOf, isWanted, ordinalOf } from './identity.ts';

/** The claims that the pods of a set use: made from its templates, and owned as its retention policy says (KEP-1847). */
export interface Claims {
  /** Makes the pod's claims that are missing. @throws Error naming all that could not be made, or are being deleted */
  create(set: KubeObject, pod: KubeObject): Promise<void>;
  /** Whether the pod's claims have the owners that the policy gives them. */
  areOwned(set: KubeObject, pod: KubeObject): boolean;
  setOwners(set: KubeObject, pod: KubeObject): Promise<void>;
  /** Whether a claim still belongs to an earlier pod of this name, with which it will go. */
  areStale(set: KubeObject, pod: KubeObject): boolean;
}

export function createClaims(client: Client, informer: Informer, recorder: EventRecorder): Claims {
  const api = client.resource(persistentVolumeClaims);

  function existing(set: KubeObject, pod: KubeObject): KubeObject[] {
    const ordinal = ordinalOf(pod);
    const { namespace } = set.metadata!;
    return claimTemplatesOf(set).flatMap((template) => informer.get(namespace!, claimName(set, template, ordinal)) ?? []);
  }

  async function create(set: KubeObject, pod: KubeObject): Promise<void> {
    const failures: string[] = [];
    for (const template of claimTemplatesOf(set)) {
      const claim = newClaim(set, template, ordinalOf(pod));
      const { namespace, name } = claim.metadata!;
      const found = informer.get(namespace!, name!);
      if (found?.metadata?.deletionTimestamp) failures.push(`pvc ${name} is being deleted`);
      if (found) continue;
      try {
        await api.create(namespace!, claim);
        record(
          set,
          'Normal',
          'SuccessfulCreate',
          `Create Claim ${name} Pod ${pod.metadata!.name} in StatefulSet ${set.metadata!.name} success`,
        );
      } catch (error) {
        failures.push(`failed to create PVC ${name}: ${messageOf(error)}`);
        if (isAlreadyExists(error)) continue;
        const what = `Create Claim ${name} for Pod ${pod.metadata!.name} in StatefulSet ${set.metadata!.name}`;
        record(set, 'Warning', 'FailedCreate', `${what} failed error: ${messageOf(error)}`);
      }
    }
    if (failures.length > 0) throw new Error(aggregate(failures));
  }

  function record(set: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recorder.event({ object: set, resource: statefulSets }, type, reason, message);
  }

  async function setOwners(set: KubeObject, pod: KubeObject): Promise<void> {
    for (const claim of existing(set, pod)) {
      const { name, namespace } = claim.metadata!;
      if (hasOtherController(claim, set, pod)) {
        const text = 'has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim';
        record(set, 'Warning', 'ConflictingController', `PersistentVolumeClaim ${name} ${text}`);
      }
      if (isOwned(claim, set, pod)) continue;
      const metadata = { ...claim.metadata, ownerReferences: ownersOf(claim, set, pod) };
      try {
        await api.update(namespace!, typed(persistentVolumeClaims, { ...claim, metadata }));
      } catch (error) {
        throw new Error(`could not update claim ${name} for delete policy ownerRefs: ${messageOf(error)}`, { cause: error });
      }
    }
  }

  return {
    create,
    setOwners,
    areOwned: (set, pod) => existing(set, pod).every((claim) => isOwned(claim, set, pod)),
    areStale: (set, pod) =>
      policyOf(set).whenScaled === 'Delete' && existing(set, pod).some((claim) => hasStaleReference(claim, pod, pods)),
  };
}

function newClaim(set: KubeObject, template: KubeObject, ordinal: number): KubeObject {
  const { matchLabels } = set.spec.selector;
  const labels = template.metadata!.labels || matchLabels ? { ...template.metadata!.labels, ...matchLabels } : undefined;
  const metadata = { ...template.metadata, name: claimName(set, template, ordinal), namespace: set.metadata!.namespace };
  return typed(persistentVolumeClaims, { ...template, metadata: { ...metadata, ...(labels ? { labels } : {}) } });
}

interface RetentionPolicy {
  readonly whenScaled: string;
  readonly whenDeleted: string;
}

function policyOf(set: KubeObject): RetentionPolicy {
  return { whenScaled: 'Retain', whenDeleted: 'Retain', ...set.spec.persistentVolumeClaimRetentionPolicy };
}

/** Who shall own the claim: a pod that is scaled away, or the set, or nobody. */
function wantedOwner(set: KubeObject, pod: KubeObject): 'pod' | 'set' | undefined {
  const { whenScaled, whenDeleted } = policyOf(set);
  if (whenScaled === 'Delete' && !isWanted(set, pod)) return 'pod';
  return whenDeleted === 'Delete' ? 'set' : undefined;
}

function isOwned(claim: KubeObject, set: KubeObject, pod: KubeObject): boolean {
  // Claims of an earlier set or pod are left to the garbage collector.
  if (hasStaleReference(claim, set, statefulSets) || hasStaleReference(claim, pod, pods)) return true;
  const bySet = hasOwner(claim, set);
  const byPod = hasOwner(claim, pod);
  if (hasOtherController(claim, set, pod)) return !bySet && !byPod;
  if (referencesOf(claim).some(({ uid, controller }) => !controller && (uid === set.metadata!.uid || uid === pod.metadata!.uid)))
    return false;
  const wanted = wantedOwner(set, pod);
  return bySet === (wanted === 'set') && byPod === (wanted === 'pod');
}

function ownersOf(claim: KubeObject, set: KubeObject, pod: KubeObject): OwnerReference[] {
  const others = referencesOf(claim).filter((owner) => !names(owner, set, statefulSets) && !names(owner, pod, pods));
  if (hasOtherController(claim, set, pod)) return others;
  const wanted = wantedOwner(set, pod);
  if (wanted === 'set') return [...others, controllerReference(set, statefulSets)];
  return wanted === 'pod' ? [...others, controllerReference(pod, pods)] : others;
}

// Only a policy that deletes makes another controller a matter of ours.
function hasOtherController(claim: KubeObject, set: KubeObject, pod: KubeObject): boolean {
  const { whenScaled, whenDeleted } = policyOf(set);
  if (whenScaled === 'Retain' && whenDeleted === 'Retain') return false;
  return referencesOf(claim).some((owner) => {
    if (names(owner, set, statefulSets)) return owner.uid !== set.metadata!.uid;
    if (names(owner, pod, pods)) return owner.uid !== pod.metadata!.uid;
    return owner.controller === true;
  });
}

function referencesOf(claim: KubeObject): readonly OwnerReference[] {
  return claim.metadata!.ownerReferences ?? [];
}

function hasOwner(claim: KubeObject, owner: KubeObject): boolean {
  return referencesOf(claim).some(({ uid }) => uid === owner.metadata!.uid);
}

function hasStaleReference(claim: KubeObject, owner: KubeObject, resource: ResourceReference): boolean {
  const reference = referencesOf(claim).find((candidate) => names(candidate, owner, resource));
  return reference !== undefined && reference.uid !== owner.metadata!.uid;
}

function names(reference: OwnerReference, owner: KubeObject, resource: ResourceReference): boolean {
  const { apiVersion, kind, name } = controllerReference(owner, resource);
  return reference.apiVersion === apiVersion && reference.kind === kind && reference.name === name;
}
