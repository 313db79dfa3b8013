import { service as serviceDefinition } from '../../../api/core/v1/service.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { Quantity } from '../../../api/meta/quantity.ts';
import { objectCountName, one, type QuotaEvaluator } from './evaluator.ts';

const countName = objectCountName(serviceDefinition);
const names = new Set([countName, 'services', 'services.nodeports', 'services.loadbalancers']);

/** Services, the node ports that they have or will get, and load balancers. */
export const serviceEvaluator: QuotaEvaluator = {
  handles: ({ subresource }) => subresource === '',
  matchingResources: (wanted) => wanted.filter((name) => names.has(name)),
  matchesScope: () => false,
  usage: (service) =>
    new Map([
      [countName, one],
      ['services', one],
      ['services.nodeports', Quantity.of(nodePorts(service))],
      ['services.loadbalancers', Quantity.of(service.spec?.type === 'LoadBalancer' ? 1 : 0)],
    ]),
  replenishes: (service, old) => countedType(service) !== countedType(old),
};

function nodePorts({ spec }: KubeObject): number {
  const ports: { nodePort?: number }[] = spec?.ports ?? [];
  if (spec?.type === 'NodePort') return ports.length;
  if (spec?.type !== 'LoadBalancer') return 0;
  return spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
}

function countedType({ spec }: KubeObject): string {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer' ? spec.type : '';
}
