import { claimNames, configMapNames, resourceClaimNames, secretNames, volumeUsesSecret } from '../../../api/core/v1/pod-references.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { PersistentVolume, Pod } from '../../../openapi/types.ts';

/** How the node authorizer reads the cluster. */
export interface NodeObjects {
  /** Pods that are bound to a node, in one namespace. @param namespace '' for all */
  podsOn(node: string, namespace: string): Promise<readonly Pod[]>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  persistentVolumes(): Promise<readonly PersistentVolume[]>;
  /** A VolumeAttachment or ResourceSlice. */
  nodeOfAttachment(name: string): Promise<string | undefined>;
  nodeOfSlice(name: string): Promise<string | undefined>;
}

/** What an object must have to do with a node for its kubelet to see it. Answers are worked out when they are asked for: kubelets ask rarely. */
export type Relation = (objects: NodeObjects, node: string, namespace: string, name: string) => Promise<boolean>;

const usedBy =
  (names: (pod: Pod) => Set<string>): Relation =>
  async (objects, node, namespace, name) =>
    (await objects.podsOn(node, namespace)).some((pod) => names(pod).has(name));

export const usesConfigMap = usedBy(configMapNames);
export const usesClaim = usedBy(claimNames);
export const usesResourceClaim = usedBy(resourceClaimNames);
export const runsAs = usedBy(({ spec }) => new Set([spec?.serviceAccountName ?? '']));
export const runsPod = usedBy(({ metadata }) => new Set([metadata?.name ?? '']));

/** Of a pod itself, or of a volume that one of the node's pods claims. */
export async function usesSecret(objects: NodeObjects, node: string, namespace: string, name: string): Promise<boolean> {
  if (await usedBy(secretNames)(objects, node, namespace, name)) return true;
  const volumes = (await objects.persistentVolumes()).filter((volume) => volumeUsesSecret(volume, namespace, name));
  return some(volumes, (volume) => isClaimedOn(objects, node, volume));
}

export async function usesVolume(objects: NodeObjects, node: string, _namespace: string, name: string): Promise<boolean> {
  const volume = await objects.persistentVolume(name);
  return volume !== undefined && isClaimedOn(objects, node, volume);
}

export async function isAttachedTo(objects: NodeObjects, node: string, _namespace: string, name: string): Promise<boolean> {
  return (await objects.nodeOfAttachment(name)) === node;
}

export async function offersSlice(objects: NodeObjects, node: string, _namespace: string, name: string): Promise<boolean> {
  return (await objects.nodeOfSlice(name)) === node;
}

async function isClaimedOn(objects: NodeObjects, node: string, { spec }: PersistentVolume): Promise<boolean> {
  const claim = spec?.claimRef;
  return claim?.name !== undefined && usesClaim(objects, node, claim.namespace ?? '', claim.name);
}

async function some<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (await test(item)) return true;
  return false;
}

/** The node that an object names in its spec. */
export function nodeOfSpec(object: KubeObject | undefined): string | undefined {
  return object?.['spec']?.nodeName;
}
