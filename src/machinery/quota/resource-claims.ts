import { Quantity } from '../../../api/meta/quantity.ts';
import { addResources, maxResources, type ResourceAmounts } from '../../../api/meta/resources.ts';
import { resourceClaim } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import { objectCountName, one, type QuotaEvaluator } from './evaluator.ts';

const countName = objectCountName(resourceClaim);
const ofClass = '.deviceclass.resource.k8s.io/devices';
/** As many devices as one claim can have. */
const mostDevices = 32;

interface DeviceRequest {
  readonly deviceClassName: string;
  readonly allocationMode?: string;
  readonly count?: number;
}

/** ResourceClaims and the devices that they may take, by DeviceClass: of alternatives the largest of each class. */
export const resourceClaimEvaluator: QuotaEvaluator = {
  handles: ({ subresource }) => subresource === '',
  matchingResources: (wanted) => wanted.filter((name) => name === countName || name.endsWith(ofClass)),
  matchesScope: () => false,
  usage(claim) {
    const usage: ResourceAmounts = new Map([[countName, one]]);
    for (const request of claim.spec?.devices?.requests ?? []) {
      const largest: ResourceAmounts = new Map();
      for (const alternative of request.firstAvailable ?? [request.exactly ?? request]) maxResources(largest, devicesOf(alternative));
      addResources(usage, largest);
    }
    return usage;
  },
};

function devicesOf({ deviceClassName, allocationMode, count = 0 }: DeviceRequest): ResourceAmounts {
  if (!deviceClassName) return new Map();
  const devices = allocationMode === 'ExactCount' ? count : allocationMode === 'All' ? mostDevices : 0;
  return new Map([[deviceClassName + ofClass, Quantity.of(devices)]]);
}
