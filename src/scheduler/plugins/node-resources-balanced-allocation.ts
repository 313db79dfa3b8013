import { deviceResourcesOf } from '../devices/extended-resources.ts';
import type { Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { podAmounts } from '../resources.ts';
import { balanced, type DeviceAmounts, NodeShares, requestedOf, type WeightedResource } from './resource-scoring.ts';

const name = 'NodeResourcesBalancedAllocation';

export interface NodeResourcesBalancedAllocationArguments {
  readonly resources: readonly WeightedResource[];
}

export const defaultResources: readonly WeightedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** Prefers nodes whose resources would be used to the same share, of all that are configured. */
export function nodeResourcesBalancedAllocation(
  { resources }: NodeResourcesBalancedAllocationArguments = { resources: defaultResources },
  devices?: (resource: string, node: NodeInfo) => DeviceAmounts | undefined,
): Plugin {
  return {
    name,
    sign(pod) {
      const { text, requests } = podAmounts(pod);
      return devices && deviceResourcesOf(requests).length > 0 ? undefined : text;
    },
    preScore(state, pod) {
      const requested = requestedOf(resources, podAmounts(pod).taken);
      if (requested.every((amount) => amount === 0)) return 'skip';
      state.data.set(name, new NodeShares(resources, requested, false, devices));
      return undefined;
    },
    score: (state, _pod, node) => balanced((state.data.get(name) as NodeShares).of(node)),
  };
}
