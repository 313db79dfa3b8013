import type { Taint, Toleration } from '../../../openapi/types.ts';
import { keepsOff, tolerates } from '../../runtime/node-selection.ts';
import { normalizeByHighest, type Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const name = 'TaintToleration';

/** Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with few taints of the milder sort. */
export const taintToleration: Plugin = {
  name,
  events: [
    {
      resource: 'Node',
      actions: ['add', 'updateNodeTaint'],
      hint(pod, { object, old }) {
        const tolerations = pod.spec?.tolerations ?? [];
        return !keepsOff(object.spec?.taints, tolerations) && (!old || keepsOff(old.spec?.taints, tolerations));
      },
    },
    { resource: 'Pod', actions: ['updatePodToleration'], hint: (pod, { object }) => pod.metadata!.uid === object.metadata.uid },
  ],
  sign: ({ spec }) => JSON.stringify(spec?.tolerations) ?? '',
  filter(_state, pod, { node }) {
    const tolerations = pod.spec?.tolerations ?? [];
    return keepsOff(node.spec?.taints, tolerations) ? unresolvable(name, 'node(s) had untolerated taint(s)') : undefined;
  },
  preScore(state, pod) {
    const mild = (pod.spec?.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    state.data.set(name, mild);
    return undefined;
  },
  score(state, _pod, { node }) {
    const tolerations = state.data.get(name) as Toleration[];
    let untolerated = 0;
    for (const taint of (node.spec?.taints ?? []) as Taint[]) {
      if (taint.effect === 'PreferNoSchedule' && !tolerates(tolerations, taint)) untolerated++;
    }
    return untolerated;
  },
  normalize: (_state, _pod, scores) => normalizeByHighest(scores, true),
};
