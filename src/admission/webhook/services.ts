import type { Duplex } from 'node:stream';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { EndpointSlice, Service } from '../../../openapi/types.ts';
import { hostPort } from '../../machinery/host-port.ts';
import type { ResolveService } from '../../machinery/webhook-client.ts';
import type { Lookup } from '../lookup.ts';

const services = { group: '', version: 'v1', plural: 'services' };
const slices = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };
const serviceName = 'kubernetes.io/service-name';

/** Where a service's port is reached, and how the cluster names that place: `10.96.0.7:443`. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
  readonly shown: string;
  /** Connects to a simulated pod, which listens inside the process only. @returns undefined where it does not */
  readonly dial?: () => Promise<Duplex | undefined>;
}

/** Connects to a port of a pod of a node; undefined where nothing listens. */
export type DialPod = (node: string, namespace: string, pod: string, port: number) => Promise<Duplex | undefined>;

/**
 * Finds a process behind a service: the first ready address of its EndpointSlices that is not a simulated pod's, as those listen inside
 * the simulation only. So a Service with an EndpointSlice that names this machine (by an address, or as `anything.localhost`) reaches it.
 * @param dialPod for who can talk to simulated pods: the first ready one, where there is no such address
 */
export function serviceResolver(lookup: Lookup, dialPod?: DialPod): (...service: Parameters<ResolveService>) => Promise<ServiceAddress> {
  return async (namespace, name, port) => {
    const service = (await lookup.get(services, namespace, name)) as Service | undefined;
    if (!service) throw new Error(`service ${goQuote(name)} not found`);
    const { spec } = service;
    if (spec!.type === 'ExternalName') return { host: spec!.externalName!, port, shown: `${spec!.externalName}:${port}` };
    const servicePort = spec!.ports?.find((candidate) => candidate.port === port);
    if (!servicePort) throw new Error(`no service port ${port} found for service ${goQuote(name)}`);
    const { clusterIP = '' } = spec!;
    const shown = hostPort(clusterIP, port);
    const found = (await lookup.list(slices, namespace)) as EndpointSlice[];
    let pod: ServiceAddress | undefined;
    for (const slice of found) {
      if (slice.metadata?.labels?.[serviceName] !== name) continue;
      const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (servicePort.name ?? ''));
      if (!target?.port) continue;
      const { port: targetPort } = target;
      for (const { addresses, conditions, targetRef, nodeName } of slice.endpoints ?? []) {
        if (conditions?.ready === false) continue;
        const host = reachable(addresses[0]!);
        if (targetRef?.kind !== 'Pod') return { host, port: targetPort, shown };
        if (dialPod && nodeName)
          pod ??= { host, port: targetPort, shown, dial: () => dialPod(nodeName, namespace, targetRef.name!, targetPort) };
      }
    }
    if (pod) return pod;
    throw refused(clusterIP, port);
  };
}

// Every name below localhost is this machine (RFC 6761), whatever the resolver knows.
function reachable(address: string): string {
  return address.endsWith('.localhost') ? '127.0.0.1' : address;
}

// What dialing a service without endpoints comes to: the node's proxy rejects it.
export function refused(address: string, port: number): Error {
  return Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED', address, port });
}
