import type { KubeObject } from '../../api/meta/object.ts';

interface SecretUser {
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string } } }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
}

interface SecretVolume {
  readonly secret?: { readonly secretName: string };
  readonly projected?: { readonly sources?: readonly { readonly secret?: { readonly name: string } }[] };
  readonly csi?: { readonly nodePublishSecretRef?: { readonly name: string } };
}

/** The secrets that a pod names: for pulling images, in its environment and in its volumes. */
export function podSecretNames({ spec }: KubeObject): string[] {
  const users: SecretUser[] = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  const volumes: SecretVolume[] = spec.volumes ?? [];
  const names = [
    ...(spec.imagePullSecrets ?? []).map(({ name }: { name?: string }) => name),
    ...users.flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...envFrom.map(({ secretRef }) => secretRef?.name),
    ]),
    ...volumes.flatMap(({ secret, projected, csi }) => [
      secret?.secretName,
      csi?.nodePublishSecretRef?.name,
      ...(projected?.sources ?? []).map((source) => source.secret?.name),
    ]),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}
