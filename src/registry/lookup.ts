import { nameIsPathSegment } from '../../api/meta/names.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Lookup } from '../admission/lookup.ts';
import { ApiError } from './errors.ts';
import { getObject } from './get.ts';
import type { Registry } from './registry.ts';

/** Options of a read that takes what the cache has. */
export const fromCache = { resourceVersion: '0', resourceVersionMatch: '', limit: 0, continue: '' };

/**
 * Reads for the parts of the API server itself (admission). What the cache does not have is asked of storage, so that what was
 * made a moment ago is found.
 */
export function registryLookup(registry: Registry): Lookup {
  return {
    async get({ group, version, plural }, namespace, name) {
      if (isNoName(name)) return undefined;
      const store = registry.storeOf(group, version, plural);
      const cached = await found(getObject(store, namespace, name, '0'));
      return cached ?? (await found(getObject(store, namespace, name)));
    },
    cached({ group, version, plural }, namespace, name) {
      if (isNoName(name)) return undefined;
      const store = registry.storeOf(group, version, plural);
      const stored = store.cached(store.key(namespace, name));
      return stored && !store.fetch([stored]) ? store.versioned(stored).object : undefined;
    },
    async list({ group, version, plural }, namespace) {
      const store = registry.storeOf(group, version, plural);
      const cache = await store.readyCache();
      // Of what most clusters have none (limits, quotas), every create asks.
      if (cache.size === 0) return [];
      const { items } = cache.list({ scope: { prefix: store.keyPrefix(namespace) } });
      const fetching = store.fetch(items);
      if (fetching) await fetching;
      return items.map((item) => store.versioned(item).object);
    },
  };
}

/** What no object can be called, none is. */
function isNoName(name: string): boolean {
  return nameIsPathSegment(name, false).length > 0;
}

async function found(read: Promise<{ readonly object: KubeObject }>): Promise<KubeObject | undefined> {
  try {
    return (await read).object;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
