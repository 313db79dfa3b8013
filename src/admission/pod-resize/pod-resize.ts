import { node as nodes } from '../../../api/core/v1/node.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { parseQuantity, Quantity } from '../../../api/meta/quantity.ts';
import { podRequests } from '../../../api/meta/resources.ts';
import type { Node, Pod } from '../../../openapi/types.ts';
import { ApiError } from '../../registry/errors.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** PodResizeValidator: a pod is not resized beyond what its node has. */
export function podResizePlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'PodResizeValidator',
    async validate(attributes) {
      const { definition, operation, subresource } = attributes;
      if (operation !== 'UPDATE' || subresource !== 'resize' || definition !== pods) return;
      const [pod, before] = [attributes.object as Pod, attributes.old as Pod];
      const nodeName = pod.spec?.nodeName;
      if (!nodeName || pod.metadata!.generation === before.metadata!.generation) return;
      const node = (await lookup.get(nodes, '', nodeName)) as Node | undefined;
      if (!node) throw refuse(attributes, `node ${goQuote(nodeName)} not found`);
      checkNode(attributes, pod, node);
    },
  };
}

function checkNode(attributes: AdmissionAttributes, pod: Pod, node: Node): void {
  const os = node.metadata!.labels?.['kubernetes.io/os'] ?? 'linux';
  if (os !== 'linux') {
    const text = `pod resize is only supported on linux nodes, node ${goQuote(node.metadata!.name!)} is ${goQuote(os)}`;
    throw withCause(refuse(attributes, text), 'UnsupportedPlatform');
  }
  const requests = podRequests(pod.spec!);
  const lacking = (['cpu', 'memory'] as const).flatMap((resource) => {
    const requested = requests.get(resource) ?? Quantity.zero;
    const allocatable = parseQuantity(node.status?.allocatable?.[resource] ?? '0');
    if (requested.compare(allocatable) <= 0) return [];
    const print = (amount: Quantity) => (resource === 'cpu' ? amount.milliValue() : amount.value());
    return [`${resource}, requested: ${print(requested)}, allocatable: ${print(allocatable)}`];
  });
  if (lacking.length === 0) return;
  throw withCause(refuse(attributes, `node didn't have enough allocatable resources: ${lacking.join('; ')}`), 'NodeCapacity');
}

function withCause({ code, reason, message, details }: ApiError, cause: string): ApiError {
  return new ApiError(code, reason, message, { ...details, causes: [{ reason: cause }] });
}
