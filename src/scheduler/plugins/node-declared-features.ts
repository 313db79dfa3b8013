import type { Pod } from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from './refuse.ts';

const name = 'NodeDeclaredFeatures';

/** Pods that need a kubelet's feature go only to nodes that declare it (KEP-5328). */
export const nodeDeclaredFeatures: Plugin = {
  name,
  events: [
    {
      resource: 'Node',
      actions: ['add', 'updateNodeDeclaredFeature'],
      hint: (_pod, { object, old }) => !old || !sameJson(object.status?.declaredFeatures ?? [], old.status?.declaredFeatures ?? []),
    },
    {
      resource: 'Pod',
      actions: ['update'],
      hint: (pod, { object, old }) =>
        pod.metadata!.uid === object.metadata.uid && !sameJson(featuresNeededBy(object), featuresNeededBy(old)),
    },
  ],
  sign: (pod) => featuresNeededBy(pod).join(),
  preFilter(state, pod) {
    const needed = featuresNeededBy(pod);
    if (needed.length === 0) return { skip: true };
    state.data.set(name, needed);
    return undefined;
  },
  filter(state, _pod, { node }) {
    const declared: readonly string[] = (node.status as any)?.declaredFeatures ?? [];
    const needed = state.data.get(name) as string[];
    return needed.every((feature) => declared.includes(feature))
      ? undefined
      : unresolvable(name, "node(s) didn't match Pod's required features");
  },
};

function featuresNeededBy({ spec }: Pod): string[] {
  const needed: string[] = [];
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const restartsAll = containers.some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
  );
  if (restartsAll) needed.push('RestartAllContainersOnContainerExits');
  if (spec?.hostNetwork && spec.hostUsers === false) needed.push('UserNamespacesHostNetworkSupport');
  return needed;
}
