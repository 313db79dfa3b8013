import type { Pod, ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { isControlledBy } from '../../runtime/owners.ts';
import type { DeviceManager } from './device-manager.ts';
import { claimText } from './requests.ts';

/** The claims of a pod that exist. @throws Error where one is missing, or is not to be used */
export function claimsOfPod(pod: Pod, { claims }: DeviceManager): ResourceV1ResourceClaim[] {
  const { namespace, name } = pod.metadata!;
  const found: ResourceV1ResourceClaim[] = [];
  for (const own of pod.spec!.resourceClaims ?? []) {
    let claimName = own.resourceClaimName;
    const isMade = claimName === undefined;
    if (isMade) {
      if (own.resourceClaimTemplateName === undefined)
        throw new Error(`pod "${namespace}/${name}", spec.resourceClaim "${own.name}": none of the supported fields are set`);
      const status = pod.status?.resourceClaimStatuses?.find((each) => each.name === own.name);
      if (!status) throw new Error(`pod "${namespace}/${name}": ResourceClaim not created yet`);
      claimName = status.resourceClaimName;
    }
    if (claimName === undefined) continue; // There was none to be made.
    const claim = claims.get(namespace!, claimName);
    if (!claim) throw new Error(`could not find *v1.ResourceClaim "${namespace}/${claimName}"`);
    if (claim.metadata!.deletionTimestamp) throw new Error(`resourceclaim "${claimName}" is being deleted`);
    if (isMade && !isControlledBy(claim, pod))
      throw new Error(`ResourceClaim ${claimText(claim)} was not created for Pod ${namespace}/${name} (Pod is not owner)`);
    found.push(claim);
  }
  return found;
}

export function isReservedFor(pod: Pod, { status }: ResourceV1ResourceClaim): boolean {
  return (status?.reservedFor ?? []).some(({ uid }) => uid === pod.metadata!.uid);
}
