import { configMap as configMaps } from '../../../api/core/v1/configmap.ts';
import { secret as secrets } from '../../../api/core/v1/secret.ts';
import { service as services } from '../../../api/core/v1/service.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../../../openapi/types.ts';
import type { Client } from '../../client/client.ts';
import { isNotFound } from '../../runtime/errors.ts';

/** A container cannot be made as its pod describes it: CreateContainerConfigError. */
export class ConfigError extends Error {}

/** What the node knows beside the pod's object. */
export interface PodPlace {
  readonly client: Client;
  readonly hostIPs: readonly string[];
  readonly podIPs: readonly string[];
  /** What of the node pods can use: the limit of containers that have none, nor their pod. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Whether the environment needs nothing of the API, and nothing of it can be wrong. */
export function isPlainEnvironment({ env, envFrom, volumeMounts }: Container): boolean {
  if (envFrom?.length) return false;
  if (volumeMounts?.some((mount) => mount.subPath || mount.subPathExpr)) return false;
  return !env?.some(({ valueFrom }) => valueFrom?.configMapKeyRef || valueFrom?.secretKeyRef);
}

/**
 * A container's environment.
 * @throws ConfigError where a ConfigMap, a Secret or a key of one is missing
 */
export async function environmentOf(pod: Pod, container: Container, place: PodPlace): Promise<Map<string, string>> {
  // What a container says of itself stands before what it is told of Services.
  const env = await servicesFor(pod, place);
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef ? await configMapData(pod, configMapRef, place) : secretRef ? await secretData(pod, secretRef, place) : {};
    for (const [key, value] of Object.entries(data ?? {})) env.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = await variableValue(variable, pod, container, env, place);
    if (value !== undefined) env.set(variable.name, value);
  }
  return env;
}

async function servicesFor({ metadata, spec }: Pod, { client }: PodPlace): Promise<Map<string, string>> {
  const api = client.resource<Service>(services);
  const own = spec!.enableServiceLinks === false ? [] : (await api.list(metadata!.namespace!)).items;
  return serviceVariables(own, await unlessMissing(api.get('default', 'kubernetes')));
}

/**
 * What containers are told of the Services of their namespace, and of the cluster's own, in the way of Docker's links.
 * @param own of the pod's namespace
 * @param cluster the Service `default/kubernetes`
 */
export function serviceVariables(own: readonly Service[], cluster: Service | undefined): Map<string, string> {
  const byName = new Map(own.map((service) => [service.metadata!.name!, service]));
  if (cluster) byName.set('kubernetes', cluster);
  const env = new Map<string, string>();
  for (const [name, { spec }] of byName) {
    const address = spec?.clusterIP;
    const ports = spec?.ports ?? [];
    if (!address || address === 'None' || ports.length === 0) continue;
    const prefix = variableName(name);
    const host = address.includes(':') ? `[${address}]` : address;
    env.set(`${prefix}_SERVICE_HOST`, address);
    env.set(`${prefix}_SERVICE_PORT`, String(ports[0]!.port));
    for (const { name: port, port: number } of ports) if (port) env.set(`${prefix}_SERVICE_PORT_${variableName(port)}`, String(number));
    for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
      const url = `${protocol.toLowerCase()}://${host}:${port}`;
      const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      if (index === 0) env.set(`${prefix}_PORT`, url);
      env.set(link, url);
      env.set(`${link}_PROTO`, protocol.toLowerCase());
      env.set(`${link}_PORT`, String(port));
      env.set(`${link}_ADDR`, address);
    }
  }
  return env;
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

async function variableValue(
  { value = '', valueFrom }: EnvVar,
  pod: Pod,
  container: Container,
  env: ReadonlyMap<string, string>,
  place: PodPlace,
): Promise<string | undefined> {
  if (!valueFrom) return expand(value, env);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath, place);
  if (resourceFieldRef) return resourceOf(pod, container, resourceFieldRef, place);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) return undefined;
  const data = configMapKeyRef ? await configMapData(pod, configMapKeyRef, place) : await secretData(pod, reference, place);
  const found = data?.[reference.key];
  if (found === undefined && data && !reference.optional) {
    const { namespace } = pod.metadata!;
    throw new ConfigError(
      `couldn't find key ${reference.key} in ${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${namespace}/${reference.name}`,
    );
  }
  return found;
}

interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

/** undefined: it is not there and need not be. @throws ConfigError */
async function configMapData(pod: Pod, { name, optional }: Reference, { client }: PodPlace): Promise<Record<string, string> | undefined> {
  const found = await unlessMissing(client.resource<ConfigMap>(configMaps).get(pod.metadata!.namespace!, name!));
  if (found) return found.data ?? {};
  if (optional) return undefined;
  throw new ConfigError(`configmap "${name}" not found`);
}

async function secretData(pod: Pod, { name, optional }: Reference, { client }: PodPlace): Promise<Record<string, string> | undefined> {
  const found = await unlessMissing(client.resource<Secret>(secrets).get(pod.metadata!.namespace!, name!));
  if (found) {
    const entries = Object.entries(found.data ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }
  if (optional) return undefined;
  throw new ConfigError(`secret "${name}" not found`);
}

/** @returns undefined for what is not found */
export async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The value of a field of the downward API. @throws ConfigError */
export function fieldOf(pod: Pod, path: string, place: PodPlace): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return metadata?.[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
    case 'metadata.namespace':
    case 'metadata.uid':
      return metadata?.[path.slice('metadata.'.length) as 'name'] ?? '';
    case 'metadata.labels':
    case 'metadata.annotations':
      return Object.entries(metadata?.[path.slice('metadata.'.length) as 'labels'] ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join('\n');
    case 'spec.nodeName':
      return spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? '';
    case 'status.hostIP':
      return place.hostIPs[0]!;
    case 'status.hostIPs':
      return place.hostIPs.join(',');
    case 'status.podIP':
      return place.podIPs[0] ?? '';
    case 'status.podIPs':
      return place.podIPs.join(',');
  }
  throw new ConfigError(`unsupported fieldPath: ${path}`);
}

/** What a container may use of a resource, in units of the divisor, rounded up. @param own the container that is meant where none is named */
export function resourceOf(
  pod: Pod,
  own: Container | undefined,
  { containerName, resource, divisor }: { containerName?: string; resource: string; divisor?: string },
  { allocatable }: PodPlace,
): string {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = containerName ? all.find(({ name }) => name === containerName) : own;
  const [part, ...names] = resource.split('.') as ['limits' | 'requests', ...string[]];
  const name = names.join('.');
  const otherwise = part === 'limits' ? (pod.spec?.resources?.limits?.[name] ?? allocatable[name]) : undefined;
  const text = container?.resources?.[part]?.[name] ?? otherwise;
  const unit = divisor && divisor !== '0' ? parseQuantity(divisor) : parseQuantity('1');
  const amount = parseQuantity(text ?? '0');
  return String(Math.ceil(amount.milliValue() / unit.milliValue()));
}

/** Puts the values of known variables for `$(NAME)`; `$$` is a dollar, and what is unknown stays. */
export function expand(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return env.get(name) ?? whole;
  });
}

/**
 * The folder of a volume that a mount shows.
 * @throws ConfigError
 */
export function subPathOf(
  { subPath = '', subPathExpr }: { subPath?: string; subPathExpr?: string },
  env: ReadonlyMap<string, string>,
): string {
  let path = subPath;
  if (subPathExpr) {
    const missing = [...subPathExpr.matchAll(/\$(?:\$|\(([^()]*)\))/g)]
      .map(([, name]) => name)
      .filter((name) => name !== undefined && !env.get(name));
    if (missing.length > 0) throw new ConfigError(`missing value for ${[...new Set(missing)].sort().join(', ')}`);
    path = expand(subPathExpr, env);
  }
  if (path.startsWith('/')) throw new ConfigError(`error SubPath \`${path}\` must not be an absolute path`);
  if (path.split('/').includes('..')) throw new ConfigError(`unable to provision SubPath \`${path}\`: must not contain '..'`);
  return path;
}
