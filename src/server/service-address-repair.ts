import { event as events } from '../../api/core/v1/event.ts';
import { service as services } from '../../api/core/v1/service.ts';
import type { ResourceDefinition } from '../../api/define.ts';
import { ipText, parseIP } from '../../api/meta/ip.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import { ipAddress as addresses } from '../../api/networking.k8s.io/v1/ipaddress.ts';
import type { Client } from '../client/client.ts';
import { type Clock, formatMicroTime, formatTime, parseTime } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import { every } from '../machinery/periodic.ts';
import type { Random } from '../machinery/random.ts';
import { ApiError } from '../registry/errors.ts';

export interface AddressRepairParts {
  /** Acts as the API server. */
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How often all Services and addresses are compared, in milliseconds. */
const interval = 180_000;
/** A Service may still be on its way for so long after its address was taken. */
const grace = 60_000;
const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const managerLabel = 'ipaddress.kubernetes.io/managed-by';
const manager = 'ipallocator.k8s.io';
const component = 'ipallocator-repair-controller';

/** Keeps Services and IPAddress objects in agreement, whatever users do to them, until the signal is aborted (KEP-1880). */
export function startAddressRepair(parts: AddressRepairParts, signal: AbortSignal): void {
  const { clock, logger } = parts;
  const failed = (error: unknown) => logger.warn({ error }, 'addresses of Services could not be compared');
  every(clock, interval, () => repairAddresses(parts), failed, signal);
}

/** Compares them once, and puts right what is wrong. */
export async function repairAddresses(parts: AddressRepairParts): Promise<void> {
  const { client, clock } = parts;
  const api = client.resource(addresses);
  const known = new Map((await api.list('')).items.map((address) => [address.metadata!.name!, address]));
  const all = new Map((await client.resource(services).list('')).items.map((service) => [nameOf(service), service]));
  for (const service of all.values()) {
    for (const [address, family] of addressesOf(service)) await repairOne(parts, service, address, family, known.get(address), all);
  }
  for (const address of known.values()) {
    const { metadata, spec } = address;
    if (metadata!.labels?.[managerLabel] !== manager) continue;
    const { group = '', resource, namespace, name } = spec.parentRef ?? {};
    const age = clock.now() - parseTime(metadata!.creationTimestamp!);
    const place = `IPAddress: ${metadata!.name} for Service ${namespace}/${name}`;
    const service = all.get(`${namespace}/${name}`);
    if (group !== '' || resource !== 'services') {
      const text = `IPAddress ${metadata!.name} appears to have been modified, not referencing a Service: cleaning up`;
      await remove(parts, address, 'IPAddressNotAllocated', text);
    } else if (!service) {
      if (age > grace) await remove(parts, address, 'IPAddressNotAllocated', `${place} appears to have leaked: cleaning up`);
    } else if (![...addressesOf(service).keys()].includes(metadata!.name!) && age > grace) {
      await remove(parts, address, 'IPAddressWrongReference', `${place} has a wrong reference; cleaning up`);
    }
  }
}

async function repairOne(
  parts: AddressRepairParts,
  service: KubeObject,
  address: string,
  family: string,
  found: KubeObject | undefined,
  all: ReadonlyMap<string, KubeObject>,
): Promise<void> {
  const api = parts.client.resource(addresses);
  const shown = `[${family}]: ${address}`;
  if (found) {
    const { namespace, name } = found['spec'].parentRef ?? {};
    if (`${namespace}/${name}` === nameOf(service)) return;
    const other = all.get(`${namespace}/${name}`);
    if (other && addressesOf(other).has(address)) {
      const text = `Cluster IP [${family}]:${address} was assigned to multiple services; please recreate service`;
      return tell(parts, services, service, 'ClusterIPAlreadyAllocated', 'ClusterIPAllocation', text);
    }
    const text = `the ClusterIP ${shown} for Service ${nameOf(service)} has a wrong reference; repairing`;
    await tell(parts, services, service, 'ClusterIPNotAllocated', 'ClusterIPAllocation', text);
    await unlessGone(api.delete('', address));
  } else {
    const text = `Cluster IP ${shown} is not allocated; repairing`;
    await tell(parts, services, service, 'ClusterIPNotAllocated', 'ClusterIPAllocation', text);
  }
  const { name, namespace } = service.metadata!;
  await unlessGone(
    api.create('', {
      apiVersion: apiVersionOf(addresses.group, addresses.version),
      kind: addresses.kind,
      metadata: { name: address, labels: { [familyLabel]: family, [managerLabel]: manager } },
      spec: { parentRef: { group: '', resource: 'services', namespace, name } },
    } as KubeObject),
  );
}

async function remove(parts: AddressRepairParts, address: KubeObject, reason: string, message: string): Promise<void> {
  await tell(parts, addresses, address, reason, 'IPAddressAllocation', message);
  await unlessGone(
    parts.client.resource(addresses).delete('', address.metadata!.name!, { preconditions: { uid: address.metadata!.uid! } }),
  );
}

/** The addresses that a Service holds, as IPAddress objects are named, with their families. */
function addressesOf({ spec }: KubeObject): Map<string, string> {
  const held = spec.type === 'ExternalName' ? [] : (spec.clusterIPs ?? []);
  return new Map(
    held.flatMap((text: string): [string, string][] => {
      const parsed = parseIP(text);
      return parsed ? [[ipText(parsed.version, parsed.bits), parsed.version === 4 ? 'IPv4' : 'IPv6']] : [];
    }),
  );
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata!.namespace}/${metadata!.name}`;
}

/** Lets pass that another one was quicker. */
async function unlessGone(done: Promise<unknown>): Promise<void> {
  await done.catch((error) => {
    if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error;
  });
}

async function tell(
  { client, clock, random }: AddressRepairParts,
  definition: ResourceDefinition,
  { metadata }: KubeObject,
  reason: string,
  action: string,
  message: string,
): Promise<void> {
  const { name, namespace = 'default', uid, resourceVersion } = metadata!;
  const now = clock.now();
  const place = definition.scope === 'Namespaced' ? { namespace } : {};
  await client.resource(events).create(namespace, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${random.bytes(8).toString('hex')}`, namespace },
    involvedObject: {
      apiVersion: apiVersionOf(definition.group, definition.version),
      kind: definition.kind,
      name,
      ...place,
      uid,
      resourceVersion,
    },
    reason,
    action,
    message,
    type: 'Warning',
    eventTime: formatMicroTime(now),
    reportingComponent: component,
    reportingInstance: component,
    source: {},
    firstTimestamp: formatTime(now),
    lastTimestamp: formatTime(now),
  } as KubeObject);
}
