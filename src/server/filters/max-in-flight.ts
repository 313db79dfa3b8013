import { isMutating } from '../flow-control/in-flight.ts';
import { type Stage, settled } from './stage.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** How many requests may be at work at one time; 0 for any number. */
export interface InFlightLimits {
  readonly readOnly: number;
  readonly mutating: number;
}

/** kube-apiserver's own. */
export const defaultInFlightLimits: InFlightLimits = { readOnly: 400, mutating: 200 };

/** Refuses what is beyond the limits, where API priority and fairness is switched off. Long-running requests and administrators are not counted. */
export function maxInFlight(limits: InFlightLimits): Stage {
  const counts = { readOnly: 0, mutating: 0 };
  return (context, next) => {
    const kind = isMutating(context.info.verb) ? 'mutating' : 'readOnly';
    if (context.longRunning || limits[kind] === 0) return next(context);
    if (counts[kind] >= limits[kind]) return context.user.groups.includes('system:masters') ? next(context) : tooManyRequests(1);
    counts[kind]++;
    return settled(next, context, () => {
      counts[kind]--;
    });
  };
}
