import type { Node, Pod } from '../../../openapi/types.ts';
import { deviceResourcesOf } from '../devices/extended-resources.ts';
import type { Plugin, Refusal } from '../framework.ts';
import { NodeInfo } from '../node-info.ts';
import { amountsOf, isExtendedResource, podAmounts, type ReadonlyAmounts } from '../resources.ts';
import { defaultResources } from './node-resources-balanced-allocation.ts';
import { unresolvable, unschedulable } from './refuse.ts';
import {
  type DeviceAmounts,
  leastAllocated,
  mostAllocated,
  NodeShares,
  requestedOf,
  requestedToCapacityRatio,
  type ShapePoint,
  type Strategy,
  type WeightedResource,
} from './resource-scoring.ts';

const name = 'NodeResourcesFit';
const scoredKey = `${name}/scored`;

export interface NodeResourcesFitArguments {
  readonly ignoredResources: readonly string[];
  readonly ignoredResourceGroups: readonly string[];
  readonly scoringStrategy: {
    readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
    readonly resources: readonly WeightedResource[];
    readonly requestedToCapacityRatio?: { readonly shape: readonly ShapePoint[] };
  };
}

export const defaultFitArguments: NodeResourcesFitArguments = {
  ignoredResources: [],
  ignoredResourceGroups: [],
  scoringStrategy: { type: 'LeastAllocated', resources: defaultResources },
};

/** Extended resources that a device class serves. */
export interface DeviceBackedResources {
  readonly has: (resource: string) => boolean;
  readonly amounts?: (resource: string, node: NodeInfo) => DeviceAmounts | undefined;
}

/** Requests must fit into what a node has left; of the nodes where they do, the strategy prefers some. */
export function nodeResourcesFit(arguments_ = defaultFitArguments, devices?: DeviceBackedResources): Plugin {
  const { ignoredResources, ignoredResourceGroups, scoringStrategy } = arguments_;
  const { resources } = scoringStrategy;
  const strategy = strategyOf(scoringStrategy);
  const ignores = (resource: string) =>
    isExtendedResource(resource) &&
    (ignoredResources.includes(resource) || ignoredResourceGroups.includes(resource.slice(0, resource.indexOf('/'))));
  // What a device class serves is not this plugin's matter on nodes that have none of it themselves.
  const servedByDevices = (resource: string, node: NodeInfo) => !node.allocatable.get(resource) && Boolean(devices?.has(resource));
  const lacking = (
    requests: readonly (readonly [string, number])[],
    node: NodeInfo,
    ignored: (resource: string) => boolean,
  ): Refusal | undefined => {
    let reasons: string[] | undefined;
    let neverFits = false;
    if (node.pods.size + 1 > node.maxPods) reasons = ['Too many pods'];
    for (const [resource, amount] of requests) {
      if (amount === 0) continue;
      const allocatable = node.allocatableOf(resource);
      if (amount <= allocatable - node.requestedOf(resource)) continue;
      if (ignored(resource) || servedByDevices(resource, node)) continue;
      (reasons ??= []).push(`Insufficient ${resource}`);
      if (amount > allocatable) neverFits = true;
    }
    if (!reasons) return undefined;
    return neverFits ? unresolvable(name, ...reasons) : unschedulable(name, ...reasons);
  };
  return {
    name,
    events: [
      {
        resource: 'Pod',
        actions: ['delete', 'updatePodScaleDown'],
        hint(pod, { object, old }) {
          if (!object) return Boolean(old.spec.nodeName || old.status?.nominatedNodeName);
          return mayGainFrom(pod, object, old);
        },
      },
      {
        resource: 'Node',
        actions: ['add', 'updateNodeAllocatable'],
        hint(pod, { object, old }) {
          const { requests } = podAmounts(pod);
          if (lacking([...requests], new NodeInfo(object), () => false)) return false;
          return !old || hasMore(requests, object, old, (resource) => Boolean(devices?.has(resource)));
        },
      },
      {
        resource: 'DeviceClass',
        actions: ['add', 'update'],
        hint(pod, { object, old }) {
          const { requests } = podAmounts(pod);
          const served = object.spec?.extendedResourceName;
          if (old ? old.spec?.extendedResourceName === served : requests.has(`deviceclass.resource.kubernetes.io/${object.metadata.name}`))
            return !old;
          return served !== undefined && requests.has(served);
        },
      },
    ],
    // What a device class serves may change without the node.
    sign(pod) {
      const { text, requests } = podAmounts(pod);
      return devices && deviceResourcesOf(requests).length > 0 ? undefined : text;
    },
    preFilter(state, pod) {
      state.data.set(name, [...podAmounts(pod).requests]);
      return undefined;
    },
    filter: (state, _pod, node) => lacking(state.data.get(name) as [string, number][], node, ignores),
    preScore(state, pod) {
      const { taken, scoredRequests } = podAmounts(pod);
      const requested = requestedOf(resources, taken, scoredRequests);
      state.data.set(scoredKey, new NodeShares(resources, requested, true, devices?.amounts));
      return undefined;
    },
    score: (state, _pod, node) => strategy((state.data.get(scoredKey) as NodeShares).of(node)),
  };
}

function strategyOf({ type, requestedToCapacityRatio: ratio }: NodeResourcesFitArguments['scoringStrategy']): Strategy {
  if (type === 'MostAllocated') return mostAllocated;
  return type === 'LeastAllocated' ? leastAllocated : requestedToCapacityRatio(ratio!.shape);
}

/** Whether a pod on a node, or the waiting pod itself, now takes less of something that the waiting pod needs. */
function mayGainFrom(waiting: Pod, pod: Pod, old: Pod): boolean {
  if (pod.metadata!.uid === waiting.metadata!.uid) return true;
  if (!pod.spec!.nodeName) return false;
  const [before, now] = [podAmounts(old).taken, podAmounts(pod).taken];
  return [...podAmounts(waiting).requests].some(
    ([resource, amount]) => amount > 0 && (before.get(resource) ?? 0) > (now.get(resource) ?? 0),
  );
}

function hasMore(requests: ReadonlyAmounts, node: Node, old: Node, servedByDevices: (resource: string) => boolean): boolean {
  const [before, now] = [amountsOf(old.status?.allocatable), amountsOf(node.status?.allocatable)];
  const grew = (resource: string) => (now.get(resource) ?? 0) > (before.get(resource) ?? 0);
  return grew('pods') || [...requests].some(([resource, amount]) => amount > 0 && (grew(resource) || servedByDevices(resource)));
}
