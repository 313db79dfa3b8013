import type { KubeObject } from '../../../api/meta/object.ts';
import { controllerOf } from '../../../api/meta/owners.ts';
import { Quantity } from '../../../api/meta/quantity.ts';
import { addResources, maxResources, type ResourceAmounts } from '../../../api/meta/resources.ts';
import { classesByResource, classPrefix, extendedClaimAnnotation } from '../../../api/resource.k8s.io/v1/extended-resources.ts';
import { resourceClaim } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import { objectCountName, one, type QuotaEvaluator } from './evaluator.ts';
import { podEvaluator } from './pods.ts';

const countName = objectCountName(resourceClaim);
const ofClass = '.deviceclass.resource.k8s.io/devices';
const requestPrefix = 'requests.';
/** As many devices as one claim can have. */
const mostDevices = 32;

interface DeviceRequest {
  readonly deviceClassName: string;
  readonly allocationMode?: string;
  readonly count?: number;
}

/** What of the cluster decides what a ResourceClaim counts for. */
export interface ClaimSurroundings {
  deviceClasses(): Iterable<KubeObject>;
  pod(namespace: string, name: string): KubeObject | undefined;
  claims(namespace: string): Iterable<KubeObject>;
}

/** Whether the scheduler made the claim for what a pod's containers ask for by the name of a resource, as it says itself. */
export function isOfPod({ metadata }: KubeObject): boolean {
  return metadata!.annotations?.[extendedClaimAnnotation] === 'true';
}

/**
 * ResourceClaims and the devices that they may take, by DeviceClass: of alternatives the largest of each class. Devices are counted as the resources that
 * their class serves as well (KEP-5004), but for those that the pod has been charged for already.
 */
export function resourceClaimEvaluator(around: ClaimSurroundings): QuotaEvaluator {
  return {
    handles: ({ subresource }) => subresource === '',
    matchingResources(wanted) {
      let served: ReadonlyMap<string, KubeObject> | undefined;
      const isServed = (name: string) => (served ??= classesByResource(around.deviceClasses())).has(name);
      return wanted.filter(
        (name) =>
          name === countName || name.endsWith(ofClass) || (name.startsWith(requestPrefix) && isServed(name.slice(requestPrefix.length))),
      );
    },
    matchesScope: () => false,
    usage(claim, now) {
      const usage: ResourceAmounts = new Map();
      for (const request of claim.spec?.devices?.requests ?? []) {
        const largest: ResourceAmounts = new Map();
        for (const alternative of request.firstAvailable ?? [request.exactly ?? request]) maxResources(largest, devicesOf(alternative));
        addResources(usage, largest);
      }
      const charged = usageOfPod(claim, around, now);
      for (const [name, amount] of resourcesOf(usage, around.deviceClasses())) {
        const left = amount.sub(charged.get(name) ?? Quantity.zero);
        if (left.sign() > 0) usage.set(name, left);
      }
      return usage.set(countName, one);
    },
  };
}

/** The resources that these devices are by other names. */
function resourcesOf(devices: ResourceAmounts, classes: Iterable<KubeObject>): ResourceAmounts {
  const served = new Map([...classes].map(({ metadata, spec }) => [metadata!.name!, spec?.extendedResourceName]));
  const resources: ResourceAmounts = new Map();
  for (const [name, amount] of devices) {
    const className = name.slice(0, -ofClass.length);
    resources.set(requestPrefix + classPrefix + className, amount);
    const resource = served.get(className);
    if (resource) resources.set(requestPrefix + resource, amount);
  }
  return resources;
}

/** What the pod for which a claim was made is charged for: nothing unless the claim is the pod's, or the first that says so. */
function usageOfPod(claim: KubeObject, around: ClaimSurroundings, now: number): ResourceAmounts {
  const owner = controllerOf(claim);
  if (!isOfPod(claim) || owner?.kind !== 'Pod' || owner.apiVersion !== 'v1') return new Map();
  const { name, namespace = '', creationTimestamp } = claim.metadata!;
  const pod = around.pod(namespace, owner.name);
  if (!pod || pod.metadata!.uid !== owner.uid) return new Map();
  const chosen = pod.status?.extendedResourceClaimStatus;
  const comesFirst = (other: KubeObject): boolean => {
    const [made, own] = [other.metadata!.creationTimestamp ?? '', creationTimestamp ?? ''];
    return made < own || (made === own && other.metadata!.name! < name!);
  };
  const isAnothers = (other: KubeObject): boolean => isOfPod(other) && controllerOf(other)?.uid === owner.uid && comesFirst(other);
  const isIts = chosen ? chosen.resourceClaimName === name : ![...around.claims(namespace)].some(isAnothers);
  return isIts ? podEvaluator.usage(pod, now) : new Map();
}

function devicesOf({ deviceClassName, allocationMode, count = 0 }: DeviceRequest): ResourceAmounts {
  if (!deviceClassName) return new Map();
  const devices = allocationMode === 'ExactCount' ? count : allocationMode === 'All' ? mostDevices : 0;
  return new Map([[deviceClassName + ofClass, Quantity.of(devices)]]);
}
