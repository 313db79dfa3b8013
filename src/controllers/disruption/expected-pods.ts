import { groupVersionOf, type KubeObject, type OwnerReference } from '../../../api/meta/object.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { isNotFound } from '../../runtime/errors.ts';
import type { Informers } from '../../runtime/informers.ts';
import { controllerOf } from '../../runtime/owners.ts';
import { getScale } from '../../runtime/scales.ts';
import type { ResourceCatalog } from '../context.ts';
import { deployments, replicaSets, replicationControllers, statefulSets } from '../resources.ts';

export interface ExpectedPods {
  readonly count: number;
  /** Names of pods that no controller manages, which say nothing of how many there should be. */
  readonly unmanaged: readonly string[];
}

/** Finds out how many pods there should be: as many as the controllers of those that there are ask for. */
export function createExpectedPods(
  client: Client,
  informers: Informers,
  catalog: ResourceCatalog,
): (pods: readonly KubeObject[]) => Promise<ExpectedPods> {
  const built = [replicationControllers, replicaSets, statefulSets, deployments].map((resource) => ({
    resource,
    informer: informers.for(resource),
  }));

  function known(namespace: string, owner: OwnerReference): KubeObject | undefined {
    const { informer } = built.find(({ resource }) => names(resource, owner)) ?? {};
    const object = informer?.get(namespace, owner.name);
    return object?.metadata?.uid === owner.uid ? object : undefined;
  }

  /** The one that asks for the pods of `owner`: of a ReplicaSet of a Deployment, the Deployment. */
  function topOf(namespace: string, owner: OwnerReference): { uid: string; replicas: number } | undefined {
    const object = known(namespace, owner);
    if (!object) return undefined;
    const above = names(replicaSets, owner) ? controllerOf(object) : undefined;
    if (above && names(deployments, above)) return topOf(namespace, above);
    return { uid: owner.uid, replicas: object.spec.replicas ?? 1 };
  }

  async function scaleOf(namespace: string, owner: OwnerReference): Promise<{ uid: string; replicas: number } | undefined> {
    const { group, version } = groupVersionOf(owner.apiVersion);
    const served = catalog.resources().filter((resource) => resource.group === group && resource.kind === owner.kind);
    const resource = served.find((candidate) => candidate.version === version) ?? served[0];
    if (!resource) throw new Error(`no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`);
    try {
      const scale = await getScale(client.resource(resource), namespace, owner.name);
      return scale.metadata!.uid === owner.uid ? { uid: owner.uid, replicas: scale.spec?.replicas ?? 0 } : undefined;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (resource.subresources?.some(({ name }) => name === 'scale')) return undefined;
      throw new Error(`${resource.plural}${group ? `.${group}` : ''} does not implement the scale subresource`);
    }
  }

  return async (pods) => {
    const scales = new Map<string, number>();
    const asked = new Set<string>();
    const unmanaged: string[] = [];
    for (const { metadata } of pods) {
      const owner = metadata!.ownerReferences?.find(({ controller }) => controller);
      if (!owner) unmanaged.push(metadata!.name!);
      if (!owner || asked.has(owner.uid)) continue;
      asked.add(owner.uid);
      const scale = topOf(metadata!.namespace!, owner) ?? (await scaleOf(metadata!.namespace!, owner));
      if (!scale) throw new Error(`found no controllers for pod "${metadata!.name}"`);
      scales.set(scale.uid, scale.replicas);
    }
    return { count: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  };
}

function names({ group, kind }: ResourceReference, owner: OwnerReference): boolean {
  const slash = owner.apiVersion.lastIndexOf('/');
  return owner.kind === kind && owner.apiVersion.slice(0, Math.max(0, slash)) === group;
}
