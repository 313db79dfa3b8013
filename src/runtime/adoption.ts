import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient, ResourceReference } from '../client/client.ts';
import { isInvalid, isNotFound } from './errors.ts';
import type { Informer } from './informer.ts';
import { controlledBy, controllerReference, isControlledBy, withoutController } from './owners.ts';
import type { Selector } from './selector.ts';

export interface Claim<T extends KubeObject> {
  readonly owner: KubeObject;
  readonly ownerResource: ResourceReference;
  /** Reads the owner, for a fresh look before the first adoption. */
  readonly owners: ResourceClient;
  readonly selector: Selector;
  readonly objects: ResourceClient<T>;
  /** Indexed by `indexByController`. */
  readonly informer: Informer<T>;
  /** Objects that it does not hold for are neither claimed nor released nor adopted; default: all. */
  readonly filter?: (object: T) => boolean;
  /** Finalizers that an adopted object gets. */
  readonly finalizers?: readonly string[];
}

/**
 * The objects that `owner` manages, after it released those that its selector no longer matches and adopted those that it does and nobody owns.
 * @throws the first failure of an adoption or release, after all were tried
 */
export async function claimObjects<T extends KubeObject>(claim: Claim<T>): Promise<T[]> {
  const { owner, selector, informer } = claim;
  const going = Boolean(owner.metadata!.deletionTimestamp);
  const claimed: T[] = [];
  const release: T[] = [];
  for (const object of controlledBy(informer, owner)) {
    if (object.metadata!.namespace !== owner.metadata!.namespace || claim.filter?.(object) === false) continue;
    if (selector.matches(object.metadata!.labels)) claimed.push(object);
    else if (!going) release.push(object);
  }
  const adopt: T[] = [];
  if (!going && !selector.isEmpty) {
    for (const object of withoutController(informer, owner.metadata!.namespace!)) {
      if (object.metadata!.deletionTimestamp || !selector.matches(object.metadata!.labels)) continue;
      if (claim.filter?.(object) !== false) adopt.push(object);
    }
  }
  if (release.length === 0 && adopt.length === 0) return claimed;
  const results = await Promise.allSettled([...release.map((object) => releaseObject(claim, object)), ...(await adoptAll(claim, adopt))]);
  let failure: unknown;
  for (const result of results) {
    if (result.status === 'rejected') failure ??= result.reason;
    else if (result.value) claimed.push(result.value);
  }
  if (failure) throw failure;
  return claimed;
}

async function adoptAll<T extends KubeObject>(claim: Claim<T>, objects: readonly T[]): Promise<Promise<T | undefined>[]> {
  if (objects.length === 0) return [];
  await assertMayAdopt(claim);
  return objects.map((object) => adoptObject(claim, object));
}

// The informer may show an owner that is already being deleted: only a read from storage may begin an adoption.
async function assertMayAdopt<T extends KubeObject>({ owner, ownerResource, owners }: Claim<T>): Promise<void> {
  const { namespace, name, uid } = owner.metadata!;
  const fresh = await owners.get(namespace!, name!);
  const what = `${ownerResource.kind} ${namespace}/${name}`;
  if (fresh.metadata!.uid !== uid) throw new Error(`original ${what} is gone: got uid ${fresh.metadata!.uid}, wanted ${uid}`);
  if (fresh.metadata!.deletionTimestamp)
    throw new Error(`${namespace}/${name} has just been deleted at ${fresh.metadata!.deletionTimestamp}`);
}

async function adoptObject<T extends KubeObject>(claim: Claim<T>, object: T): Promise<T | undefined> {
  const metadata = {
    ownerReferences: [controllerReference(claim.owner, claim.ownerResource)],
    uid: object.metadata!.uid,
    ...(claim.finalizers ? { finalizers: claim.finalizers } : {}),
  };
  try {
    return await patchMetadata(claim, object, metadata);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function releaseObject<T extends KubeObject>(claim: Claim<T>, object: T): Promise<undefined> {
  if (!isControlledBy(object, claim.owner)) return;
  const metadata: Record<string, unknown> = {
    ownerReferences: [{ $patch: 'delete', uid: claim.owner.metadata!.uid }],
    uid: object.metadata!.uid,
  };
  if (claim.finalizers) metadata['$deleteFromPrimitiveList/finalizers'] = claim.finalizers;
  try {
    await patchMetadata(claim, object, metadata);
  } catch (error) {
    // Invalid: the uid differs, or the reference is gone already. Both mean that it is not ours any more.
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}

function patchMetadata<T extends KubeObject>(claim: Claim<T>, object: T, metadata: unknown): Promise<T> {
  const { namespace, name } = object.metadata!;
  return claim.objects.patch(namespace!, name!, 'application/strategic-merge-patch+json', { metadata });
}
