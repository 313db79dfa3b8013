import { configMap as configMaps } from '../../../api/core/v1/configmap.ts';
import { secret as secrets } from '../../../api/core/v1/secret.ts';
import { serviceAccount as serviceAccounts } from '../../../api/core/v1/serviceaccount.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { ConfigMap, DownwardAPIVolumeFile, KeyToPath, Pod, Secret, Volume } from '../../../openapi/types.ts';
import { messageOf } from '../../runtime/errors.ts';
import { fieldOf, type PodPlace, resourceOf, unlessMissing } from '../containers/environment.ts';
import { bytesOf, type File } from '../images/files.ts';

/** A volume cannot be set up as its pod describes it. */
export class MountError extends Error {}

export type Contents = Map<string, File>;

/** Tokens that were issued to a pod, by the source that asks for them, until they are to be renewed (milliseconds since the epoch). */
export type IssuedTokens = Map<string, { readonly text: string; readonly until: number }>;

/** A kubelet renews a token when so much of its time is over. */
const renewedAfter = 0.8;

const defaultMode = 0o644;

/** Whether what is in a volume comes from the API, rather than from those who write to it. */
export function comesFromApi({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return Boolean(configMap || secret || downwardAPI || projected);
}

/**
 * The files of a volume that comes from the API, by their paths in it.
 * @throws MountError in a kubelet's words where something that it needs is missing
 */
export async function contentsOf(pod: Pod, volume: Volume, place: PodPlace, tokens: IssuedTokens, now: number): Promise<Contents> {
  const { configMap, secret, downwardAPI, projected } = volume;
  const files: Contents = new Map();
  if (configMap) await addConfigMap(files, pod, configMap, configMap.defaultMode, place);
  if (secret) await addSecret(files, pod, { ...secret, name: secret.secretName }, secret.defaultMode, place);
  if (downwardAPI) addFields(files, pod, downwardAPI.items ?? [], downwardAPI.defaultMode, place);
  if (!projected) return files;
  const failures: string[] = [];
  for (const source of projected.sources ?? []) {
    try {
      if (source.configMap) await addConfigMap(files, pod, source.configMap, projected.defaultMode, place);
      if (source.secret) await addSecret(files, pod, source.secret, projected.defaultMode, place);
      if (source.downwardAPI) addFields(files, pod, source.downwardAPI.items ?? [], projected.defaultMode, place);
      if (source.serviceAccountToken) {
        const { path } = source.serviceAccountToken;
        const text = await keptToken(pod, source.serviceAccountToken, place, tokens, now);
        const owned = pod.spec!.securityContext?.fsGroup !== undefined || pod.spec!.securityContext?.runAsUser !== undefined;
        files.set(`/${path}`, { text, mode: owned ? 0o600 : (projected.defaultMode ?? defaultMode) });
      }
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new MountError(aggregate(failures));
  return files;
}

interface ObjectSource {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

async function addConfigMap(
  files: Contents,
  pod: Pod,
  source: ObjectSource,
  mode: number | undefined,
  { client }: PodPlace,
): Promise<void> {
  const found = await unlessMissing(client.resource<ConfigMap>(configMaps).get(pod.metadata!.namespace!, source.name!));
  if (!found && !source.optional) throw new MountError(`configmap ${JSON.stringify(source.name)} not found`);
  const values = new Map(Object.entries(found?.data ?? {}).map(([key, value]) => [key, bytesOf(value)]));
  for (const [key, value] of decoded(found?.binaryData)) if (!values.has(key)) values.set(key, value);
  addKeys(files, values, source, mode, 'configmap references non-existent config key');
}

async function addSecret(files: Contents, pod: Pod, source: ObjectSource, mode: number | undefined, { client }: PodPlace): Promise<void> {
  const found = await unlessMissing(client.resource<Secret>(secrets).get(pod.metadata!.namespace!, source.name!));
  if (!found && !source.optional) throw new MountError(`secret ${JSON.stringify(source.name)} not found`);
  addKeys(files, decoded(found?.data), source, mode, 'references non-existent secret key');
}

function decoded(data: Record<string, string> | undefined): Map<string, string> {
  return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('latin1')]));
}

function addKeys(
  files: Contents,
  values: ReadonlyMap<string, string>,
  { items, optional }: ObjectSource,
  mode = defaultMode,
  missing: string,
): void {
  if (!items?.length) for (const [key, text] of values) files.set(`/${key}`, { text, mode });
  for (const item of items ?? []) {
    const text = values.get(item.key);
    if (text !== undefined) files.set(`/${item.path}`, { text, mode: item.mode ?? mode });
    else if (!optional) throw new MountError(`${missing}: ${item.key}`);
  }
}

function addFields(files: Contents, pod: Pod, items: readonly DownwardAPIVolumeFile[], mode = defaultMode, place: PodPlace): void {
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    const text = fieldRef ? fieldOf(pod, fieldRef.fieldPath, place) : resourceOf(pod, undefined, resourceFieldRef!, place);
    files.set(`/${path}`, { text: bytesOf(text), mode: own ?? mode });
  }
}

interface TokenSource {
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

async function keptToken(pod: Pod, source: TokenSource, place: PodPlace, tokens: IssuedTokens, now: number): Promise<string> {
  const { audience = '', expirationSeconds = 3600 } = source;
  const key = `${audience} ${expirationSeconds}`;
  const known = tokens.get(key);
  if (known && known.until > now) return known.text;
  const text = await tokenOf(pod, source, place);
  tokens.set(key, { text, until: now + expirationSeconds * 1000 * renewedAfter });
  return text;
}

async function tokenOf(pod: Pod, { audience, expirationSeconds }: TokenSource, { client }: PodPlace): Promise<string> {
  const { namespace, name, uid } = pod.metadata!;
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: audience ? [audience] : [],
      ...(expirationSeconds ? { expirationSeconds } : {}),
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  } as KubeObject;
  const account = pod.spec!.serviceAccountName ?? 'default';
  try {
    const answer = await client.resource(serviceAccounts).createSubresource(namespace!, account, 'token', request);
    return answer['status'].token;
  } catch (error) {
    throw new MountError(`failed to fetch token: ${messageOf(error)}`);
  }
}
