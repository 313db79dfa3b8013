import { inParallel } from '../machinery/parallel.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admit, deleteObject } from './delete.ts';
import { ApiError } from './errors.ts';
import { listObjects, type ObjectList } from './list.ts';
import type { Operation } from './operation.ts';
import type { DeleteOptions, ListOptions } from './options.ts';
import type { ResourceStore } from './resource-store.ts';
import type { Selection } from './selection.ts';

const pageSize = 10_000;
const workers = 8;

/**
 * Deletes all that a selection selects, page by page, each object as a delete of its own would.
 * @returns the list of what there was
 * @throws ApiError of the first delete that fails; what went before it is gone, and nothing after one that admission refuses
 */
export async function deleteCollection(
  store: ResourceStore,
  selection: Selection,
  list: ListOptions,
  options: DeleteOptions,
  operation: Operation,
): Promise<ObjectList> {
  const items: StoredObject[] = [];
  let page: ListOptions = { ...list, limit: list.limit > 0 ? list.limit : pageSize };
  let metadata: ObjectList['metadata'] | undefined;
  for (;;) {
    const found = await listObjects(store, selection, page);
    await deleteAll(store, found.items, options, operation);
    items.push(...found.items);
    metadata ??= found.metadata;
    const next = found.metadata.continue;
    if (list.limit > 0) return found;
    if (next === undefined) return { items, metadata: { resourceVersion: metadata.resourceVersion } };
    page = { ...page, continue: next, resourceVersion: '', resourceVersionMatch: '' };
  }
}

// Several are written at a time, but admission hears of one after the other, as from kube-apiserver, which deletes so: what comes after a refused one stays.
function deleteAll(store: ResourceStore, items: readonly StoredObject[], options: DeleteOptions, operation: Operation): Promise<void> {
  let turn = Promise.resolve();
  return inParallel(items, workers, async (item) => {
    const { name, namespace = '' } = item.object.metadata!;
    const own = { ...operation, namespace, ofCollection: true };
    const before = turn;
    let ended!: () => void;
    let refused!: (error: unknown) => void;
    const judged = new Promise<void>((resolve, reject) => {
      ended = resolve;
      refused = reject;
    });
    turn = before.then(() => judged);
    for (const promise of [judged, turn]) promise.catch(() => {}); // whoever comes next throws it, and perhaps nobody does
    try {
      await deleteObject(store, name!, options, own, async (object) => {
        await before;
        await admit(store, name!, object, own);
        ended();
      });
      ended();
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) {
        refused(error);
        throw error;
      }
      ended();
    }
  });
}
