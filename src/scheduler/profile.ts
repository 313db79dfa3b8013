import type { Plugin, WeightedPlugin } from './framework.ts';

/** The plugins of a profile at each extension point, in the order in which they are asked. */
export interface ExtensionPoints {
  readonly preEnqueue: readonly Plugin[];
  readonly queueSort: readonly Plugin[];
  readonly preFilter: readonly Plugin[];
  readonly filter: readonly Plugin[];
  readonly postFilter: readonly Plugin[];
  readonly preScore: readonly Plugin[];
  readonly score: readonly WeightedPlugin[];
  readonly reserve: readonly Plugin[];
  readonly permit: readonly Plugin[];
  readonly preBind: readonly Plugin[];
  readonly bind: readonly Plugin[];
  readonly postBind: readonly Plugin[];
}

/** A scheduler's name and what decides where its pods go. */
export interface Profile {
  readonly schedulerName: string;
  readonly points: ExtensionPoints;
  /** How large a share of the nodes must be feasible for the search to end; 0 adapts to the size of the cluster. */
  readonly percentageOfNodesToScore: number;
}

/** Every plugin of a profile once. */
export function pluginsOf({ points }: Profile): Plugin[] {
  const { score, ...others } = points;
  return [...new Set([...Object.values(others).flat(), ...score.map(({ plugin }) => plugin)])];
}
