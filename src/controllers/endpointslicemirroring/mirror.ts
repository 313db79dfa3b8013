import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { portOrder } from '../endpoints/port-order.ts';

const inOrder = portOrder('EndpointSlice');

/** Of one subset no more addresses are mirrored. */
export const mostAddresses = 1000;

interface MirroredEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
  readonly zone?: string;
}

export interface MirroredSlice {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly endpoints: readonly MirroredEndpoint[];
  readonly ports: readonly object[];
}

interface Address {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: MirroredEndpoint['targetRef'];
}

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

interface Host {
  readonly address: Address;
  readonly ready: boolean;
}

/** The slices that show what Endpoints say: one for each family and list of ports. */
export function mirrorOf(endpoints: KubeObject): { slices: MirroredSlice[]; skipped: number } {
  const slices: MirroredSlice[] = [];
  let skipped = 0;
  for (const { hosts, ports } of repack(endpoints['subsets'] ?? [])) {
    skipped += Math.max(0, hosts.length - mostAddresses);
    const mirrored = hosts.slice(0, mostAddresses);
    for (const addressType of ['IPv4', 'IPv6'] as const) {
      const ofFamily = mirrored.filter(({ address }) => address.ip.includes(':') === (addressType === 'IPv6'));
      if (ofFamily.length > 0) slices.push({ addressType, endpoints: ofFamily.map(endpointOf), ports: inOrder(ports) });
    }
  }
  return { slices, skipped };
}

/** Whether a slice's endpoints are those that are wanted, in whatever order; hints, and the version of what an endpoint refers to, are nobody's concern. */
export function shows(present: readonly MirroredEndpoint[], wanted: readonly MirroredEndpoint[]): boolean {
  const left = new Map(wanted.map((endpoint) => [identityOf(endpoint), endpoint]));
  return (
    left.size === present.length && present.every((endpoint) => semanticEqual(judged(endpoint), judged(left.get(identityOf(endpoint)))))
  );
}

function identityOf({ addresses, hostname, targetRef }: MirroredEndpoint): string {
  return JSON.stringify([[...addresses].sort(), hostname ?? '', targetRef?.namespace ?? '', targetRef?.name ?? '']);
}

function judged(endpoint: MirroredEndpoint | undefined): unknown {
  if (!endpoint) return undefined;
  const { nodeName, zone, conditions: { ready, serving, terminating } = {}, targetRef: { resourceVersion: _, ...target } = {} } = endpoint;
  return { nodeName, zone, ready, serving, terminating, target };
}

/**
 * Subsets as the controller of Endpoints would write them: each host once for a port, and ports that the same hosts offer together. A host that is said to be
 * ready and not to be so is not.
 */
function repack(subsets: readonly { addresses?: Address[]; notReadyAddresses?: Address[]; ports?: Port[] }[]) {
  const known = new Map<string, Address>();
  const hostsOf = new Map<string, { port: Port | undefined; ready: Map<string, boolean> }>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets)
    for (const port of ports.length > 0 ? ports.map(portOf) : [undefined]) {
      const portKey = JSON.stringify(port) ?? '';
      if (!hostsOf.has(portKey)) hostsOf.set(portKey, { port, ready: new Map() });
      const { ready } = hostsOf.get(portKey)!;
      const add = (address: Address, isReady: boolean) => {
        const key = hostKey(address);
        if (!known.has(key)) known.set(key, address);
        ready.set(key, isReady && ready.get(key) !== false);
      };
      for (const address of addresses) add(address, true);
      for (const address of notReadyAddresses) add(address, false);
    }
  const packed = new Map<string, { hosts: Host[]; ports: Port[] }>();
  for (const { port, ready } of hostsOf.values()) {
    // Those that are ready are the first to be mirrored.
    const sorted = [...ready].sort(([a, isReady], [b, isOther]) => Number(isOther) - Number(isReady) || (a < b ? -1 : 1));
    const key = JSON.stringify(sorted);
    if (!packed.has(key))
      packed.set(key, { hosts: sorted.map(([host, isReady]) => ({ address: known.get(host)!, ready: isReady })), ports: [] });
    if (port) packed.get(key)!.ports.push(port);
  }
  return packed.values();
}

function hostKey({ ip, targetRef }: Address): string {
  return `${ip} ${targetRef?.uid ?? ''}`;
}

function endpointOf({ address: { ip, hostname, nodeName, targetRef }, ready }: Host): MirroredEndpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  };
}

function portOf({ name = '', port, protocol = 'TCP', appProtocol }: Port): Port {
  return { name, port, protocol, ...(appProtocol ? { appProtocol } : {}) };
}
