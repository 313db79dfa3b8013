import type { Pod } from '../../../openapi/types.ts';
import { tolerates } from '../../runtime/node-selection.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const name = 'NodeUnschedulable';
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name,
  events: [
    {
      resource: 'Node',
      actions: ['add', 'updateNodeTaint'],
      hint: (_pod, { object, old }) => !object.spec?.unschedulable && (!old || Boolean(old.spec?.unschedulable)),
    },
    {
      resource: 'Pod',
      actions: ['updatePodToleration'],
      hint: (pod, { object }) => pod.metadata!.uid === object.metadata.uid && toleratesIt(object),
    },
  ],
  sign: ({ spec }) => JSON.stringify(spec?.tolerations) ?? '',
  filter(_state, pod, { node }) {
    return !node.spec?.unschedulable || toleratesIt(pod) ? undefined : unresolvable(name, 'node(s) were unschedulable');
  },
};

function toleratesIt({ spec }: Pod): boolean {
  return tolerates(spec?.tolerations ?? [], taint);
}
