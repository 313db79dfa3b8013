import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { Condition } from '../../runtime/pods.ts';

export type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

export interface JobCondition extends Condition {
  type: ConditionType;
  reason: string;
  message: string;
}

export function jobCondition(type: ConditionType, status: 'True' | 'False', reason: string, message: string, now: number): JobCondition {
  const time = formatTime(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

export function findTrue(conditions: readonly JobCondition[] | undefined, type: ConditionType): JobCondition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

export function isFinished(job: KubeObject): boolean {
  return Boolean(findTrue(job.status?.conditions, 'Complete') ?? findTrue(job.status?.conditions, 'Failed'));
}

/**
 * The list with the condition in its place; the list itself where that changes nothing. One that is not there does not become False.
 */
export function ensureCondition(conditions: JobCondition[], condition: JobCondition): JobCondition[] {
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const known = conditions[index];
  if (!known) return condition.status === 'False' ? conditions : [...conditions, condition];
  const { status, reason, message } = condition;
  if (known.status === status && known.reason === reason && known.message === message) return conditions;
  return conditions.with(index, condition);
}
