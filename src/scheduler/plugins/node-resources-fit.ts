import { maxNodeScore, type Plugin } from '../framework.ts';
import { type Amounts, requestsOf, scoredRequestsOf } from '../resources.ts';
import { unresolvable, unschedulable } from './refuse.ts';

const name = 'NodeResourcesFit';

/** Requests must fit into what a node has left; of the nodes where they do, the emptier are preferred (LeastAllocated). */
export const nodeResourcesFit: Plugin = {
  name,
  preFilter(state, pod) {
    state.data.set(name, requestsOf(pod));
    return undefined;
  },
  filter(state, _pod, node) {
    const requests = state.data.get(name) as Amounts;
    const reasons: string[] = [];
    let neverFits = false;
    if (node.pods.size + 1 > node.maxPods) reasons.push('Too many pods');
    for (const [resource, amount] of requests) {
      if (amount === 0) continue;
      const allocatable = node.allocatable.get(resource) ?? 0;
      if (amount <= allocatable - (node.requested.get(resource) ?? 0)) continue;
      reasons.push(`Insufficient ${resource}`);
      if (amount > allocatable) neverFits = true;
    }
    if (reasons.length === 0) return undefined;
    return neverFits ? unresolvable(name, ...reasons) : unschedulable(name, ...reasons);
  },
  preScore(state, pod) {
    state.data.set(`${name}/scored`, scoredRequestsOf(pod));
    return undefined;
  },
  score(state, _pod, node) {
    const scored = state.data.get(`${name}/scored`) as { cpu: number; memory: number };
    const parts = [
      leastAllocated(node.allocatable.get('cpu'), node.scoredCpu + scored.cpu),
      leastAllocated(node.allocatable.get('memory'), node.scoredMemory + scored.memory),
    ].filter((part) => part !== undefined);
    return parts.length === 0 ? 0 : Math.trunc(parts.reduce((sum, part) => sum + part, 0) / parts.length);
  },
  mayHelp: (event) =>
    event.resource === 'pod' ||
    (event.resource === 'node' && event.action !== 'delete') ||
    (event.resource === 'assignedPod' && event.action !== 'add'),
};

/** 0…100, or undefined where the node has none of the resource. */
function leastAllocated(allocatable: number | undefined, requested: number): number | undefined {
  if (!allocatable) return undefined;
  return requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxNodeScore) / allocatable);
}
