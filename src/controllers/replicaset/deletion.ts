import type { KubeObject } from '../../../api/meta/object.ts';
import { compareForDeletion } from '../../runtime/pods.ts';

/**
 * The `count` pods to give up. Pods on nodes that hold more of the related pods (those of all owners with the same controller) go first.
 * @param related of the same Deployment, this owner's included
 */
export function podsToDelete(active: readonly KubeObject[], related: readonly KubeObject[], count: number, now: number): KubeObject[] {
  if (count >= active.length) return [...active];
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName;
    if (node) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const rank = (pod: KubeObject) => perNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...active].sort(compareForDeletion(rank, now)).slice(0, count);
}
