import type { KubeObject } from '../../api/meta/object.ts';

/** An entry of a pod's `spec.resourceClaims`. */
export interface PodClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}

export interface ClaimOfPod {
  readonly name: string;
  /** It was made for the pod, and must belong to it. */
  readonly generated: boolean;
}

/** The ResourceClaim behind an entry; `undefined`: it is not made yet, `null`: none is needed. */
export function claimOfPod(
  pod: KubeObject,
  { name, resourceClaimName, resourceClaimTemplateName }: PodClaim,
): ClaimOfPod | null | undefined {
  if (resourceClaimName !== undefined) return { name: resourceClaimName, generated: false };
  if (resourceClaimTemplateName === undefined) throw new Error(`pod claim ${name} names neither a claim nor a template`);
  const made = pod.status?.resourceClaimStatuses?.find((status: { name: string }) => status.name === name);
  if (!made) return undefined;
  return made.resourceClaimName === undefined ? null : { name: made.resourceClaimName, generated: true };
}

export function podClaims(pod: KubeObject): readonly PodClaim[] {
  return pod.spec?.resourceClaims ?? [];
}

/** The keys of the ResourceClaims that a pod has. */
export function resourceClaimKeys(pod: KubeObject): string[] {
  return podClaims(pod).flatMap((entry) => {
    const claim = claimOfPod(pod, entry);
    return claim ? [`${pod.metadata!.namespace}/${claim.name}`] : [];
  });
}

export function isReservedFor(claim: KubeObject, pod: KubeObject): boolean {
  return (claim.status?.reservedFor ?? []).some((consumer: { uid: string }) => consumer.uid === pod.metadata!.uid);
}
