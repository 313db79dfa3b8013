import { type Condition, findCondition } from '../../../api/meta/conditions.ts';
import type { CustomResourceDefinition } from '../../../openapi/types.ts';

type Status = NonNullable<CustomResourceDefinition['status']>;

/** The definition with a condition set: its time changes with its status only. @param now RFC 3339 */
export function withCondition(
  crd: CustomResourceDefinition,
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): CustomResourceDefinition {
  const conditions = (crd.status?.conditions ?? []) as readonly Condition[];
  const before = findCondition(conditions, condition.type);
  const { type, status, reason, message } = condition;
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime! : now;
  const changed = { type, status, lastTransitionTime, reason, message } as Condition;
  const all = before ? conditions.map((each) => (each === before ? changed : each)) : [...conditions, changed];
  return { ...crd, status: { ...crd.status, conditions: all } as Status };
}
