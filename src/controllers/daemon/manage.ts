import type { KubeObject } from '../../../api/meta/object.ts';
import { isPodReady } from '../../runtime/pods.ts';
import { byPlaceAndAge, type Changes, type DaemonState, isAvailable } from './daemon-pods.ts';
import { hashLabel } from './placement.ts';
import { boundsOf } from './rolling-update.ts';

export interface Ended {
  /** Asked once for each pod that ended by itself: whether it is to be deleted now, or later for failing too often. */
  mayRemove(pod: KubeObject, node: string): boolean;
}

/** One pod on each node where one belongs, whatever its template; none elsewhere. */
export function manage(state: DaemonState, ended: Ended): Changes {
  const changes: Changes = { remove: [], create: [] };
  const known = new Set<string>();
  const surges = boundsOf(state).surge > 0;
  for (const node of state.nodes) {
    known.add(node.metadata!.name!);
    manageNode(state, node, surges, ended, changes);
  }
  // A pod for a node that is gone will never be bound, and nobody else deletes it.
  for (const [node, pods] of state.podsByNode) {
    if (!known.has(node)) changes.remove.push(...pods.filter((pod) => !pod.spec.nodeName));
  }
  return changes;
}

function manageNode(state: DaemonState, node: KubeObject, surges: boolean, ended: Ended, { remove, create }: Changes): void {
  const { shouldRun, mayStay } = state.placementOn(node);
  const name = node.metadata!.name!;
  const pods = state.podsByNode.get(name);
  if (shouldRun && !pods) create.push(name);
  else if (!mayStay) remove.push(...(pods ?? []).filter((pod) => !pod.metadata!.deletionTimestamp));
  else if (pods) {
    const alive: KubeObject[] = [];
    for (const pod of pods) {
      if (pod.metadata!.deletionTimestamp) continue;
      const { phase } = pod.status ?? {};
      if (phase !== 'Failed' && phase !== 'Succeeded') alive.push(pod);
      else if (ended.mayRemove(pod, name)) remove.push(pod);
    }
    alive.sort(byPlaceAndAge);
    if (!surges) remove.push(...alive.slice(1));
    else if (alive.length > 1) remove.push(...superfluous(state, alive));
    else if (alive.length === 0 && shouldRun) create.push(name);
  }
}

// While one node is surged there may be two: the oldest of the new template as long as it is not available, and the oldest of the others as long as it is ready.
function superfluous(state: DaemonState, alive: readonly KubeObject[]): KubeObject[] {
  const isNew = (pod: KubeObject) => pod.metadata!.labels?.[hashLabel] === state.hash;
  const newPod = alive.find(isNew);
  const oldPod = alive.find((pod) => !isNew(pod));
  const rest = alive.filter((pod) => pod !== newPod && pod !== oldPod);
  if (!newPod || !oldPod) return rest;
  return !isPodReady(oldPod) || isAvailable(state, newPod) ? [...rest, oldPod] : rest;
}
