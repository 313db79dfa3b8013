import type { DeviceRequest, DeviceSelector, DeviceToleration, ResourceV1ResourceClaim } from '../../../openapi/types.ts';

/** One way of fulfilling a request: the request itself, or one of those of which the first available will do. */
export interface Alternative {
  /** As results name it: `request`, or `request/alternative`. */
  readonly name: string;
  readonly requestName: string;
  readonly deviceClassName: string;
  readonly allocationMode: string;
  readonly count: number;
  readonly adminAccess: boolean;
  readonly selectors: readonly DeviceSelector[];
  readonly tolerations: readonly DeviceToleration[];
  /** Amounts of the device's capacities, by name. */
  readonly capacity: Readonly<Record<string, string>>;
}

export function alternativesOf({ name, exactly, firstAvailable }: DeviceRequest): Alternative[] {
  const defaults = { allocationMode: 'ExactCount', adminAccess: false, selectors: [], tolerations: [] };
  const capacityOf = (request: object): Alternative['capacity'] => (request as any).capacity?.requests ?? {};
  if (exactly)
    return [{ ...defaults, ...exactly, name, requestName: name, count: Number(exactly.count ?? 1), capacity: capacityOf(exactly) }];
  return (firstAvailable ?? []).map((alternative) => ({
    ...defaults,
    ...alternative,
    name: `${name}/${alternative.name}`,
    requestName: name,
    count: Number(alternative.count ?? 1),
    capacity: capacityOf(alternative),
  }));
}

export function requestsOfClaim({ spec }: ResourceV1ResourceClaim): readonly DeviceRequest[] {
  return spec.devices?.requests ?? [];
}

/** `namespace/name`, as messages name a claim. */
export function claimText({ metadata }: ResourceV1ResourceClaim): string {
  return `${metadata!.namespace}/${metadata!.name}`;
}
