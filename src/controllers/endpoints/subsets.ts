import type { KubeObject } from '../../../api/meta/object.ts';
import { omitZeros } from '../../runtime/objects.ts';
import { isPodReady } from '../../runtime/pods.ts';
import { portOrder } from './port-order.ts';
import { canBeEndpoint, endpointHostname, findPort, isHeadless, targetReference } from './service-pods.ts';

interface Address {
  ip: string;
  hostname?: string;
  nodeName: string;
  targetRef: Record<string, unknown>;
}

interface Port {
  name?: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

export interface Subset {
  addresses?: Address[];
  notReadyAddresses?: Address[];
  ports?: Port[];
}

const inOrder = portOrder('Endpoints');

/** At most so many addresses are kept in an Endpoints object. */
export const capacity = 1000;

/** Pods that have the same ports. */
interface Group {
  readonly ports: readonly Port[];
  readonly ready: Address[];
  readonly notReady: Address[];
}

/** The subsets of a service: ports that the same addresses have together, so that an address may be in several; ready ones apart from the others. */
export function subsetsOf(service: KubeObject, pods: readonly KubeObject[]): Subset[] {
  const groups = new Map<string, Group>();
  const publishAll = Boolean(service.spec.publishNotReadyAddresses);
  for (const pod of pods) {
    if (!canBeEndpoint(pod, publishAll)) continue;
    const ip = addressOf(pod, service);
    const ports = portsOf(service, pod);
    if (ip === undefined || ports === undefined) continue;
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, ready: [], notReady: [] }));
    const hostname = endpointHostname(pod, service);
    // Upstream names the node of a pod that has none as well: nobody but a kubelet gives addresses, and such Endpoints are refused.
    const address = { ip, ...(hostname ? { hostname } : {}), nodeName: pod.spec.nodeName ?? '', targetRef: targetReference(pod) };
    (publishAll || isPodReady(pod) ? group.ready : group.notReady).push(address);
  }
  return repacked([...groups.values()]);
}

function repacked(groups: readonly Group[]): Subset[] {
  const holders = new Map<string, { port: Port; groups: Group[] }>();
  const subsets = new Map<string, { ports: Port[]; groups: readonly Group[] }>();
  for (const group of groups) {
    if (group.ports.length === 0) subsets.set('', { ports: [], groups: [group] });
    for (const port of group.ports) {
      const key = JSON.stringify(port);
      const holder = holders.get(key);
      if (holder) holder.groups.push(group);
      else holders.set(key, { port, groups: [group] });
    }
  }
  for (const { port, groups: having } of holders.values()) {
    const key = having.map((group) => groups.indexOf(group)).join();
    const subset = subsets.get(key);
    if (subset) subset.ports.push(port);
    else subsets.set(key, { ports: [port], groups: having });
  }
  return [...subsets.values()].map(({ ports, groups: having }) => {
    const ready = having.flatMap((group) => group.ready);
    const notReady = having.flatMap((group) => group.notReady);
    return {
      ...(ready.length > 0 ? { addresses: ready.sort(byAddress) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byAddress) } : {}),
      ...(ports.length > 0 ? { ports: inOrder(ports) } : {}),
    };
  });
}

// Endpoints have one family: the service's first.
function addressOf(pod: KubeObject, service: KubeObject): string | undefined {
  const ipv6 = service.spec.ipFamilies?.[0] === 'IPv6';
  const ips: string[] = (pod.status.podIPs ?? [{ ip: pod.status.podIP }]).map((entry: { ip: string }) => entry.ip);
  return ips.find((ip) => ip.includes(':') === ipv6);
}

/** No ports are fine for a headless service without any; undefined where the pod has none of those that are asked for. */
function portsOf(service: KubeObject, pod: KubeObject): Port[] | undefined {
  const wanted = service.spec.ports ?? [];
  if (wanted.length === 0) return isHeadless(service) ? [] : undefined;
  const ports: Port[] = [];
  for (const servicePort of wanted) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    ports.push(omitZeros<Port>({ name, port, protocol, appProtocol }));
  }
  return ports.length > 0 ? ports : undefined;
}

function byAddress(a: Address, b: Address): number {
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0;
}

/** The subsets cut down to the capacity, ready addresses first; the same ones if they fit. */
export function truncated(subsets: readonly Subset[]): { subsets: readonly Subset[]; cut: boolean } {
  const count = (field: 'addresses' | 'notReadyAddresses') => subsets.reduce((sum, subset) => sum + (subset[field]?.length ?? 0), 0);
  if (count('addresses') + count('notReadyAddresses') <= capacity) return { subsets, cut: false };
  let left = capacity;
  const take = (addresses: Address[] | undefined) => {
    const taken = addresses?.slice(0, left) ?? [];
    left -= taken.length;
    return taken;
  };
  const ready = subsets.map((subset) => take(subset.addresses));
  const kept = subsets.map((subset, i) =>
    omitZeros({ addresses: ready[i]!, notReadyAddresses: take(subset.notReadyAddresses), ports: subset.ports }),
  );
  return { subsets: kept.filter((subset) => subset.addresses || subset.notReadyAddresses), cut: true };
}
