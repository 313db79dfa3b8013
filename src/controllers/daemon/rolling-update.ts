import type { KubeObject } from '../../../api/meta/object.ts';
import { scaledValue } from '../../runtime/int-or-percent.ts';
import { type Changes, type DaemonState, isAvailable, newAndOld } from './daemon-pods.ts';

/** How many pods an update may add to the nodes, or leave unavailable, of those where one belongs. */
export function boundsOf(state: DaemonState): { surge: number; unavailable: number; wanted: number } {
  const { type, rollingUpdate } = state.set.spec.updateStrategy ?? {};
  const wanted = state.nodes.filter((node) => state.placementOn(node).shouldRun).length;
  if (type !== 'RollingUpdate' || !rollingUpdate) return { surge: 0, unavailable: 0, wanted };
  const surge = scaledValue(rollingUpdate.maxSurge, wanted, true);
  const unavailable = scaledValue(rollingUpdate.maxUnavailable, wanted, true);
  return { surge, unavailable: wanted > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable, wanted };
}

/** The next step of a rolling update, on nodes that `manage` has left alone. */
export function rollingUpdate(state: DaemonState): Changes {
  const nodes = new Set([...state.podsByNode.keys(), ...state.nodes.filter((node) => state.placementOn(node).shouldRun).map(nameOf)]);
  return boundsOf(state).surge === 0 ? replace(state, nodes) : surge(state, nodes);
}

const nameOf = (node: KubeObject): string => node.metadata!.name!;

/** Without surge: deletes old pods, those first that are of no use anyway. */
function replace(state: DaemonState, nodes: Iterable<string>): Changes {
  const useless: KubeObject[] = [];
  const candidates: KubeObject[] = [];
  let unavailable = 0;
  for (const node of nodes) {
    const found = newAndOld(state, state.podsByNode.get(node));
    const { newPod, oldPod } = found ?? {};
    // Two of a kind, none, or one of each: `manage` will settle it, meanwhile nothing is available there.
    if (!found || Boolean(newPod) === Boolean(oldPod)) unavailable++;
    else if (newPod) unavailable += isAvailable(state, newPod) ? 0 : 1;
    else if (isAvailable(state, oldPod!)) candidates.push(oldPod!);
    else {
      useless.push(oldPod!);
      unavailable++;
    }
  }
  const room = Math.max(0, boundsOf(state).unavailable - unavailable);
  return { remove: [...useless, ...candidates.slice(0, room)], create: [] };
}

/** With surge: adds new pods beside old ones, and deletes an old one when the new one is available. @throws Error while there is an old pod of a node that is gone */
function surge(state: DaemonState, names: Iterable<string>): Changes {
  const nodes = new Map(state.nodes.map((node) => [nameOf(node), node]));
  const { surge: most, wanted } = boundsOf(state);
  const remove: KubeObject[] = [];
  const misplaced: KubeObject[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const name of names) {
    const found = newAndOld(state, state.podsByNode.get(name));
    if (!found) {
      surging++;
      continue;
    }
    const { newPod, oldPod } = found;
    const counted = oldPod ?? newPod;
    if (counted && isAvailable(state, counted)) available++;
    if (!oldPod) continue;
    if (newPod) {
      if (isAvailable(state, newPod)) remove.push(oldPod);
      else surging++;
      continue;
    }
    const node = nodes.get(name);
    // The update waits until the pods of a node that is gone are gone, too.
    if (!node) throw new Error(`couldn't get node for nodeName "${name}": node "${name}" not found`);
    const belongs = state.placementOn(node).shouldRun;
    if (!isAvailable(state, oldPod)) {
      if (belongs) urgent.push(name);
      else remove.push(oldPod);
    } else if (belongs) candidates.push(name);
    else misplaced.push(oldPod);
  }
  // A pod where none belongs any more stays until another is available elsewhere.
  remove.push(...misplaced.slice(0, Math.max(0, available - wanted)));
  return { remove, create: [...urgent, ...candidates.slice(0, Math.max(0, most - surging))] };
}
