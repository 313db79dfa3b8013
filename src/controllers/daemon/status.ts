import type { KubeObject } from '../../../api/meta/object.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { isPodReady } from '../../runtime/pods.ts';
import { byPlaceAndAge, type DaemonState, isAvailable } from './daemon-pods.ts';
import { isUpdated } from './placement.ts';

/** The status that follows from nodes and pods. @param observed whether everything that the generation asks for was begun */
export function daemonStatus(state: DaemonState, observed: boolean): Record<string, any> {
  const { set, hash, nodes, podsByNode } = state;
  const count = { current: 0, misscheduled: 0, desired: 0, ready: 0, updated: 0, available: 0 };
  for (const node of nodes) {
    const pods = podsByNode.get(node.metadata!.name!) ?? [];
    if (!state.placementOn(node).shouldRun) {
      if (pods.length > 0) count.misscheduled++;
      continue;
    }
    count.desired++;
    if (pods.length === 0) continue;
    count.current++;
    const pod: KubeObject = [...pods].sort(byPlaceAndAge)[0]!;
    if (isPodReady(pod)) {
      count.ready++;
      if (isAvailable(state, pod)) count.available++;
    }
    if (isUpdated(set, pod, hash)) count.updated++;
  }
  const { observedGeneration, collisionCount, conditions } = set.status ?? {};
  return omitZeros(
    {
      currentNumberScheduled: count.current,
      numberMisscheduled: count.misscheduled,
      desiredNumberScheduled: count.desired,
      numberReady: count.ready,
      observedGeneration: observed ? set.metadata!.generation : observedGeneration,
      updatedNumberScheduled: count.updated,
      numberAvailable: count.available,
      numberUnavailable: count.desired - count.available,
      collisionCount,
      conditions,
    },
    ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'collisionCount'],
  );
}
