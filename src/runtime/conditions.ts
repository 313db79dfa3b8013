import type { Condition } from './pods.ts';

/** Sets a condition among those of an object's status: the transition time changes with the status alone. Returns a new list. */
export function withCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  const current = conditions?.find((known) => known.type === condition.type);
  if (current && current.status === condition.status && current.reason === condition.reason) return [...conditions!];
  const transition = current?.status === condition.status ? current.lastTransitionTime : condition.lastTransitionTime;
  const rest = withoutCondition(conditions, condition.type);
  return [...rest, { ...condition, lastTransitionTime: transition }];
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
