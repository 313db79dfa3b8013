import { tolerates } from '../../runtime/node-selection.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter(_state, pod, { node }) {
    if (!node.spec?.unschedulable || tolerates(pod.spec?.tolerations ?? [], taint)) return undefined;
    return unresolvable('NodeUnschedulable', 'node(s) were unschedulable');
  },
  mayHelp: (event) =>
    (event.resource === 'node' && event.action !== 'delete' && !event.object.spec?.unschedulable) || event.resource === 'pod',
};
