import type { KubeObject } from '../../api/meta/object.ts';
import type { Clock } from '../machinery/clock.ts';
import type { ResourceClient } from './client.ts';

/** Takes in the objects of a resource. */
export interface Following<T> {
  /** All that there are: at the start, and after each watch that has ended. */
  replace(items: readonly T[]): void;
  changed(object: T): void;
  deleted(object: T): void;
}

/** Keeps a cluster-scoped resource's objects in a map by name, and tells of each change to it. */
export function byName<T extends KubeObject>(objects: Map<string, T>, changed: () => void): Following<T> {
  return {
    replace(items) {
      objects.clear();
      for (const item of items) objects.set(item.metadata!.name!, item);
      changed();
    },
    changed(object) {
      objects.set(object.metadata!.name!, object);
      changed();
    },
    deleted({ metadata }) {
      objects.delete(metadata!.name!);
      changed();
    },
  };
}

export interface FollowOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds after which what has ended begins again. */
  readonly retryMs: number;
  /** A list or a watch failed; it begins again unless this throws. */
  failed(error: unknown): void;
  /** Where the first watch begins, if the caller has listed already. */
  readonly resourceVersion?: string;
}

/** Hands over all objects of a resource in all namespaces, and keeps in step with them, until the signal is aborted. @throws what `failed` throws */
export async function followResource<T extends KubeObject>(
  resource: ResourceClient<T>,
  following: Following<T>,
  { clock, signal, retryMs, failed, resourceVersion }: FollowOptions,
): Promise<void> {
  let version = resourceVersion;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const { items, metadata } = await resource.list('');
        following.replace(items);
        version = metadata.resourceVersion;
      }
      for await (const { type, object } of resource.watch('', { resourceVersion: version }, signal)) {
        if (type === 'ERROR') break;
        if (type === 'DELETED') following.deleted(object);
        else if (type !== 'BOOKMARK') following.changed(object);
      }
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
    version = undefined;
    await clock.sleep(retryMs, signal).catch(() => {});
  }
}
