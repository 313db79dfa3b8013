import { node as nodes } from '../../../api/core/v1/node.ts';
import type { Node } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new node takes no pods before the node lifecycle controller has seen it ready. */
export function taintNodesByConditionPlugin(): AdmissionPlugin {
  return {
    name: 'TaintNodesByCondition',
    mutate(attributes) {
      if (attributes.operation !== 'CREATE' || !isFor(attributes, nodes)) return;
      const node = attributes.object as Node;
      const taints = node.spec?.taints ?? [];
      if (taints.some((taint) => taint.key === notReady.key && taint.effect === notReady.effect)) return;
      node.spec = { ...node.spec, taints: [...taints, { ...notReady }] };
    },
  };
}
