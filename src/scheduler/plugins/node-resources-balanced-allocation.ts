import { maxNodeScore, type Plugin } from '../framework.ts';
import { type Amounts, requestsOf } from '../resources.ts';

const name = 'NodeResourcesBalancedAllocation';
const resources = ['cpu', 'memory'];

/** Prefers nodes on which CPU and memory would be used to the same share. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name,
  preScore(state, pod) {
    const requests = requestsOf(pod);
    if (resources.every((resource) => !requests.get(resource))) return 'skip';
    state.data.set(name, requests);
    return undefined;
  },
  score(state, _pod, node) {
    const requests = state.data.get(name) as Amounts;
    const shares: number[] = [];
    for (const resource of resources) {
      const allocatable = node.allocatable.get(resource);
      if (!allocatable) continue;
      shares.push(Math.min(1, ((node.requested.get(resource) ?? 0) + (requests.get(resource) ?? 0)) / allocatable));
    }
    const deviation = shares.length === 2 ? Math.abs(shares[0]! - shares[1]!) / 2 : 0;
    return Math.trunc((1 - deviation) * maxNodeScore);
  },
};
