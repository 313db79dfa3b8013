import type { Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

/** A pod that names its node goes nowhere else. */
export const nodeName: Plugin = {
  name: 'NodeName',
  events: [{ resource: 'Node', actions: ['add'] }],
  sign: ({ spec }) => spec?.nodeName ?? '',
  filter(_state, pod, node) {
    const wanted = pod.spec?.nodeName;
    return !wanted || wanted === node.name ? undefined : unresolvable('NodeName', "node(s) didn't match the requested node name");
  },
};
