import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { isPodReady } from '../../runtime/pods.ts';
import { portOrder } from '../endpoints/port-order.ts';
import { canBeEndpoint, endpointHostname, findPort, targetReference } from '../endpoints/service-pods.ts';
import { type Hints, nearHints } from './hints.ts';

const inOrder = portOrder('EndpointSlice');

/** At most so many endpoints are kept in one slice. */
export const capacity = 100;

export interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  nodeName?: string;
  targetRef: Record<string, unknown>;
  zone?: string;
  hints?: Hints;
}

export interface Port {
  name: string;
  protocol: string;
  port: number;
  appProtocol?: string;
}

export type AddressType = 'IPv4' | 'IPv6';

/** Endpoints that have the same ports. */
export interface Group {
  readonly ports: readonly Port[];
  readonly endpoints: Endpoint[];
}

/** What a service's slices should hold. `missing` are pods left out because their node is not known. */
export interface Wanted {
  readonly groups: Group[];
  readonly missing: KubeObject[];
}

export function wantedEndpoints(
  service: KubeObject,
  pods: readonly KubeObject[],
  type: AddressType,
  nodeOf: (name: string) => KubeObject | undefined,
): Wanted {
  const groups = new Map<string, Group>();
  const missing: KubeObject[] = [];
  for (const pod of pods) {
    if (!canBeEndpoint(pod, true)) continue;
    const addresses = addressesOf(pod, type);
    if (addresses.length === 0) continue;
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (!node && !service.spec.publishNotReadyAddresses) {
      missing.push(pod);
      continue;
    }
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, endpoints: [] }));
    group.endpoints.push(endpointOf(service, pod, node, addresses));
  }
  return { groups: [...groups.values()].map(({ ports, endpoints }) => ({ ports: inOrder(ports), endpoints })), missing };
}

function addressesOf(pod: KubeObject, type: AddressType): string[] {
  const ips: string[] = (pod.status.podIPs ?? [{ ip: pod.status.podIP }]).map((entry: { ip: string }) => entry.ip);
  return ips.filter((ip) => ip.includes(':') === (type === 'IPv6'));
}

function portsOf(service: KubeObject, pod: KubeObject): Port[] {
  const ports: Port[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    ports.push({ name, protocol, port, ...(appProtocol ? { appProtocol } : {}) });
  }
  return ports;
}

function endpointOf(service: KubeObject, pod: KubeObject, node: KubeObject | undefined, addresses: string[]): Endpoint {
  const serving = isPodReady(pod);
  const terminating = Boolean(pod.metadata!.deletionTimestamp);
  const ready = Boolean(service.spec.publishNotReadyAddresses) || (serving && !terminating);
  const zone = node?.metadata?.labels?.['topology.kubernetes.io/zone'];
  return omitZeros<Endpoint>({
    addresses,
    conditions: { ready, serving, terminating },
    hostname: endpointHostname(pod, service),
    nodeName: pod.spec.nodeName,
    targetRef: targetReference(pod),
    zone,
    hints: ready ? nearHints(service, { zone, nodeName: pod.spec.nodeName }) : undefined,
  });
}

/** What has to be done so that a service's slices of one address type hold what they should. */
export interface Changes {
  /** Contents of slices to make. */
  readonly create: Content[];
  readonly update: { readonly slice: KubeObject; readonly content: Content }[];
  readonly remove: KubeObject[];
}

export interface Content {
  readonly ports: readonly Port[];
  readonly endpoints: readonly Endpoint[];
}

/**
 * Endpoints stay in the slice that has them; new ones fill up slices that change anyway, then one that has room for all, then new ones. A slice that would
 * go is used for one that would come. There is always a slice, if need be an empty one.
 */
export function planSlices(
  existing: readonly KubeObject[],
  groups: readonly Group[],
  needsUpdate: (slice: KubeObject) => boolean,
): Changes {
  const create: Content[] = [];
  const update: { slice: KubeObject; content: Content }[] = [];
  const remove: KubeObject[] = [];
  const byPorts = new Map<string, KubeObject[]>();
  for (const slice of existing) {
    const key = JSON.stringify(portsKey(slice.ports));
    const same = byPorts.get(key);
    if (same) same.push(slice);
    else byPorts.set(key, [slice]);
  }
  const wanted = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  for (const group of wanted) {
    const key = JSON.stringify(portsKey(group.ports));
    const slices = byPorts.get(key) ?? [];
    byPorts.delete(key);
    planGroup(group, slices, needsUpdate, { create, update, remove });
  }
  for (const slices of byPorts.values()) remove.push(...slices);
  while (create.length > 0 && remove.length > 0) update.push({ slice: remove.shift()!, content: create.shift()! });
  return { create, update, remove };
}

function portsKey(ports: readonly Port[] | null | undefined): unknown[] {
  return (ports ?? []).map(({ name, protocol, port, appProtocol }) => [name ?? '', protocol ?? 'TCP', port, appProtocol ?? '']).sort();
}

const identityOf = (endpoint: Endpoint): string => `${endpoint.targetRef?.uid} ${endpoint.addresses.join()}`;

function planGroup(group: Group, slices: readonly KubeObject[], needsUpdate: (slice: KubeObject) => boolean, changes: Changes): void {
  const left = new Map(group.endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const kept: { slice: KubeObject; endpoints: Endpoint[]; changed: boolean }[] = [];
  for (const slice of slices) {
    let changed = needsUpdate(slice);
    const endpoints: Endpoint[] = [];
    for (const current of (slice.endpoints ?? []) as Endpoint[]) {
      const wanted = left.get(identityOf(current));
      if (!wanted) {
        changed = true;
        continue;
      }
      left.delete(identityOf(current));
      endpoints.push(wanted);
      if (!semanticEqual(current, wanted)) changed = true;
    }
    kept.push({ slice, endpoints, changed });
  }
  const waiting = [...left.values()];
  const fill = (entry: (typeof kept)[number]) => {
    if (waiting.length === 0) return;
    entry.endpoints.push(...waiting.splice(0, capacity - entry.endpoints.length));
    entry.changed = true;
  };
  for (const entry of kept) if (entry.changed && entry.endpoints.length > 0) fill(entry);
  const roomy = kept.filter((entry) => waiting.length > 0 && entry.endpoints.length + waiting.length <= capacity);
  const fullest = roomy.sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
  if (fullest) fill(fullest);
  const { ports } = group;
  while (waiting.length > 0) changes.create.push({ ports, endpoints: waiting.splice(0, capacity) });
  let held = changes.create.length > 0 || kept.some((entry) => entry.endpoints.length > 0);
  for (const { slice, endpoints, changed } of kept) {
    if (endpoints.length === 0 && (held || group.endpoints.length > 0)) {
      changes.remove.push(slice);
      continue;
    }
    held = true;
    if (changed) changes.update.push({ slice, content: { ports, endpoints } });
  }
  if (!held) changes.create.push({ ports, endpoints: [] });
}
