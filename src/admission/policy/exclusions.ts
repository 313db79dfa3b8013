import type { AdmissionAttributes } from '../plugin.ts';
import { isExempt } from '../webhook/caller.ts';

/** Groups of nothing but reviews: whoever could refuse them could shut everybody out. */
const reviews: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

/** Requests that no policy is asked about. */
export function isBeyondPolicies(attributes: AdmissionAttributes): boolean {
  return isExempt(attributes) || reviews.has(attributes.definition.group);
}
