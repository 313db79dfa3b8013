import type { ResourceDefinition } from '../../../api/define.ts';
import { deleteCollection } from '../../registry/delete-collection.ts';
import type { Operation } from '../../registry/operation.ts';
import { defaultListOptions } from '../../registry/options.ts';
import { apiServerUser } from '../../registry/own-user.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Selection } from '../../registry/selection.ts';

const everything: Selection = { namespace: '', name: undefined, filter: undefined };
const operation: Operation = { user: apiServerUser, namespace: '', subresource: '', dryRun: false, options: undefined, warn: () => {} };

/** Deletes all objects of a custom resource, in all namespaces, and waits until the last has gone. @throws ApiError, or the signal's reason */
export async function deleteInstances(registry: Registry, definition: ResourceDefinition, signal: AbortSignal): Promise<void> {
  const store = registry.store(definition);
  await deleteCollection(store, everything, defaultListOptions, {}, operation);
  const cache = await store.readyCache();
  await new Promise<void>((resolve, reject) => {
    const keys = new Set<string>();
    let listed = false;
    let stop = (): void => {};
    const finish = (error?: unknown): void => {
      stop();
      signal.removeEventListener('abort', aborted);
      if (error === undefined) resolve();
      else reject(error);
    };
    const aborted = (): void => finish(signal.reason);
    const look = (): void => {
      if (listed && keys.size === 0) finish();
    };
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    const sink = {
      events(events: readonly { readonly type: string; readonly stored: { readonly key: string } }[]) {
        for (const { type, stored } of events) {
          if (type === 'DELETED') keys.delete(stored.key);
          else keys.add(stored.key);
        }
        look();
      },
      bookmark() {},
      initialEventsEnd() {
        listed = true;
        look();
      },
      ended: finish,
    };
    cache.watch({ scope: { prefix: store.prefix }, from: 'state' }, sink).then((watch) => {
      stop = () => watch.stop();
      if (signal.aborted || (listed && keys.size === 0)) watch.stop();
    }, finish);
  });
}
