import type { ResourceDefinition } from '../../api/define.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { Timer } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { MeasuredStorage } from '../storage/measured-storage.ts';
import { WatchCache } from '../storage/watch-cache/watch-cache.ts';
import { type Attributes, attributesOf, type ReadCounts, type RegistryParts, ResourceStore, storagePrefix } from './resource-store.ts';

/** What all versions of a resource share. */
interface Holding {
  readonly definition: ResourceDefinition;
  readonly storage: MeasuredStorage;
  readonly cache: WatchCache<Attributes>;
  readonly reads: ReadCounts;
}

/** How long the watches of a definition that is gone go on. */
const endingMs = 1000;

/**
 * Every resource that the server serves, by group, version and plural, with its store. Definitions may be added and taken away while it runs
 * (custom resources). Versions of one resource share one watch cache, which starts when it is first read.
 */
export class Registry implements AsyncDisposable {
  private readonly parts: RegistryParts & { readonly logger: Logger };
  private readonly byPath = new Map<string, ResourceDefinition>();
  private readonly stores = new Map<ResourceDefinition, ResourceStore>();
  private readonly holdings = new Map<string, Holding>();
  /** Caches of definitions that are gone, which still have watches. */
  private readonly ending = new Map<Holding['cache'], Timer>();
  private readonly kinds = new Map<string, ResourceDefinition>();
  private changes = 0;
  private readonly listeners = new Set<() => void>();
  private all: readonly ResourceDefinition[] | undefined;
  private readonly versions = new Map<string, ResourceDefinition[]>();

  constructor(parts: RegistryParts & { readonly logger: Logger }, definitions: readonly ResourceDefinition[]) {
    this.parts = parts;
    for (const definition of definitions) this.add(definition);
  }

  add(definition: ResourceDefinition): void {
    this.changed();
    this.byPath.set(pathOf(definition.group, definition.version, definition.plural), definition);
    this.kinds.set(`${apiVersionOf(definition.group, definition.version)} ${definition.kind}`, definition);
    if (definition.action) return;
    const prefix = storagePrefix(definition);
    const versions = this.versions.get(prefix) ?? [];
    versions.push(definition);
    this.versions.set(prefix, versions);
  }

  /**
   * Takes a definition away; what is stored stays. The last version of a resource takes its watch cache, whose watches end a second later.
   * @param options.keepsCache for one that reads the same objects alike and is added at once
   */
  async remove(definition: ResourceDefinition, options: { readonly keepsCache: boolean } = { keepsCache: false }): Promise<void> {
    this.changed();
    this.byPath.delete(pathOf(definition.group, definition.version, definition.plural));
    this.stores.delete(definition);
    this.kinds.delete(`${apiVersionOf(definition.group, definition.version)} ${definition.kind}`);
    const prefix = storagePrefix(definition);
    const rest = (this.versions.get(prefix) ?? []).filter((other) => other !== definition);
    this.versions.set(prefix, rest);
    if (rest.length > 0 || options.keepsCache) return;
    const holding = this.holdings.get(prefix);
    this.holdings.delete(prefix);
    if (holding) await this.close(holding.cache);
  }

  // As upstream, which waits so long for requests that are on their way to the old definition: its watches see what comes until then.
  private async close(cache: Holding['cache']): Promise<void> {
    if (cache.watcherCount > 0) {
      await new Promise<void>((resolve) => this.ending.set(cache, this.parts.clock.timer(endingMs, resolve)));
      this.ending.delete(cache);
    }
    await cache[Symbol.asyncDispose]();
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return this.byPath.get(pathOf(group, version, plural));
  }

  /** Changes with every definition that comes or goes. */
  get version(): number {
    return this.changes;
  }

  definitions(): readonly ResourceDefinition[] {
    return (this.all ??= [...this.byPath.values()]);
  }

  /** All versions in which a definition's resource is served, itself included. */
  siblings(definition: ResourceDefinition): readonly ResourceDefinition[] {
    return this.versions.get(storagePrefix(definition)) ?? [];
  }

  /** A definition of that kind, if one is served. */
  definitionOfKind(apiVersion: string, kind: string): ResourceDefinition | undefined {
    return this.kinds.get(`${apiVersion} ${kind}`);
  }

  /** The store of a definition that has one (no `action`). */
  store(definition: ResourceDefinition): ResourceStore {
    let store = this.stores.get(definition);
    if (!store) {
      // The stored form's rules hold for every version.
      const strategy =
        definition.convert && !definition.convert.ownRules
          ? (this.siblings(definition).find((other) => !other.convert) ?? definition)
          : definition;
      store = new ResourceStore(definition, strategy, this.holding(strategy), this.parts);
      this.stores.set(definition, store);
    }
    return store;
  }

  /** Bytes of the JSON that the cache has under a name; 0 if it has none. */
  cachedSize(definition: ResourceDefinition, namespace: string, name: string): number {
    const store = this.store(definition);
    return name === '' ? 0 : (store.cached(store.keyPrefix(namespace) + name)?.json.length ?? 0);
  }

  /** How many objects of a resource its watch cache holds, and how large they are together; undefined where it is not at work. */
  stats(group: string, version: string, plural: string): { readonly count: number; readonly bytes: number } | undefined {
    const definition = this.find(group, version, plural);
    const { cache } = (definition && this.holdings.get(storagePrefix(definition))) ?? {};
    return cache && cache.revision > 0 ? { count: cache.size, bytes: cache.bytes } : undefined;
  }

  /** The resources that have been read or written, each once however many versions it has, with what has been counted of them. */
  *measured(): Iterable<{ readonly group: string; readonly resource: string } & Holding> {
    for (const holding of this.holdings.values())
      yield { group: holding.definition.group, resource: holding.definition.plural, ...holding };
  }

  /** How many objects there are of each resource whose watch cache is at work, each resource once however many versions it has. */
  counts(): { readonly group: string; readonly resource: string; readonly count: number }[] {
    const firsts = new Map(this.definitions().map((definition) => [storagePrefix(definition), definition]));
    return [...firsts.values()].flatMap(({ group, version, plural }) => {
      const stats = this.stats(group, version, plural);
      return stats ? [{ group, resource: plural, count: stats.count }] : [];
    });
  }

  /** The store of a resource by its name. @throws Error if it is not served */
  storeOf(group: string, version: string, plural: string): ResourceStore {
    const definition = this.find(group, version, plural);
    if (!definition) throw new Error(`no resource ${plural} in ${apiVersionOf(group, version)}`);
    return this.store(definition);
  }

  /** Calls back after definitions have come or gone, once for those of one turn. Returns a function that ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    this.changes++;
    // The first of several changes has emptied it already.
    if (this.all && this.listeners.size > 0) {
      queueMicrotask(() => {
        for (const listener of this.listeners) listener();
      });
    }
    this.all = undefined;
  }

  private holding(definition: ResourceDefinition): Holding {
    const prefix = storagePrefix(definition);
    let holding = this.holdings.get(prefix);
    if (!holding) {
      const { clock, random, logger } = this.parts;
      const storage = new MeasuredStorage(this.parts.storage, () => clock.monotonic());
      const cache = new WatchCache<Attributes>({
        storage,
        prefix,
        clock,
        random,
        logger,
        attributes: attributesOf(this.siblings(definition)) as (object: KubeObject) => Attributes,
      });
      holding = { definition, storage, cache, reads: { consistent: 0, fromStorage: 0 } };
      this.holdings.set(prefix, holding);
    }
    return holding;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.ending.values()) timer.cancel();
    const caches = [...Array.from(this.holdings.values(), ({ cache }) => cache), ...this.ending.keys()];
    await Promise.all(caches.map((cache) => cache[Symbol.asyncDispose]()));
    this.holdings.clear();
    this.stores.clear();
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
