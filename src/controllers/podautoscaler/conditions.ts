import { formatTime } from '../../machinery/clock.ts';
import type { Condition } from '../../runtime/pods.ts';

export type AutoscalerCondition = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

/** Sets a condition in its place, or at the end. Returns a new list. */
export function setCondition(
  conditions: readonly Condition[],
  type: AutoscalerCondition,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: number,
): Condition[] {
  const index = conditions.findIndex((condition) => condition.type === type);
  const known = conditions[index];
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(now);
  const condition: Condition = { type, status, lastTransitionTime, reason, message };
  return known ? conditions.with(index, condition) : [...conditions, condition];
}
