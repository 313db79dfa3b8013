import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceClient, ResourceReference } from '../client/client.ts';
import { LongWork } from '../machinery/long-work.ts';
import type { RuntimeContext } from './context.ts';
import { isExpired, isMethodNotAllowed, isNotFound, messageOf } from './errors.ts';
import { splitKey } from './keys.ts';

/** Called synchronously for each change, in order. Objects are shared: never change them. */
export interface Handler<T> {
  added?(object: T): void;
  updated?(object: T, old: T): void;
  /** @param old as it was known before */
  deleted?(object: T, old: T): void;
}

/** The objects of one resource, kept up to date by a watch and shared by all who ask for them. */
export interface Informer<T extends KubeObject = KubeObject> {
  readonly reference: ResourceReference;
  get(namespace: string, name: string): T | undefined;
  getByKey(key: string): T | undefined;
  /** @param namespace absent for all namespaces */
  list(namespace?: string): Iterable<T>;
  readonly size: number;
  /** Objects that the index `name` filed under `value`. */
  byIndex(name: string, value: string): Iterable<T>;
  /** Adds an index if there is none of that name: `valuesOf` says under which values an object is filed. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void;
  /** Reports changes from now on; objects already known are reported as added at once. Returns a function that ends it. */
  addHandler(handler: Handler<T>): () => void;
  hasSynced(): boolean;
  /** Resolves after the first list; rejects when the informer is stopped before. */
  synced(): Promise<void>;
}

interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  readonly entries: Map<string, Set<T>>;
}

/** An Informer together with its loop. Made by `createInformers`. */
export class SharedInformer<T extends KubeObject = KubeObject> implements Informer<T> {
  readonly reference: ResourceReference;
  private readonly client: ResourceClient<T>;
  private readonly context: RuntimeContext;
  /** By namespace ('' where there is none) and name: keys of both would be one more string for each object. */
  private readonly objects = new Map<string, Map<string, T>>();
  private count = 0;
  private readonly indexes = new Map<string, Index<T>>();
  private readonly handlers = new Set<Handler<T>>();
  private readonly firstSync = deferred<void>();
  private isSynced = false;
  private resourceVersion = '';
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly keep: (object: T) => T;

  /** @param keep what is kept of an object, in its place */
  constructor(client: Client, reference: ResourceReference, context: RuntimeContext, keep = (object: KubeObject) => object) {
    this.keep = keep as unknown as (object: T) => T;
    this.reference = reference;
    this.client = client.resource<T>(reference);
    this.context = context;
    this.firstSync.promise.catch(() => {});
  }

  get(namespace: string, name: string): T | undefined {
    return this.objects.get(namespace)?.get(name);
  }

  getByKey(key: string): T | undefined {
    return this.get(...splitKey(key));
  }

  list(namespace?: string): Iterable<T> {
    return namespace === undefined ? this.all() : (this.objects.get(namespace)?.values() ?? []);
  }

  private *all(): Iterable<T> {
    for (const group of this.objects.values()) yield* group.values();
  }

  get size(): number {
    return this.count;
  }

  byIndex(name: string, value: string): Iterable<T> {
    const index = this.indexes.get(name);
    if (!index) throw new Error(`informer of ${this.reference.plural} has no index ${name}`);
    return index.entries.get(value) ?? [];
  }

  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    if (this.indexes.has(name)) return;
    const index: Index<T> = { valuesOf, entries: new Map() };
    this.indexes.set(name, index);
    for (const object of this.all()) file(index, object);
  }

  addHandler(handler: Handler<T>): () => void {
    this.handlers.add(handler);
    for (const object of this.all()) handler.added?.(object);
    return () => this.handlers.delete(handler);
  }

  hasSynced(): boolean {
    return this.isSynced;
  }

  synced(): Promise<void> {
    return this.firstSync.promise;
  }

  start(): void {
    if (this.running) return;
    const stop = () => this.stopping.abort(this.context.signal.reason);
    if (this.context.signal.aborted) stop();
    else this.context.signal.addEventListener('abort', stop, { once: true });
    this.running = this.run(this.stopping.signal).finally(() => {
      this.context.signal.removeEventListener('abort', stop);
      this.firstSync.reject(new Error(`informer of ${this.reference.plural} stopped`));
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** The resource is not served any more: ends, and tells that all of its objects are gone. */
  async drop(): Promise<void> {
    await Promise.all([this.stop(), this.replace([], '')]);
  }

  // List, then watch from there. A watch that ends is resumed from the last revision seen, bookmarks included; only a revision that the
  // server has forgotten (410) makes it list again. Failures wait longer each time, and a watch that lived for a while resets that.
  private async run(signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.context;
    let wait = 0;
    let listed = false;
    while (!signal.aborted) {
      const since = clock.monotonic();
      try {
        if (!listed) {
          await this.relist(signal);
          listed = true;
          wait = 0;
        }
        if (signal.aborted) return;
        listed = await this.follow(signal);
        if (listed && clock.monotonic() - since >= 1000) wait = 0;
        else wait = Math.min(30_000, Math.max(100, wait * 2));
      } catch (error) {
        if (signal.aborted) return;
        if (isExpired(error)) listed = false;
        // A resource that is gone (its definition was deleted) has no objects. If it comes again it is listed, which ends the waiting.
        if (isNotFound(error) || isMethodNotAllowed(error)) {
          await this.replace([], '');
          listed = false;
        }
        wait = Math.min(30_000, Math.max(800, wait * 2));
        logger.debug({ resource: this.reference.plural, error: messageOf(error) }, 'list or watch failed');
      }
      if (wait > 0) await clock.sleep(wait * (1 + random.next()), signal).catch(() => {});
    }
  }

  private async relist(signal: AbortSignal): Promise<void> {
    const list = await this.client.list('', { resourceVersion: '0' });
    if (signal.aborted) return;
    await this.replace(list.items, list.metadata.resourceVersion, signal);
    if (signal.aborted) return;
    if (!this.isSynced) {
      this.isSynced = true;
      this.firstSync.resolve();
    }
  }

  /** @returns false when the server has forgotten our revision */
  private async follow(signal: AbortSignal): Promise<boolean> {
    const timeoutSeconds = Math.floor(300 * (1 + this.context.random.next()));
    const options = { resourceVersion: this.resourceVersion, allowWatchBookmarks: true, timeoutSeconds };
    for await (const event of this.client.watch('', options, signal)) {
      if (signal.aborted) return true;
      if (event.type === 'ERROR') {
        if (isExpired(event.object)) return false;
        throw Object.assign(new Error(String(event.object.message)), { code: event.object.code, reason: event.object.reason });
      }
      if (event.type === 'DELETED') this.remove(event.object);
      else if (event.type !== 'BOOKMARK') this.put(event.object);
      this.resourceVersion = event.object.metadata!.resourceVersion!;
    }
    return true;
  }

  /** @param signal ends it halfway */
  private async replace(items: readonly T[], resourceVersion: string, signal?: AbortSignal): Promise<void> {
    const gone = new Set(this.all());
    const work = new LongWork(this.context.clock);
    for (const object of items) {
      const known = this.known(object);
      if (known) gone.delete(known);
      this.put(object);
      if (!work.isDue()) continue;
      await work.rest();
      if (signal?.aborted) return;
    }
    for (const object of gone) this.remove(object);
    this.resourceVersion = resourceVersion;
  }

  /** The object of this name. */
  private known({ metadata }: T): T | undefined {
    return this.get(metadata!.namespace ?? '', metadata!.name!);
  }

  private put(whole: T): void {
    const old = this.known(whole);
    if (old?.metadata?.resourceVersion === whole.metadata!.resourceVersion && old?.metadata?.uid === whole.metadata!.uid) return;
    const object = this.keep(whole);
    const { namespace = '', name } = object.metadata!;
    const group = this.objects.get(namespace);
    if (group) group.set(name!, object);
    else this.objects.set(namespace, new Map([[name!, object]]));
    if (!old) this.count++;
    for (const index of this.indexes.values()) {
      if (old) unfile(index, old);
      file(index, object);
    }
    if (old && old.metadata!.uid === object.metadata!.uid) this.report((handler) => handler.updated?.(object, old));
    else {
      if (old) this.report((handler) => handler.deleted?.(old, old));
      this.report((handler) => handler.added?.(object));
    }
  }

  private remove(object: T): void {
    const old = this.known(object);
    if (!old) return;
    const { namespace = '', name } = old.metadata!;
    const group = this.objects.get(namespace)!;
    group.delete(name!);
    if (group.size === 0) this.objects.delete(namespace);
    this.count--;
    for (const index of this.indexes.values()) unfile(index, old);
    this.report((handler) => handler.deleted?.(object, old));
  }

  private report(call: (handler: Handler<T>) => void): void {
    for (const handler of this.handlers) {
      try {
        call(handler);
      } catch (error) {
        this.context.logger.error({ resource: this.reference.plural, error }, 'informer handler failed');
      }
    }
  }
}

function file<T>({ valuesOf, entries }: Index<T>, object: T): void {
  for (const value of valuesOf(object)) {
    const group = entries.get(value);
    if (group) group.add(object);
    else entries.set(value, new Set([object]));
  }
}

function unfile<T>({ valuesOf, entries }: Index<T>, object: T): void {
  for (const value of valuesOf(object)) {
    const group = entries.get(value);
    if (group?.delete(object) && group.size === 0) entries.delete(value);
  }
}

// Promise.withResolvers is missing on Node 20.
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
