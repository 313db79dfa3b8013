import { CompactedError, RevisionTooLargeError } from '../storage/errors.ts';
import { decodeStored } from '../storage/object-codec.ts';
import { type Entry, prefixEnd } from '../storage/storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { CacheList, CacheListOptions } from '../storage/watch-cache/types.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from './continue-token.ts';
import { ApiError, badRequest } from './errors.ts';
import { readError } from './errors-of-storage.ts';
import { cacheAtLeast, freshnessTimeoutMs, revisionOfStorage, storageAtLeast } from './get.ts';
import type { ListOptions } from './options.ts';
import { type Attributes, attributesOf, type ResourceStore } from './resource-store.ts';
import { cacheFilter, type Selection, scopeOf } from './selection.ts';

export interface ObjectList {
  /** In the order of their keys, in the store's version. */
  readonly items: readonly StoredObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
}

type Freshness = Pick<ListOptions, 'resourceVersion' | 'resourceVersionMatch' | 'limit' | 'continue'>;

/**
 * Lists what a selection selects. The watch cache answers once it is as fresh as storage (or as asked), of old revisions as long as it remembers what has
 * changed since; else they come from storage.
 * @throws ApiError 400 for versions and tokens that cannot be read, 410 for those that are gone, 504 for those that do not come
 */
export async function listObjects(store: ResourceStore, selection: Selection, options: Freshness): Promise<ObjectList> {
  const single = 'key' in scopeOf(store, selection);
  if (options.continue !== '') {
    const token = decodeContinue(options.continue, store.keyPrefix(selection.namespace));
    if (!single) return listContinued(store, selection, options, token);
  }
  if (options.resourceVersion === '') return listNewest(store, selection, options);
  const revision = revisionOfStorage(options.resourceVersion);
  const isWhatever = options.resourceVersion === '0';
  const exact =
    options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0 && !isWhatever && !single);
  if (exact) {
    if (!single && !store.definition.readsFromStorage) await cacheAtLeast(store, revision);
    // No version in more digits than one means the newest, as `0` does elsewhere.
    return listAt(store, selection, { ...(revision > 0 && { revision }), limit: options.limit });
  }
  if (store.definition.readsFromStorage) await storageAtLeast(store, revision);
  // Whatever the cache holds is served whole: a limit would need a revision to go on from.
  const limit = isWhatever ? 0 : options.limit;
  return listCached(store, selection, revision, limit);
}

async function listNewest(store: ResourceStore, selection: Selection, options: Freshness): Promise<ObjectList> {
  const cache = await store.readyCache();
  const newest = await store.storage.currentRevision();
  if (cache.revision < newest) {
    try {
      await cache.freshAtLeast(newest, freshnessTimeoutMs);
    } catch (error) {
      if (!(error instanceof RevisionTooLargeError)) throw readError(error, newest);
      store.reads.fromStorage++;
      return listStored(store, selection, { limit: options.limit });
    }
  }
  store.reads.consistent++;
  return fromCache(store, selection, options.limit, undefined);
}

async function listCached(store: ResourceStore, selection: Selection, revision: number, limit: number): Promise<ObjectList> {
  await cacheAtLeast(store, revision);
  return fromCache(store, selection, limit, undefined);
}

async function fromCache(store: ResourceStore, selection: Selection, limit: number, after: string | undefined): Promise<ObjectList> {
  return listOf(store, selection, store.cache.list(cacheOptions(store, selection, limit, after)));
}

function cacheOptions(store: ResourceStore, selection: Selection, limit: number, after: string | undefined): CacheListOptions<Attributes> {
  const filter = cacheFilter(selection);
  return {
    scope: scopeOf(store, selection),
    ...(after === undefined ? {} : { after }),
    ...(filter ? { filter } : {}),
    ...(limit > 0 ? { limit } : {}),
  };
}

async function listOf(store: ResourceStore, selection: Selection, list: CacheList<Attributes>): Promise<ObjectList> {
  await store.fetch(list.items);
  const items = store.definition.convert ? list.items.map((item) => store.versioned(item)) : list.items;
  const lastKey = list.items.at(-1)?.key;
  const more = list.remaining > 0 && lastKey !== undefined;
  const slash = !store.definition.readsFromStorage;
  return { items, metadata: listMetadata(store, selection, list.revision, more ? lastKey : undefined, list.remaining, slash) };
}

function listMetadata(
  store: ResourceStore,
  selection: Selection,
  revision: number,
  lastKey: string | undefined,
  remaining: number,
  slash: boolean,
): ObjectList['metadata'] {
  const resourceVersion = String(revision);
  if (lastKey === undefined) return { resourceVersion };
  const token = encodeContinue(`${lastKey}\0`, store.keyPrefix(selection.namespace), revision, slash);
  return { resourceVersion, continue: token, ...(selection.filter ? {} : { remainingItemCount: remaining }) };
}

async function listContinued(store: ResourceStore, selection: Selection, options: Freshness, token: ContinueToken): Promise<ObjectList> {
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const revision = token.revision > 0 ? { revision: token.revision } : {};
  try {
    const isWhole = options.resourceVersion === '0' && !store.definition.readsFromStorage;
    return await listAt(store, selection, { ...revision, limit: options.limit, startKey: token.startKey, isWhole });
  } catch (error) {
    if (error instanceof CompactedOnPage) throw continueExpired(store, selection, token.startKey);
    throw error;
  }
}

/** An earlier state: the pages of a list are mostly asked for so soon that the cache can still tell it, which spares reading and parsing them. */
async function listAt(store: ResourceStore, selection: Selection, options: StoredListOptions): Promise<ObjectList> {
  const { revision, startKey, isWhole = false } = options;
  const limit = isWhole ? 0 : options.limit;
  const { cache } = store;
  const isCached = cache.revision > 0 && revision !== undefined && revision > store.storage.compactedRevision();
  // A token begins right behind a key, unless somebody made it up.
  if (isCached && !('key' in scopeOf(store, selection)) && (startKey === undefined || startKey.endsWith('\0'))) {
    const list = cache.listAt(revision, cacheOptions(store, selection, limit, startKey?.slice(0, -1)));
    if (list) return listOf(store, selection, list);
  }
  return listStored(store, selection, options);
}

class CompactedOnPage extends Error {}

function continueExpired(store: ResourceStore, { namespace }: Selection, startKey: string): ApiError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  // It is storage that tells of it, whose tokens begin without a slash.
  const token = encodeContinue(startKey, store.keyPrefix(namespace), -1, false);
  return new ApiError(410, 'Expired', message, undefined, { continue: token });
}

interface StoredListOptions {
  readonly revision?: number;
  readonly limit: number;
  readonly startKey?: string;
  /** Whoever takes what the cache has (version 0) is given all that is left, if it comes from there. */
  readonly isWhole?: boolean;
}

const largestPage = 10_000;

// Reads pages until the limit is reached or nothing is left; pages grow where a filter drops most of what they hold.
async function listStored(store: ResourceStore, selection: Selection, options: StoredListOptions): Promise<ObjectList> {
  const scope = scopeOf(store, selection);
  if ('key' in scope) return listOne(store, selection, scope.key, options.revision);
  const end = prefixEnd(scope.prefix);
  const matches = matcher(store, selection);
  const items: StoredObject[] = [];
  let { revision } = options;
  let start = options.startKey ?? scope.prefix;
  let pageSize = options.limit;
  for (;;) {
    let page: Awaited<ReturnType<typeof store.storage.range>>;
    try {
      page = await store.storage.range(start, end, {
        ...(revision === undefined ? {} : { revision }),
        ...(options.limit > 0 ? { limit: pageSize } : {}),
      });
    } catch (error) {
      if (options.startKey !== undefined && error instanceof CompactedError) throw new CompactedOnPage();
      throw readError(error, revision ?? 0);
    }
    revision ??= page.revision;
    let used = 0;
    const found: StoredObject[] = [];
    for (const entry of page.entries) {
      if (options.limit > 0 && items.length + found.length >= options.limit) break;
      used++;
      const stored = matches(entry);
      if (stored) found.push(stored);
    }
    await store.fetch(found);
    for (const stored of found) items.push(store.versioned(stored));
    const lastKey = used > 0 ? page.entries[used - 1]!.key : undefined;
    const more = page.more || used < page.entries.length;
    const full = options.limit > 0 && items.length >= options.limit;
    if (!more || full || lastKey === undefined) {
      // The first page of the newest state is storage's at upstream as well, the others mostly its cache's.
      const slash = (options.revision !== undefined || options.startKey !== undefined) && !store.definition.readsFromStorage;
      return { items, metadata: listMetadata(store, selection, revision, more ? lastKey : undefined, page.count - used, slash) };
    }
    start = `${lastKey}\0`;
    pageSize = Math.min(pageSize * 2, largestPage);
  }
}

async function listOne(store: ResourceStore, selection: Selection, key: string, revision: number | undefined): Promise<ObjectList> {
  const matches = matcher(store, selection);
  let entry: Entry | undefined;
  let at = revision;
  try {
    at ??= await store.storage.currentRevision();
    entry = await store.storage.get(key, at);
  } catch (error) {
    throw readError(error, at ?? 0);
  }
  const stored = entry && matches(entry);
  return { items: stored ? [await store.inVersion(stored)] : [], metadata: { resourceVersion: String(at) } };
}

function matcher(store: ResourceStore, selection: Selection): (entry: Entry) => StoredObject | undefined {
  const { filter } = selection;
  const attributes = attributesOf([store.definition, store.strategy]);
  return (entry) => {
    const stored = decodeStored(entry.key, entry.value, entry.modRevision);
    return !filter || filter(attributes(stored.object)) ? stored : undefined;
  };
}
