import { ApiError, notFound } from '../../registry/errors.ts';
import type { Scope } from './scope.ts';

/** Where something listens. */
export interface Address {
  readonly address: string;
  readonly port: number;
}

const preferredAddresses = ['InternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS', 'ExternalIP'];
const kubeletPort = 10250;

/**
 * Where a node says that its kubelet listens.
 * @param resource of the request, whose words are used where there is no such node
 * @throws ApiError 404, 500 where it has no address
 */
export async function kubeletAddress({ parts }: Scope, name: string, resource: 'pods' | 'nodes'): Promise<Address> {
  const store = parts.registry.storeOf('', 'v1', 'nodes');
  const node = (await store.read(store.key('', name)))?.object;
  if (!node) throw notFound({ group: '', resource }, name);
  const addresses: { type: string; address: string }[] = node['status']?.addresses ?? [];
  const found = preferredAddresses.flatMap((type) => addresses.find((address) => address.type === type) ?? [])[0];
  const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ');
  if (!found) throw new ApiError(500, '', `no preferred addresses found; known addresses: [${known}]`);
  return { address: found.address, port: node['status']?.daemonEndpoints?.kubeletEndpoint?.Port || kubeletPort };
}
