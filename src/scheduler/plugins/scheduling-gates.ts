import type { Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

/** Pods with scheduling gates wait until these are taken away (KEP-3521). */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  events: [
    {
      resource: 'Pod',
      actions: ['updatePodSchedulingGatesEliminated'],
      hint: (pod, { object }) => object.metadata.uid === pod.metadata!.uid,
    },
  ],
  preEnqueue(pod) {
    const gates = (pod.spec?.schedulingGates ?? []).map((gate) => gate.name);
    return gates.length === 0 ? undefined : unresolvable('SchedulingGates', `waiting for scheduling gates: [${gates.join(' ')}]`);
  },
};
