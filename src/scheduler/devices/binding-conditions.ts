import type { ResourceV1ResourceClaim } from '../../../openapi/types.ts';

/** Whether the devices of a claim have been prepared as far as their driver wants before a pod is bound (KEP-5007). */
export type Readiness = { readonly state: 'ready' | 'waiting' } | { readonly state: 'failed'; readonly message: string };

export function readinessOf({ metadata, status }: ResourceV1ResourceClaim): Readiness {
  if (!status?.allocation) return { state: 'waiting' };
  for (const { driver, pool, device, bindingConditions = [], bindingFailureConditions = [] } of status.allocation.devices?.results ?? []) {
    if (bindingConditions.length === 0) continue;
    const own = (status.devices ?? []).find((each) => each.driver === driver && each.pool === pool && each.device === device);
    if (!own) return { state: 'waiting' };
    const isTrue = (type: string) => own.conditions?.find((condition) => condition.type === type && condition.status === 'True');
    for (const type of bindingFailureConditions) {
      const failed = isTrue(type);
      if (!failed) continue;
      const message = `device binding failed: claim=${metadata!.name}, reason=${failed.reason}, message=${JSON.stringify(failed.message)}`;
      return { state: 'failed', message };
    }
    if (!bindingConditions.every(isTrue)) return { state: 'waiting' };
  }
  return { state: 'ready' };
}

export function hasBindingConditions({ status }: ResourceV1ResourceClaim): boolean {
  return (status?.allocation?.devices?.results ?? []).some(({ bindingConditions }) => bindingConditions?.length);
}

/** @param timeout in milliseconds since the allocation */
export function isOverdue(claim: ResourceV1ResourceClaim, now: number, timeout: number): boolean {
  const since = claim.status?.allocation?.allocationTimestamp;
  return since !== undefined && hasBindingConditions(claim) && Date.parse(since) + timeout < now;
}
