import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient } from '../client/client.ts';
import { unlessNotFound } from './errors.ts';
import { typed } from './objects.ts';

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata!.finalizers?.includes(finalizer) ?? false;
}

/** The object is being deleted, and (at least) this finalizer keeps it. */
export function isKeptBy(object: KubeObject, finalizer: string): boolean {
  return Boolean(object.metadata!.deletionTimestamp) && hasFinalizer(object, finalizer);
}

/** The object is not being deleted and lacks the finalizer. */
export function lacksFinalizer(object: KubeObject, finalizer: string): boolean {
  return !object.metadata!.deletionTimestamp && !hasFinalizer(object, finalizer);
}

/** @throws Conflict where the object has changed */
export async function addFinalizer(api: ResourceClient, object: KubeObject, finalizer: string): Promise<void> {
  await write(api, object, [...(object.metadata!.finalizers ?? []), finalizer]);
}

/** @throws Conflict where the object has changed */
export async function removeFinalizer(api: ResourceClient, object: KubeObject, finalizer: string): Promise<void> {
  await write(
    api,
    object,
    object.metadata!.finalizers!.filter((other) => other !== finalizer),
  );
}

async function write(api: ResourceClient, object: KubeObject, finalizers: string[]): Promise<void> {
  const next = { ...object, metadata: { ...object.metadata, finalizers } };
  await unlessNotFound(api.update(object.metadata!.namespace ?? '', typed(api.reference, next)));
}
