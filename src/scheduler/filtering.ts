import type { Pod } from '../../openapi/types.ts';
import { messageOf } from '../runtime/errors.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin, Refusal } from './framework.ts';
import type { NodeInfo, PodInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import type { ExtensionPoints } from './profile.ts';

/** Runs a profile's filters over one node after the other. */
export class Filtering {
  private readonly preFilters: readonly Plugin[];
  private readonly filters: readonly Plugin[];
  private readonly nominator: Nominator;

  constructor(points: ExtensionPoints, nominator: Nominator) {
    this.preFilters = points.preFilter;
    this.filters = points.filter;
    this.nominator = nominator;
  }

  /** Why the node cannot take the pod, as it stands. @throws Error of a filter that cannot tell */
  check(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined {
    state.filters ??= this.filters.filter(({ name }) => !state.skipFilter.has(name));
    for (const plugin of state.filters) {
      let refusal: Refusal | undefined;
      try {
        refusal = plugin.filter!(state, pod, node);
      } catch (error) {
        throw new Error(`running "${plugin.name}" filter plugin: ${messageOf(error)}`);
      }
      if (refusal) return refusal;
    }
    return undefined;
  }

  /**
   * As `check`, and in the same way with the pods that are nominated for the node and no less important: the pod must fit with them, as
   * they may come, and without them, as they may not.
   */
  checkWithNominated(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined {
    if (!this.nominator.has(node.name)) return this.check(state, pod, node);
    const priority = priorityOf(pod);
    const nominated = [...this.nominator.on(node.name)].filter(
      (info) => priorityOf(info.pod) >= priority && info.pod.metadata!.uid !== pod.metadata!.uid,
    );
    if (nominated.length > 0) {
      const crowded = node.clone();
      const crowdedState = state.clone();
      for (const info of nominated) this.addPod(crowdedState, pod, info, crowded);
      const refusal = this.check(crowdedState, pod, crowded);
      if (refusal) return refusal;
    }
    return this.check(state, pod, node);
  }

  addPod(state: CycleState, pod: Pod, added: PodInfo, node: NodeInfo): void {
    node.add(added);
    for (const plugin of this.preFilters) if (!state.skipFilter.has(plugin.name)) plugin.addPod?.(state, pod, added, node);
  }

  removePod(state: CycleState, pod: Pod, removed: PodInfo, node: NodeInfo): void {
    node.remove(removed.pod.metadata!.uid!);
    for (const plugin of this.preFilters) if (!state.skipFilter.has(plugin.name)) plugin.removePod?.(state, pod, removed, node);
  }
}

export function priorityOf({ spec }: Pod): number {
  return spec?.priority ?? 0;
}
