import { persistentVolume as persistentVolumes } from '../../api/core/v1/persistentvolume.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { ResourceDefinition } from '../../api/define.ts';
import { resourceSlice as resourceSlices } from '../../api/resource.k8s.io/v1/resourceslice.ts';
import { volumeAttachment as volumeAttachments } from '../../api/storage.k8s.io/v1/volumeattachment.ts';
import type { PersistentVolume, Pod } from '../../openapi/types.ts';
import { type NodeObjects, nodeOfSpec } from '../auth/authorize/node-relations.ts';
import { listObjects } from '../registry/list.ts';
import { fromCache, registryLookup } from '../registry/lookup.ts';
import type { Registry } from '../registry/registry.ts';
import { parseSelection, parseSelectors } from '../registry/selection.ts';

/** What the node authorizer reads, from the server's caches. */
export function nodeObjects(registry: () => Registry): NodeObjects {
  const list = async (definition: ResourceDefinition, namespace: string, fields: string) => {
    const store = registry().store(definition);
    const { items } = await listObjects(store, parseSelection(store, namespace, parseSelectors('', fields)), fromCache);
    return items.map(({ object }) => object);
  };
  const get = (definition: ResourceDefinition, name: string) => registryLookup(registry()).get(definition, '', name);
  return {
    podsOn: async (node, namespace) => (await list(pods, namespace, `spec.nodeName=${node}`)) as Pod[],
    persistentVolume: async (name) => (await get(persistentVolumes, name)) as PersistentVolume | undefined,
    persistentVolumes: async () => (await list(persistentVolumes, '', '')) as PersistentVolume[],
    nodeOfAttachment: async (name) => nodeOfSpec(await get(volumeAttachments, name)),
    nodeOfSlice: async (name) => nodeOfSpec(await get(resourceSlices, name)),
  };
}
