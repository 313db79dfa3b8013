import type { KubeObject } from '../../api/meta/object.ts';

interface PodVolume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly ephemeral?: object;
}

/** The name of the claim behind a volume of a pod: the one that it names, or the one that is made for a generic ephemeral volume. */
export function claimNameOf(pod: KubeObject, volume: PodVolume): string | undefined {
  return volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata!.name}-${volume.name}` : undefined);
}

/** The keys of the claims that a pod uses. */
export function claimKeysOfPod(pod: KubeObject): string[] {
  const volumes: readonly PodVolume[] = pod.spec?.volumes ?? [];
  return [...new Set(volumes.flatMap((volume) => claimNameOf(pod, volume) ?? []))].map((name) => `${pod.metadata!.namespace}/${name}`);
}
