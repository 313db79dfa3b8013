import { inParallel } from '../machinery/parallel.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { deleteObject } from './delete.ts';
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
 * @throws ApiError of the first delete that fails; what went before it is gone
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

function deleteAll(store: ResourceStore, items: readonly StoredObject[], options: DeleteOptions, operation: Operation): Promise<void> {
  return inParallel(items, workers, async (item) => {
    const { name, namespace = '' } = item.object.metadata!;
    try {
      await deleteObject(store, name!, options, { ...operation, namespace, ofCollection: true });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  });
}
