import type { Pod } from '../../../openapi/types.ts';
import { priorityOf } from '../filtering.ts';
import { startOf, type Victims } from './victims.ts';

/** A node on which the pod would fit, and who would have to go. */
export interface Candidate extends Victims {
  readonly node: string;
}

/** The node on which the least is lost; the criteria decide one after the other. */
export function selectCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates;
  for (const costOf of costs) {
    const all = best.map(costOf);
    const least = Math.min(...all);
    best = best.filter((_, i) => all[i] === least);
    if (best.length <= 1) break;
  }
  return best[0];
}

const costs: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => priorityOf(victims[0]!),
  // Priorities may be negative; so that more victims cost more nevertheless, each counts from the lowest there is.
  ({ victims }) => victims.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartOfMostImportant(victims),
];

function earliestStartOfMostImportant(victims: readonly Pod[]): number {
  const highest = Math.max(...victims.map(priorityOf));
  return Math.min(...victims.filter((pod) => priorityOf(pod) === highest).map(startOf));
}
