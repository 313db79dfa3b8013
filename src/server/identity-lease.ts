import { createHash } from 'node:crypto';
import { lease as leases } from '../../api/coordination.k8s.io/v1/lease.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Client } from '../client/client.ts';
import { type Clock, formatMicroTime, parseTime } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { every } from '../machinery/periodic.ts';
import type { Random } from '../machinery/random.ts';
import { undefinedIfNotFound } from '../registry/errors.ts';

export interface IdentityLeaseParts {
  /** Acts as the API server. */
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of the machine: servers of one machine share a lease. */
  readonly hostname: string;
  /** Where other API servers reach this one. */
  readonly address: string;
}

const component = 'kube-apiserver';
const namespace = 'kube-system';
const identityLabel = 'apiserver.kubernetes.io/identity';
const hostnameLabel = 'kubernetes.io/hostname';
const addressAnnotation = 'kubernetes.io/peer-advertise-address';
const durationSeconds = 3600;
const renewMs = 10_000;
const collectMs = 3_600_000;
/** A server that has not renewed its lease three times is taken for gone. */
const aliveMs = 3 * renewMs;

/**
 * Tells by a lease that this API server is there, and removes those of servers that have not been heard of for long, until the signal is aborted
 * (KEP-1965). A lease that a former server of the machine left is replaced when this resolves.
 */
export async function startIdentityLease(parts: IdentityLeaseParts, signal: AbortSignal): Promise<void> {
  const { client, clock, random, logger, hostname } = parts;
  const name = identityOf(hostname);
  const holder = `${name}_${random.uuid()}`;
  const collect = () => collectIdentityLeases(parts);
  const renew = () => renewIdentityLease(parts, name, holder);
  await client.resource(leases).delete(namespace, name).catch(undefinedIfNotFound);
  await collect();
  await renew();
  every(clock, renewMs, renew, (error) => logger.warn({ error, lease: name }, 'the identity lease could not be renewed'), signal);
  every(clock, collectMs, collect, (error) => logger.warn({ error }, 'expired identity leases could not be collected'), signal);
}

/** The name of a server on that machine: a hash of the host's name and the component's, each after its length in two bytes. */
export function identityOf(hostname: string): string {
  const hash = createHash('sha256');
  for (const text of [hostname, component]) {
    const bytes = Buffer.from(text);
    hash.update(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff)).update(bytes);
  }
  return `apiserver-${base32(hash.digest().subarray(0, 16))}`;
}

/** Makes the lease, or renews it as it is: only what belongs to the server is put right. */
export async function renewIdentityLease(
  { client, clock, hostname, address }: IdentityLeaseParts,
  name: string,
  holder: string,
): Promise<void> {
  const api = client.resource(leases);
  const present = await api.get(namespace, name).catch(undefinedIfNotFound);
  const { labels, annotations } = present?.metadata ?? {};
  const wanted: KubeObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...(present?.metadata ?? { name, namespace }),
      labels: { ...labels, [identityLabel]: component, [hostnameLabel]: hostname },
      annotations: { ...annotations, [addressAnnotation]: address },
    },
    spec: {
      ...(present?.spec ?? { holderIdentity: holder }),
      leaseDurationSeconds: durationSeconds,
      renewTime: formatMicroTime(clock.now()),
    },
  };
  if (present) await api.update(namespace, wanted);
  else await api.create(namespace, wanted);
}

/** Removes the leases of API servers that have run out. */
export async function collectIdentityLeases({ client, clock }: Pick<IdentityLeaseParts, 'client' | 'clock'>): Promise<void> {
  const api = client.resource(leases);
  const { items } = await api.list(namespace, { labelSelector: `${identityLabel}=${component}` });
  for (const { metadata, spec } of items) {
    const { renewTime, leaseDurationSeconds } = spec ?? {};
    const isValid =
      renewTime !== undefined && leaseDurationSeconds !== undefined && parseTime(renewTime) + leaseDurationSeconds * 1000 >= clock.now();
    if (!isValid) await api.delete(namespace, metadata!.name!).catch(undefinedIfNotFound);
  }
}

/** Where the API servers are that have renewed their leases lately. */
export async function addressesOfServers({ client, clock }: Pick<IdentityLeaseParts, 'client' | 'clock'>): Promise<string[]> {
  const { items } = await client.resource(leases).list(namespace, { labelSelector: `${identityLabel}=${component}` });
  return items.flatMap(({ metadata, spec }) => {
    const address = metadata!.annotations?.[addressAnnotation];
    if (!address || !spec?.renewTime || parseTime(spec.renewTime) < clock.now() - aliveMs) return [];
    return [address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')];
  });
}

/** RFC 4648 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
