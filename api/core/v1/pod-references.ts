import type { PersistentVolume, Pod, Volume } from '../../../openapi/types.ts';

/** Names of Secrets in the pod's namespace that its kubelet reads: for pulling images, environment and volumes. */
export function secretNames({ spec }: Pod): Set<string> {
  const names = new Set<string>();
  const add = (name: string | undefined) => name && names.add(name);
  for (const { name } of spec?.imagePullSecrets ?? []) add(name);
  for (const { env, envFrom } of containersOf(spec)) {
    for (const { secretRef } of envFrom ?? []) add(secretRef?.name);
    for (const { valueFrom } of env ?? []) add(valueFrom?.secretKeyRef?.name);
  }
  for (const volume of spec?.volumes ?? []) {
    add(volume.secret?.secretName);
    add(volume.azureFile?.secretName);
    add(volume.csi?.nodePublishSecretRef?.name);
    for (const source of [volume.cephfs, volume.cinder, volume.flexVolume, volume.rbd, volume.scaleIO, volume.iscsi, volume.storageos]) {
      add(source?.secretRef?.name);
    }
    for (const { secret } of volume.projected?.sources ?? []) add(secret?.name);
  }
  return names;
}

/** Names of ConfigMaps in the pod's namespace that its kubelet reads. */
export function configMapNames({ spec }: Pod): Set<string> {
  const names = new Set<string>();
  const add = (name: string | undefined) => name && names.add(name);
  for (const { env, envFrom } of containersOf(spec)) {
    for (const { configMapRef } of envFrom ?? []) add(configMapRef?.name);
    for (const { valueFrom } of env ?? []) add(valueFrom?.configMapKeyRef?.name);
  }
  for (const { configMap, projected } of spec?.volumes ?? []) {
    add(configMap?.name);
    for (const { configMap: source } of projected?.sources ?? []) add(source?.name);
  }
  return names;
}

/** Names of PersistentVolumeClaims in the pod's namespace, those of its ephemeral volumes included. */
export function claimNames({ metadata, spec }: Pod): Set<string> {
  return new Set((spec?.volumes ?? []).flatMap((volume) => claimNameOf(volume, metadata?.name ?? '') ?? []));
}

function claimNameOf({ name, persistentVolumeClaim, ephemeral }: Volume, pod: string): string | undefined {
  return persistentVolumeClaim?.claimName ?? (ephemeral ? `${pod}-${name}` : undefined);
}

/** Names of ResourceClaims in the pod's namespace, those made from templates included. */
export function resourceClaimNames({ spec, status }: Pod): Set<string> {
  const own = (spec?.resourceClaims ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []);
  const made = (status?.resourceClaimStatuses ?? []).flatMap(({ resourceClaimName }) => resourceClaimName ?? []);
  const extended = status?.extendedResourceClaimStatus?.resourceClaimName;
  return new Set([...own, ...made, ...(extended ? [extended] : [])]);
}

/** Whether a kubelet reads this Secret for a volume that is mounted. */
export function volumeUsesSecret({ spec }: PersistentVolume, namespace: string, name: string): boolean {
  const { claimRef, azureFile, csi } = spec ?? {};
  const is = (ref: { name?: string; namespace?: string } | undefined) =>
    ref?.name === name && (ref.namespace || claimRef?.namespace) === namespace;
  const sources = [spec?.cephfs, spec?.cinder, spec?.flexVolume, spec?.rbd, spec?.scaleIO, spec?.iscsi, spec?.storageos];
  return (
    sources.some((source) => is(source?.secretRef)) ||
    [csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef].some(is) ||
    (azureFile !== undefined && is({ name: azureFile.secretName, namespace: azureFile.secretNamespace ?? '' }))
  );
}

function containersOf(spec: Pod['spec']) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])];
}
