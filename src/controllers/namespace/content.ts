import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import { isMethodNotAllowed, isNotFound, messageOf, unlessNotFound } from '../../runtime/errors.ts';
import type { ResourceCatalog, ServedResource } from '../context.ts';
import { pods as podResource } from '../resources.ts';

/** What is left in a namespace after everything in it was asked to go. */
export interface Remaining {
  /** Instances by `resource.group`. */
  readonly resources: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly failures: string[];
  /** Pods are left: nothing else was looked at. */
  awaitsPods: boolean;
  /** Groups and versions of which nothing is known: there may be something of them. */
  readonly undiscovered: ReturnType<ResourceCatalog['failing']>;
}

export function isEmpty(remaining: Remaining): boolean {
  return remaining.resources.size === 0 && remaining.failures.length === 0 && remaining.undiscovered.length === 0;
}

/** Deletes all objects of a namespace: the pods first, the rest once they are gone, so that nothing they use goes before them. */
export async function deleteContent(client: Client, catalog: ResourceCatalog, namespace: string): Promise<Remaining> {
  const remaining: Remaining = {
    resources: new Map(),
    finalizers: new Map(),
    failures: [],
    awaitsPods: false,
    undiscovered: catalog.failing(),
  };
  const deletable = catalog.resources().filter((resource) => resource.scope === 'Namespaced' && resource.verbs.includes('delete'));
  const arePods = (resource: ServedResource) => resource.group === podResource.group && resource.plural === podResource.plural;
  for (const first of [true, false]) {
    const now = deletable.filter((resource) => arePods(resource) === first);
    await Promise.all(now.map((resource) => deleteAll(client, resource, namespace, remaining)));
    if (!first || (remaining.resources.size === 0 && remaining.failures.length === 0)) continue;
    remaining.awaitsPods = remaining.resources.size > 0;
    break;
  }
  return remaining;
}

async function deleteAll(client: Client, resource: ServedResource, namespace: string, remaining: Remaining): Promise<void> {
  const api = client.resource(resource);
  try {
    let items = await listAll();
    if (items.length === 0) return;
    if (resource.verbs.includes('deletecollection')) await api.deleteCollection(namespace, {}, { propagationPolicy: 'Background' });
    else for (const item of items) await unlessNotFound(api.delete(namespace, item.metadata!.name!, { propagationPolicy: 'Background' }));
    items = await listAll();
    if (items.length > 0) remaining.resources.set(`${resource.plural}.${resource.group}`, items.length);
    for (const item of items) {
      for (const finalizer of item.metadata!.finalizers ?? [])
        remaining.finalizers.set(finalizer, (remaining.finalizers.get(finalizer) ?? 0) + 1);
    }
  } catch (error) {
    // Not served (any more): there is nothing of it.
    if (!isNotFound(error) && !isMethodNotAllowed(error)) remaining.failures.push(messageOf(error));
  }

  async function listAll(): Promise<readonly KubeObject[]> {
    return resource.verbs.includes('list') ? (await api.list(namespace)).items : [];
  }
}
