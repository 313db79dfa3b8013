import { semanticEqual } from '../../api/meta/equal.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { KeyExistsError, RevisionConflictError } from '../storage/errors.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { conflict, notFound } from './errors.ts';
import type { Operation, Written } from './operation.ts';
import type { Preconditions } from './options.ts';
import type { ResourceStore } from './resource-store.ts';
import { encodeWithinLimit } from './size-limit.ts';

export interface GuaranteedUpdateOptions {
  readonly key: string;
  readonly name: string;
  /** Call `attempt` without a current object where there is none, rather than answer 404. */
  readonly allowMissing: boolean;
  readonly preconditions?: Preconditions;
}

/**
 * Changes what is stored under a key by compare-and-set. `attempt` gets what is stored (first what the watch cache knows, which may be behind)
 * and returns the object to store instead; it runs again after a conflict or when it failed on a state that was not the newest, so it has no
 * side effects. What changes nothing is not written and keeps its resourceVersion.
 * @throws ApiError of `attempt`, of the preconditions (409), or 404
 */
export async function guaranteedUpdate(
  store: ResourceStore,
  operation: Operation,
  options: GuaranteedUpdateOptions,
  attempt: (current: StoredObject | undefined) => Promise<KubeObject>,
): Promise<Written> {
  const { key, name } = options;
  let { current, isNewest } = await beginning(store, key, operation);
  for (;;) {
    if (!current && !options.allowMissing) throw notFound(store.resource, name);
    let object: KubeObject;
    try {
      if (options.preconditions) checkPreconditions(store, options, current, operation);
      object = await attempt(current);
    } catch (error) {
      if (isNewest) throw error;
      const seen: number | undefined = current?.revision;
      current = await store.readAnew(key);
      isNewest = true;
      if (current?.revision === seen) throw error;
      continue;
    }
    const toStore = await store.toStored(object);
    const unchanged = current !== undefined && sameObject(toStore, current.object);
    if (unchanged && !isNewest) {
      const newest = await store.readAnew(key);
      isNewest = true;
      if (newest?.revision !== current!.revision) {
        current = newest;
        continue;
      }
    }
    // What lies encrypted in an older way is written anew, which is how keys are rotated.
    if (unchanged && !(await store.storage.isStale?.(key))) return { stored: current!, created: false };
    if (operation.dryRun) {
      const resourceVersion = current ? { resourceVersion: String(current.revision) } : {};
      return { object: { ...object, metadata: { ...object.metadata, ...resourceVersion } }, created: !current };
    }
    const value = encodeWithinLimit(store, key, toStore, operation);
    const ttlSeconds = store.strategy.ttlSeconds?.(store.parts.settings);
    const writeOptions = ttlSeconds === undefined ? undefined : { ttlSeconds };
    try {
      const revision = current
        ? await store.storage.update(key, value, current.revision, writeOptions)
        : await store.storage.create(key, value, writeOptions);
      return { stored: store.written(key, value, revision), created: !current };
    } catch (error) {
      if (!(error instanceof RevisionConflictError || error instanceof KeyExistsError)) throw error;
      current = await store.readAnew(key);
      isNewest = true;
    }
  }
}

/**
 * What a change of a key begins from: mostly what the cache has, which may be behind. A dry run reads storage, as upstream's does.
 * @throws ApiError where another process can't convert it
 */
export async function beginning(
  store: ResourceStore,
  key: string,
  { dryRun }: Pick<Operation, 'dryRun'>,
): Promise<{ readonly current: StoredObject | undefined; readonly isNewest: boolean }> {
  const cached = dryRun ? undefined : store.cached(key);
  if (!cached) return { current: await store.readAnew(key), isNewest: true };
  await store.begin(cached);
  return { current: cached, isNewest: false };
}

function sameObject(object: KubeObject, stored: KubeObject): boolean {
  for (const field of Object.keys(object)) {
    if (field !== 'metadata' && !semanticEqual(object[field], stored[field])) return false;
  }
  for (const field of Object.keys(stored)) if (!(field in object) && !semanticEqual(undefined, stored[field])) return false;
  const metadata = { ...object.metadata, resourceVersion: stored.metadata?.resourceVersion };
  return semanticEqual(metadata, stored.metadata);
}

/** @throws ApiError 409 in the storage layer's words */
export function checkPreconditions(
  store: ResourceStore,
  options: { readonly name: string; readonly preconditions?: Preconditions },
  current: StoredObject | undefined,
  operation: Pick<Operation, 'namespace' | 'dryRun'>,
): void {
  const { preconditions = {}, name } = options;
  const fault = preconditionFault(preconditions, current?.object.metadata?.uid ?? '', current ? String(current.revision) : '');
  if (!fault) return;
  const key = publicKey(store, operation, name);
  const message = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${fault}`;
  throw conflict(store.resource, name, message);
}

/** What storage says of preconditions that an object does not meet; undefined if it meets them. */
export function preconditionFault(preconditions: Preconditions, uid: string, version: string): string | undefined {
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    return `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`;
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== version) {
    return `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${version}`;
  }
  return undefined;
}

// The key as upstream's storage has it, where built-in resources carry no group; a dry run looks one layer above, where there is no prefix.
function publicKey(
  { definition, namespaced }: ResourceStore,
  { namespace, dryRun }: Pick<Operation, 'namespace' | 'dryRun'>,
  name: string,
): string {
  const custom = typeof definition.schema !== 'string';
  const resource = custom ? `${definition.group}/${definition.plural}` : (definition.upstreamPrefix ?? definition.plural);
  return [dryRun ? '' : '/registry', resource, ...(namespaced ? [namespace] : []), name].join('/');
}
