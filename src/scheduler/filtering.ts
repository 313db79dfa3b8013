import type { Pod } from '../../openapi/types.ts';
import { Memo } from '../machinery/memo.ts';
import { messageOf } from '../runtime/errors.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin, Refusal } from './framework.ts';
import type { NodeInfo, PodInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import { PodShape } from './pod-shape.ts';
import type { ExtensionPoints } from './profile.ts';

/** So many shapes of pods are known at one time. */
const shapesAtMost = 64;

/** Runs a profile's filters over one node after the other. */
export class Filtering {
  private readonly preFilters: readonly Plugin[];
  private readonly filters: readonly Plugin[];
  private readonly scores: readonly Plugin[];
  /** Those of both that can tell what they look at of a pod. */
  private readonly signing: readonly Plugin[];
  private readonly nominator: Nominator;
  private readonly shapes = new Memo<PodShape>(shapesAtMost);

  constructor(points: ExtensionPoints, nominator: Nominator) {
    this.preFilters = points.preFilter;
    this.filters = points.filter;
    this.scores = points.score.map(({ plugin }) => plugin);
    this.signing = [...new Set([...this.filters, ...this.scores])].filter(({ sign }) => sign);
    this.nominator = nominator;
  }

  /** Why the node cannot take the pod, as it stands. @throws Error of a filter that cannot tell */
  check(state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined {
    const shape = state.shape ?? this.shapeOf(state, pod);
    const filters = state.filters!;
    let refusal = shape.refusals.get(node);
    if (refusal === undefined) {
      refusal = this.ask(filters, 0, shape.filters, state, pod, node) ?? null;
      shape.refusals.set(node, refusal);
    }
    return refusal ?? this.ask(filters, shape.filters, filters.length, state, pod, node);
  }

  /** What the pod has in common with others. Only after `preFilter`, which says which filters there are. */
  shapeOf(state: CycleState, pod: Pod): PodShape {
    const filters = this.filters.filter(({ name }) => !state.skipFilter.has(name));
    const signatures = this.signing.map((plugin) => plugin.sign!(pod));
    const isSigned = (plugin: Plugin) => signatures[this.signing.indexOf(plugin)] !== undefined;
    const unsigned = filters.findIndex((plugin) => !isSigned(plugin));
    const leading = unsigned < 0 ? filters : filters.slice(0, unsigned);
    const text = JSON.stringify([leading.map(({ name }) => name), signatures]);
    state.filters = filters;
    state.shape = this.shapes.get(text, () => new PodShape(leading.length, this.scores.map(isSigned)));
    return state.shape;
  }

  private ask(filters: readonly Plugin[], from: number, to: number, state: CycleState, pod: Pod, node: NodeInfo): Refusal | undefined {
    for (let i = from; i < to; i++) {
      const plugin = filters[i]!;
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
    if (this.nominator.isEmpty || !this.nominator.has(node.name)) return this.check(state, pod, node);
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
