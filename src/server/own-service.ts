import { endpoints as endpointsResource } from '../../api/core/v1/endpoints.ts';
import { service as services } from '../../api/core/v1/service.ts';
import { endpointSlice as slices } from '../../api/discovery.k8s.io/v1/endpointslice.ts';
import { semanticEqual } from '../../api/meta/equal.ts';
import { firstAddress } from '../../api/meta/ip.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../machinery/clock.ts';
import { ensure, managerOf } from './ensure.ts';
import { addressesOfServers } from './identity-lease.ts';

export interface OwnServiceParts {
  /** A client of the API server itself, see `apiServerUser`. */
  readonly client: Client;
  /** CIDRs of service cluster IPs, primary first. */
  readonly serviceClusterIPRanges: readonly string[];
  /** Where clients inside the cluster reach this server. */
  readonly advertiseAddress: string;
  readonly port: number;
  readonly clock: Clock;
}

const place = { name: 'kubernetes', namespace: 'default' };
const skipMirror = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };

/**
 * Makes the Service `kubernetes` unless it is there, and puts its endpoints right: their addresses are those of the servers that are there, their ports
 * stay as somebody has written them but at a server's start. The slice says what the Endpoints say.
 */
export async function keepOwnService(parts: OwnServiceParts, ports?: 'with its ports'): Promise<void> {
  const { client } = parts;
  await ensure(client.resource<KubeObject>(services), ownService(parts));
  await keepSlice(client, await keepEndpoints(parts, ports !== undefined));
}

function ownService({ serviceClusterIPRanges, port }: OwnServiceParts): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...place, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: firstAddress(serviceClusterIPRanges[0]!),
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
}

/** @returns the Endpoints as they are then */
async function keepEndpoints({ client, clock, advertiseAddress, port }: OwnServiceParts, withPorts: boolean): Promise<KubeObject> {
  const api = client.resource<KubeObject>(endpointsResource);
  const servers = [...new Set([advertiseAddress, ...(await addressesOfServers({ client, clock }))])].sort();
  const own = { addresses: servers.map((ip) => ({ ip })), ports: [{ name: 'https', port, protocol: 'TCP' }] };
  const present = await ensure(api, { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...place, labels: skipMirror }, subsets: [own] });
  const [subset, ...others] = (present['subsets'] ?? []) as (typeof own)[];
  const isFormed = subset !== undefined && others.length === 0;
  const known = isFormed ? (subset.addresses ?? []).map(({ ip }) => ip).sort() : [];
  const addresses = semanticEqual(known, servers) ? subset!.addresses : own.addresses;
  const labels = { ...present.metadata!.labels, ...skipMirror };
  const wanted = {
    ...present,
    metadata: { ...present.metadata, labels },
    subsets: [isFormed && !withPorts ? { ...subset, addresses } : { ...own, addresses }],
  };
  const isRight = semanticEqual(wanted.subsets, present['subsets']) && semanticEqual(labels, present.metadata!.labels);
  return isRight ? present : api.update(place.namespace, wanted, managerOf(wanted));
}

async function keepSlice(client: Client, endpoints: KubeObject): Promise<void> {
  const api = client.resource<KubeObject>(slices);
  const [{ addresses, ports }] = endpoints['subsets'];
  const wanted: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...place, labels: { 'kubernetes.io/service-name': place.name } },
    addressType: addresses[0].ip.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: addresses.map(({ ip }: { ip: string }) => ({ addresses: [ip], conditions: { ready: true } })),
    ports,
  };
  const present = await ensure(api, wanted);
  const isRight =
    ['endpoints', 'ports'].every((field) => semanticEqual(present[field], wanted[field])) &&
    semanticEqual(present.metadata!.labels, wanted.metadata!.labels);
  if (!isRight) await api.update(place.namespace, wanted, managerOf(wanted));
}
