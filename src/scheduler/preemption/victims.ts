import { type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { Pod, PodDisruptionBudget } from '../../../openapi/types.ts';
import type { CycleState } from '../cycle-state.ts';
import { type Filtering, priorityOf } from '../filtering.ts';
import type { Refusal } from '../framework.ts';
import type { NodeInfo, PodInfo } from '../node-info.ts';
import { unresolvable } from '../plugins/refuse.ts';

export interface Victims {
  /** The most important first. */
  readonly victims: readonly Pod[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

/**
 * The fewest less important pods that must go for the pod to fit: all of them are taken away, then as many as possible come back, the ones
 * that a budget protects first. @param state, node copies, which are changed
 */
export function selectVictims(
  filtering: Filtering,
  state: CycleState,
  pod: Pod,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Victims | { readonly refusal: Refusal } {
  const potential = [...node.pods.values()].filter((info) => priorityOf(info.pod) < priorityOf(pod));
  for (const info of potential) filtering.removePod(state, pod, info, node);
  if (potential.length === 0) return { refusal: unresolvable('', 'No preemption victims found for incoming pod') };
  const refusal = filtering.checkWithNominated(state, pod, node);
  if (refusal) return { refusal };
  potential.sort((a, b) => byImportance(a.pod, b.pod));
  const [violating, others] = splitByBudgets(potential, budgets);
  const victims: Pod[] = [];
  const reprieves = (info: PodInfo): boolean => {
    filtering.addPod(state, pod, info, node);
    if (!filtering.checkWithNominated(state, pod, node)) return true;
    filtering.removePod(state, pod, info, node);
    victims.push(info.pod);
    return false;
  };
  let violations = 0;
  for (const info of violating) if (!reprieves(info)) violations++;
  for (const info of others) reprieves(info);
  if (victims.length === 0) throw new Error(`expected at least one victim pod on node "${node.name}"`);
  return { victims: victims.sort(byImportance), violations };
}

/** The higher priority first, then the one that started first. A pod that has not started started now. */
export function byImportance(a: Pod, b: Pod): number {
  const difference = priorityOf(b) - priorityOf(a);
  if (difference !== 0) return difference;
  return startOf(a) - startOf(b) || 0;
}

export function startOf({ status }: Pod): number {
  return status?.startTime ? Date.parse(status.startTime) : Number.MAX_SAFE_INTEGER;
}

function splitByBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): [violating: PodInfo[], others: PodInfo[]] {
  const allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const selectors = budgets.map(({ spec }) => selectorFromObject(spec?.selector as LabelSelectorObject | undefined));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    const { namespace, name, labels = {} } = info.pod.metadata!;
    let violates = false;
    for (const [i, { metadata, status }] of budgets.entries()) {
      if (metadata!.namespace !== namespace || Object.keys(labels).length === 0) continue;
      // A pod that is on its way out already has been counted.
      if (selectors[i]!.isEverything() || !selectors[i]!.matches(labels) || status?.disruptedPods?.[name!]) continue;
      allowed[i]!--;
      if (allowed[i]! < 0) violates = true;
    }
    (violates ? violating : others).push(info);
  }
  return [violating, others];
}
