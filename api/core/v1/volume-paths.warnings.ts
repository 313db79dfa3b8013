import type { Volume, VolumeProjection } from '../../../openapi/types.ts';

interface Source {
  readonly path: string;
  readonly source: string;
}

const quoted = JSON.stringify;
const show = ({ path, source }: Source): string => (source === '' ? quoted(path) : `${quoted(path)} (${source})`);

/** Files of one volume whose paths are the same, or one of which would be a directory of the other. */
export function overlappingPathWarnings(volumes: readonly Volume[]): string[] {
  const warnings: string[] = [];
  for (const volume of volumes) {
    const report = (what: string, sources: readonly Source[]): void => {
      for (const text of overlaps(sources)) warnings.push(`volume ${quoted(volume.name)} (${what}): overlapping paths: ${text}`);
    };
    const { configMap, secret, downwardAPI, projected } = volume;
    if (configMap?.items) report(`ConfigMap ${quoted(configMap.name ?? '')}`, from(configMap.items, ''));
    if (secret?.items) report(`Secret ${quoted(secret.secretName ?? '')}`, from(secret.items, ''));
    if (downwardAPI?.items) report('DownwardAPI', from(downwardAPI.items, ''));
    if (!projected) continue;
    const all: Source[] = [];
    for (const source of projected.sources ?? []) {
      if (Object.values(source).every((part) => part === undefined)) {
        warnings.push(`volume ${quoted(volume.name)} (Projected) has no sources provided`);
      } else all.push(...projectedPaths(source));
    }
    report('Projected', all);
  }
  return warnings;
}

const from = (items: readonly { path: string }[], source: string): Source[] => items.map(({ path }) => ({ path, source }));

function projectedPaths(source: VolumeProjection): Source[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
  if (configMap?.items) return from(configMap.items, `ConfigMap ${quoted(configMap.name ?? '')}`);
  if (secret?.items) return from(secret.items, `Secret ${quoted(secret.name ?? '')}`);
  if (downwardAPI?.items) return from(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return [{ path: serviceAccountToken.path, source: 'ServiceAccountToken' }];
  if (clusterTrustBundle) {
    const name = clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? '';
    return [{ path: clusterTrustBundle.path, source: `ClusterTrustBundle ${quoted(name)}` }];
  }
  const { certificateChainPath = '', keyPath = '', credentialBundlePath = '' } = podCertificate ?? {};
  return [
    { path: certificateChainPath, source: 'PodCertificate chain' },
    { path: keyPath, source: 'PodCertificate key' },
    { path: credentialBundlePath, source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path !== '');
}

function overlaps(sources: readonly Source[]): string[] {
  const texts: string[] = [];
  const seen: Source[] = [];
  for (const { path, source } of sources) {
    const item = { path: (path ?? '').replace(/\/+$/, ''), source };
    for (const other of seen) {
      if (item.path === '' || other.path === '') continue;
      if (`${other.path}/`.startsWith(`${item.path}/`) || `${item.path}/`.startsWith(`${other.path}/`)) {
        texts.push(`${show(item)} with ${show(other)}`);
      }
    }
    seen.push(item);
  }
  return texts;
}
