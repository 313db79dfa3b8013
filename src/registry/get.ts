import type { StoredObject } from '../storage/stored-object.ts';
import { ApiError, badRequest, notFound } from './errors.ts';
import { readError, tooLargeResourceVersion } from './errors-of-storage.ts';
import type { ResourceStore } from './resource-store.ts';
import { revisionOr } from './resource-version.ts';

/** How long a read waits for the watch cache to become as fresh as asked. */
export const freshnessTimeoutMs = 3000;

/**
 * Reads one object: without a resourceVersion what storage has now; with one what the cache has once it is at least that fresh ('0': whatever it has).
 * @throws ApiError 404, 504 for a version that does not come, 500 for what is none
 */
export async function getObject(store: ResourceStore, namespace: string, name: string, resourceVersion = ''): Promise<StoredObject> {
  const key = store.key(namespace, name);
  const fromStorage = resourceVersion === '';
  const stored = fromStorage ? await store.readAnew(key) : await readCached(store, key, resourceVersion);
  if (!stored) throw notFound(store.resource, name);
  return store.inVersion(stored);
}

async function readCached(store: ResourceStore, key: string, resourceVersion: string): Promise<StoredObject | undefined> {
  if (store.definition.readsFromStorage) {
    await storageAtLeast(store, revisionOfStorage(resourceVersion));
    return store.read(key);
  }
  const cache = await cacheAtLeast(store, revisionForRead(resourceVersion));
  return cache.get(key);
}

/** The store's cache once it is as fresh as a revision. @throws ApiError 504 if that does not come */
export async function cacheAtLeast(store: ResourceStore, revision: number): Promise<ResourceStore['cache']> {
  const cache = await store.readyCache();
  if (cache.revision < revision) {
    try {
      await cache.freshAtLeast(revision, freshnessTimeoutMs);
    } catch (error) {
      throw readError(error, revision);
    }
  }
  return cache;
}

/** @throws ApiError 500, upstream's answer for what is no version */
export function revisionForRead(resourceVersion: string): number {
  return revisionOr(resourceVersion, ({ message }) => new ApiError(500, '', message));
}

/** @throws ApiError 400, upstream's answer for what is no version where storage itself reads it */
export function revisionOfStorage(resourceVersion: string): number {
  return revisionOr(resourceVersion, ({ message }) => badRequest(`invalid resource version: ${message}`));
}

/** @throws ApiError 504 at once where nothing waits for a version to come */
export async function storageAtLeast({ storage }: ResourceStore, revision: number): Promise<void> {
  const current = await storage.currentRevision();
  if (current < revision) throw tooLargeResourceVersion(revision, current, 0);
}
