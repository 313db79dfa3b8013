import type { KubeObject } from '../../../api/meta/object.ts';
import type { ResourceClient } from '../../client/client.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { hasFinalizer, removeFinalizer } from '../../runtime/finalizers.ts';
import type { Informer } from '../../runtime/informer.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerOf } from '../../runtime/owners.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { pods as podResource } from '../resources.ts';

const finalizer = 'resource.kubernetes.io/delete-protection';
const mostConsumers = 256;

interface Consumer {
  readonly apiGroup?: string;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
}

/** A pod that does not run and never will. */
export function isPodDone(pod: KubeObject): boolean {
  return isPodFinished(pod) || (Boolean(pod.metadata!.deletionTimestamp) && !pod.spec.nodeName);
}

export async function reserve(claims: ResourceClient, claim: KubeObject, pod: KubeObject): Promise<void> {
  const reservedFor = claim.status.reservedFor ?? [];
  if (reservedFor.length >= mostConsumers) return;
  const { name, uid } = pod.metadata!;
  const consumer = { resource: podResource.plural, name, uid };
  await writeStatus(claims, claim, { ...claim.status, reservedFor: [...reservedFor, consumer] });
}

export interface Release {
  readonly claimsApi: ResourceClient;
  readonly podsApi: ResourceClient;
  readonly pods: Informer;
}

/** Ends reservations of pods that are gone; a claim that nobody uses any more is deallocated, and deleted if it was made for a pod that is done. */
export async function releaseClaim(release: Release, claim: KubeObject): Promise<void> {
  const before: readonly Consumer[] = claim.status?.reservedFor ?? [];
  const kept: Consumer[] = [];
  for (const consumer of before) if (await isValid(release, claim, consumer)) kept.push(consumer);
  await writeKept(release, claim, before, kept);
  if (kept.length === 0) await deleteUnused(release, claim);
}

async function writeKept({ claimsApi }: Release, claim: KubeObject, before: readonly Consumer[], kept: readonly Consumer[]): Promise<void> {
  const ours = hasFinalizer(claim, finalizer);
  if (kept.length < before.length) {
    const { reservedFor: _, allocation, ...status } = claim.status;
    if (kept.length > 0) status.reservedFor = kept;
    if (allocation && (kept.length > 0 || !ours)) status.allocation = allocation;
    const written = await writeStatus(claimsApi, claim, status);
    if (written && hasFinalizer(written, finalizer) && !written.status?.allocation) await removeFinalizer(claimsApi, written, finalizer);
  } else if (ours && claim.metadata!.deletionTimestamp && kept.length === 0) {
    const { allocation, ...status } = claim.status ?? {};
    const free = allocation ? await writeStatus(claimsApi, claim, status) : claim;
    if (free) await removeFinalizer(claimsApi, free, finalizer);
  }
}

// The scheduler may have reserved it for a pod that we have not heard of: storage is asked before the reservation is ended.
async function isValid({ podsApi, pods }: Release, claim: KubeObject, consumer: Consumer): Promise<boolean> {
  const { namespace, name } = claim.metadata!;
  if (consumer.apiGroup || consumer.resource !== podResource.plural) {
    throw new Error(`claim ${namespace}/${name} is reserved for ${consumer.resource}, which is not supported`);
  }
  const known = pods.get(namespace!, consumer.name);
  if (known) return known.metadata!.uid === consumer.uid && !isPodDone(known);
  const stored = await unlessNotFound(podsApi.get(namespace!, consumer.name));
  return stored?.metadata?.uid === consumer.uid;
}

async function deleteUnused({ claimsApi, pods }: Release, claim: KubeObject): Promise<void> {
  const owner = controllerOf(claim);
  if (owner?.kind !== podResource.kind || owner.apiVersion !== 'v1' || claim.metadata!.deletionTimestamp) return;
  const { namespace, name } = claim.metadata!;
  // A pod that is not known may be new: the garbage collector cares for those that are gone.
  const pod = pods.get(namespace!, owner.name);
  if (pod && (pod.metadata!.uid !== owner.uid || isPodDone(pod))) await unlessNotFound(claimsApi.delete(namespace!, name!));
}

function writeStatus(claims: ResourceClient, claim: KubeObject, status: object): Promise<KubeObject | undefined> {
  const next = typed(claims.reference, { ...claim, status });
  return unlessNotFound(claims.update(claim.metadata!.namespace!, next, { subresource: 'status' }));
}
