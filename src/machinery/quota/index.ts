import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { pod } from '../../../api/core/v1/pod.ts';
import { service } from '../../../api/core/v1/service.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { Quantity } from '../../../api/meta/quantity.ts';
import { addResources, type ResourceAmounts } from '../../../api/meta/resources.ts';
import { resourceClaim } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import { maskAmounts } from './amounts.ts';
import { claimEvaluator } from './claims.ts';
import { objectCountEvaluator, objectCountName, type QuotaEvaluator, type ResourceName } from './evaluator.ts';
import { podEvaluator } from './pods.ts';
import { type ClaimSurroundings, resourceClaimEvaluator } from './resource-claims.ts';
import { isInScopes } from './scopes.ts';
import { serviceEvaluator } from './services.ts';

const special = new Map<string, QuotaEvaluator>([
  [objectCountName(pod), podEvaluator],
  [objectCountName(service), serviceEvaluator],
  [objectCountName(persistentVolumeClaim), claimEvaluator],
]);

const claims = objectCountName(resourceClaim);

/** How quotas count objects of this resource. @param around for ResourceClaims, whose devices may be counted by other names, and for their pods */
export function quotaEvaluator(resource: ResourceName, around: ClaimSurroundings): QuotaEvaluator {
  const name = objectCountName(resource);
  return name === claims ? resourceClaimEvaluator(around) : (special.get(name) ?? objectCountEvaluator(resource));
}

/** Whether a quota is about objects of this kind (by what its status limits) and about this one among them. */
export function quotaMatches(evaluator: QuotaEvaluator, quota: KubeObject, object: KubeObject): boolean {
  return evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length > 0 && isInScopes(evaluator, quota, object);
}

/**
 * What is used of the resources that a quota limits and any evaluator counts.
 * @param objectsOf the objects of an evaluator's kind in the quota's namespace
 */
export function calculateUsage<E extends QuotaEvaluator>(
  quota: KubeObject,
  evaluators: Iterable<E>,
  objectsOf: (evaluator: E) => Iterable<KubeObject>,
  now: number,
): ResourceAmounts {
  const hard = Object.keys(quota.spec?.hard ?? {});
  const total: ResourceAmounts = new Map();
  for (const evaluator of evaluators) {
    const names = evaluator.matchingResources(hard);
    if (names.length === 0) continue;
    addResources(total, new Map(names.map((name) => [name, Quantity.zero])));
    for (const object of objectsOf(evaluator)) {
      if (isInScopes(evaluator, quota, object)) addResources(total, maskAmounts(evaluator.usage(object, now), names));
    }
  }
  return total;
}
