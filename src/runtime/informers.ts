import type { KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceReference } from '../client/client.ts';
import type { RuntimeContext } from './context.ts';
import { type Informer, SharedInformer } from './informer.ts';
import { withoutManagedFields } from './kept.ts';

/** One informer a resource, shared by everything that runs under one client. */
export interface Informers extends AsyncDisposable {
  /** The informer of a resource; started if `start` was called, or by it. */
  for<T extends KubeObject = KubeObject>(reference: ResourceReference): Informer<T>;
  /** Starts all that were asked for, at once, and from now on each that is asked for. */
  start(): void;
  /** Ends the informer of a resource that is no longer served, and tells at once that its objects are gone. Who asks for it again gets a new one. */
  drop(reference: ResourceReference): Promise<void>;
  /** Resolves when every informer that was asked for so far has synced. */
  synced(): Promise<void>;
}

/** What an informer keeps of each object that it is told of: the object itself, or a smaller one in its place. */
export type Keep = (object: KubeObject, reference: ResourceReference) => KubeObject;

/** @param keep applied to every object of every informer, before indexes and handlers see it; default: all but managedFields */
export function createInformers(client: Client, context: RuntimeContext, keep: Keep = withoutManagedFields): Informers {
  const informers = new Map<string, SharedInformer>();
  let started = false;
  return {
    for<T extends KubeObject>(reference: ResourceReference): Informer<T> {
      const name = resourceName(reference);
      let informer = informers.get(name);
      if (!informer) {
        informer = new SharedInformer(client, reference, context, (object) => keep(object, reference));
        informers.set(name, informer);
        if (started) informer.start();
      }
      return informer as unknown as Informer<T>;
    },
    start() {
      started = true;
      for (const informer of informers.values()) informer.start();
    },
    async drop(reference) {
      const informer = informers.get(resourceName(reference));
      informers.delete(resourceName(reference));
      await informer?.drop();
    },
    async synced() {
      await Promise.all([...informers.values()].map((informer) => informer.synced()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...informers.values()].map((informer) => informer.stop()));
    },
  };
}

/** Tells resources apart: `apps/v1/deployments`. */
export function resourceName({ group, version, plural }: ResourceReference): string {
  return `${group}/${version}/${plural}`;
}
