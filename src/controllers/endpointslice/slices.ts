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
    const ports = portsOf(service, pod);
    const key = JSON.stringify(portsKey(ports));
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, endpoints: [] }));
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (!node && !service.spec.publishNotReadyAddresses) missing.push(pod);
    else if (addresses.length > 0) group.endpoints.push(endpointOf(service, pod, node, addresses));
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
  readonly update: Update[];
  readonly remove: KubeObject[];
}

export interface Update {
  readonly slice: KubeObject;
  readonly content: Content;
  /** The slice would have gone, and becomes what would have been made: nothing but its name stays. */
  readonly anew?: true;
}

export interface Content {
  readonly ports: readonly Port[];
  readonly endpoints: readonly Endpoint[];
}

/** What a service's slices are judged by, besides what they hold. */
export interface Judgement {
  /** Others are removed, and made nothing of. */
  readonly isOwned: (slice: KubeObject) => boolean;
  /** Whether the service's labels are not those of the slice, but for the ones that the controller sets. */
  readonly isRelabelled: (slice: KubeObject) => boolean;
  /** Whether the empty slice is just as one that would be made. */
  readonly isAsMade: (slice: KubeObject) => boolean;
}

/**
 * Endpoints stay in the slice that has them; new ones fill up slices that change anyway, then one that has room for all, then new ones. A slice that would
 * go is used for one that would come. There is always a slice, if need be an empty one.
 */
export function planSlices(existing: readonly KubeObject[], groups: readonly Group[], judgement: Judgement): Changes {
  const changes: Changes = { create: [], update: [], remove: [] };
  const { create, update, remove } = changes;
  const byPorts = new Map<string, KubeObject[]>();
  for (const slice of existing) {
    if (!judgement.isOwned(slice)) {
      remove.push(slice);
      continue;
    }
    const key = JSON.stringify(portsKey(slice.ports));
    const same = byPorts.get(key);
    if (same) same.push(slice);
    else byPorts.set(key, [slice]);
  }
  for (const group of groups) {
    const key = JSON.stringify(portsKey(group.ports));
    planGroup(group, byPorts.get(key) ?? [], judgement, changes);
    byPorts.delete(key);
  }
  for (const slices of byPorts.values()) remove.push(...slices);
  if (remove.length === existing.length && create.length === 0) {
    const [only] = remove;
    if (remove.length === 1 && isEmpty(only!) && judgement.isOwned(only!) && judgement.isAsMade(only!)) remove.pop();
    else create.push({ ports: [], endpoints: [] });
  }
  for (const slice of remove.filter(judgement.isOwned)) {
    if (create.length === 0) break;
    update.push({ slice, content: create.pop()!, anew: true });
    remove.splice(remove.indexOf(slice), 1);
  }
  return changes;
}

const isEmpty = ({ ports, endpoints }: KubeObject): boolean => !ports?.length && !endpoints?.length;

function portsKey(ports: readonly Port[] | null | undefined): unknown[] {
  return (ports ?? []).map(({ name, protocol, port, appProtocol }) => [name ?? '', protocol ?? 'TCP', port, appProtocol ?? '']).sort();
}

const identityOf = (endpoint: Endpoint): string => `${endpoint.targetRef?.uid} ${endpoint.addresses.join()}`;

function planGroup(
  { ports, endpoints: wanted }: Group,
  slices: readonly KubeObject[],
  { isRelabelled }: Judgement,
  { create, update, remove }: Changes,
): void {
  const left = new Map(wanted.map((endpoint) => [identityOf(endpoint), endpoint]));
  const changed: { slice: KubeObject; endpoints: Endpoint[] }[] = [];
  const same: typeof changed = [];
  for (const slice of slices) {
    const current = (slice.endpoints ?? []) as Endpoint[];
    const endpoints: Endpoint[] = [];
    let differs = false;
    for (const endpoint of current) {
      const identity = identityOf(endpoint);
      const kept = left.get(identity);
      if (kept) endpoints.push(kept);
      if (!kept || !semanticEqual(endpoint, kept)) differs = true;
      left.delete(identity);
    }
    if (differs && endpoints.length === 0) remove.push(slice);
    else (differs || isRelabelled(slice) ? changed : same).push({ slice, endpoints });
  }
  const waiting = [...left.values()];
  const fill = (endpoints: Endpoint[]) => {
    endpoints.push(...waiting.splice(0, capacity - endpoints.length));
  };
  changed.sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const { endpoints } of changed) fill(endpoints);
  while (waiting.length > 0) {
    const roomy = same.filter(({ endpoints }) => endpoints.length + waiting.length <= capacity);
    const fullest = roomy.sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
    if (fullest) {
      fill(fullest.endpoints);
      changed.push(fullest);
    } else {
      const endpoints: Endpoint[] = [];
      fill(endpoints);
      create.push({ ports, endpoints });
    }
  }
  for (const { slice, endpoints } of changed) update.push({ slice, content: { ports, endpoints } });
}
