import type { KubeObject } from '../../../api/meta/object.ts';
import { conditionOf } from '../../runtime/pods.ts';
import type { Taint } from '../tainteviction/tolerations.ts';

export const notReady = 'node.kubernetes.io/not-ready';
export const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';

// Which taint a condition in which state brings.
const byCondition: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: notReady, Unknown: unreachable },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const ours = new Set([unschedulable, ...Object.values(byCondition).flatMap((states) => Object.values(states))]);

/** The NoSchedule taints that a node's conditions ask for. */
function wantedNoSchedule(node: KubeObject): string[] {
  const keys: string[] = [];
  for (const [type, states] of Object.entries(byCondition)) {
    const key = states[conditionOf(node, type)?.status ?? ''];
    if (key) keys.push(key);
  }
  if (node.spec?.unschedulable) keys.push(unschedulable);
  return keys;
}

/**
 * A node's taints with ours as its conditions ask; undefined if they are so already.
 * @param noExecute the NoExecute taint that the node should have, if any; others of ours go
 */
export function adjustedTaints(node: KubeObject, noExecute: string | undefined, now: string): Taint[] | undefined {
  const current: Taint[] = node.spec?.taints ?? [];
  const wanted = new Map<string, Taint>();
  for (const key of wantedNoSchedule(node)) wanted.set(`${key}:NoSchedule`, { key, effect: 'NoSchedule', timeAdded: now });
  if (noExecute) wanted.set(`${noExecute}:NoExecute`, { key: noExecute, effect: 'NoExecute', timeAdded: now });
  const kept = current.filter((taint) => {
    const mine =
      (taint.effect === 'NoSchedule' && ours.has(taint.key)) ||
      (taint.effect === 'NoExecute' && (taint.key === notReady || taint.key === unreachable));
    // A taint that is there already keeps its time.
    return wanted.delete(`${taint.key}:${taint.effect}`) || !mine;
  });
  if (wanted.size === 0 && kept.length === current.length) return undefined;
  return [...kept, ...wanted.values()];
}

/** The NoExecute taint that a node in this state gets sooner or later. */
export function wantedNoExecute(node: KubeObject): string | undefined {
  return byCondition['Ready']![conditionOf(node, 'Ready')?.status ?? ''];
}
