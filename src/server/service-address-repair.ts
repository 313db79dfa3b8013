import { service as services } from '../../api/core/v1/service.ts';
import { cidrContains, ipText, type ParsedIP, parseCIDR, parseIP } from '../../api/meta/ip.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import { ipAddress as addresses } from '../../api/networking.k8s.io/v1/ipaddress.ts';
import { serviceCIDR as ranges } from '../../api/networking.k8s.io/v1/servicecidr.ts';
import type { Client } from '../client/client.ts';
import { parseTime } from '../machinery/clock.ts';
import { every } from '../machinery/periodic.ts';
import { isHeldByService, labelsOfHeld } from '../registry/allocators/service-addresses.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { createController } from '../runtime/controller.ts';
import { unlessNotFound } from '../runtime/errors.ts';
import { createInformers } from '../runtime/informers.ts';
import { keyOf } from '../runtime/keys.ts';
import { SeriesEvents } from '../runtime/series-events.ts';

/** How often all Services and addresses are looked at without an occasion, in milliseconds. */
const interval = 180_000;
/** A Service may still be on its way for so long after its address was taken. */
const grace = 60_000;
/** A Service whose creation fails gives its address back within so long. */
const graceOfNew = 5_000;
const component = 'ipallocator-repair-controller';
const settings = { workers: 5, maxRetries: 15 };

/**
 * Keeps Services and IPAddress objects in agreement, whatever users do to them (KEP-1880): a Service is looked at when it changes, an address when that
 * changes, and all of them every three minutes, which is when an address that was deleted is noticed.
 * @param client acts as the API server
 * @param host where it runs
 */
export function startAddressRepair(client: Client, context: RuntimeContext, host: string): AsyncDisposable {
  const { clock } = context;
  const informers = createInformers(client, context);
  const [knownServices, knownAddresses, knownRanges] = [informers.for(services), informers.for(addresses), informers.for(ranges)];
  const api = client.resource<KubeObject>(addresses);
  const events = new SeriesEvents(client, context, component, host);
  const all = [knownServices, knownAddresses, knownRanges];
  const ofServices = createController({ name: `${component}/services`, reconcile: syncService, informers: all, ...settings }, context);
  const ofAddresses = createController({ name: `${component}/addresses`, reconcile: syncAddress, informers: all, ...settings }, context);
  const noteService = (service: KubeObject) => ofServices.enqueue(keyOf(service));
  const noteAddress = (address: KubeObject) => ofAddresses.enqueue(keyOf(address));
  knownServices.addHandler({ added: noteService, updated: noteService });
  knownAddresses.addHandler({ added: noteAddress, updated: noteAddress });
  const resync = async () => {
    for (const service of knownServices.list()) noteService(service);
    for (const address of knownAddresses.list()) noteAddress(address);
  };
  every(clock, interval, resync, () => {}, context.signal);

  function tell(service: KubeObject, reason: string, text: string): void {
    events.record({ object: service, resource: services }, 'Warning', reason, 'ClusterIPAllocation', text);
  }

  async function syncService(key: string): Promise<void> {
    const service = knownServices.getByKey(key);
    for (const [address, parsed] of service ? addressesOf(service) : []) await repair(service!, address, parsed);
  }

  async function repair(service: KubeObject, address: string, parsed: ParsedIP): Promise<void> {
    const shown = `[${familyOf(parsed)}]: ${address}`;
    if (![...knownRanges.list()].some((range) => offers(range, parsed))) {
      const text = `Cluster IP ${shown} is not within any configured Service CIDR; please recreate service`;
      return tell(service, 'ClusterIPOutOfRange', text);
    }
    // Its watch may tell of the Service before it tells of the address, which was made first.
    const found = knownAddresses.getByKey(address) ?? (await unlessNotFound(api.get('', address)));
    if (!found) {
      tell(service, 'ClusterIPNotAllocated', `Cluster IP ${shown} is not allocated; repairing`);
      await api.create('', addressFor(service, address, parsed));
      return;
    }
    const { group = '', resource, namespace = '', name = '' } = found['spec'].parentRef ?? {};
    const isOwn = namespace === service.metadata!.namespace && name === service.metadata!.name;
    const other = isOwn ? undefined : knownServices.get(namespace, name);
    if (group !== '' || resource !== 'services' || (!isOwn && !other)) {
      tell(service, 'ClusterIPNotAllocated', `the ClusterIP ${shown} for Service ${keyOf(service)} has a wrong reference; repairing`);
      return makeAnew(service, address, parsed);
    }
    if (other?.spec.clusterIPs?.includes(address)) {
      const text = `Cluster IP [${familyOf(parsed)}]:${address} was assigned to multiple services; please recreate service`;
      tell(service, 'ClusterIPAlreadyAllocated', text);
    }
    const labels = found.metadata!.labels ?? {};
    const wanted = Object.entries(labelsOfHeld(familyOf(parsed)));
    if (wanted.some(([label, value]) => labels[label] !== value)) await makeAnew(service, address, parsed);
  }

  async function makeAnew(service: KubeObject, address: string, parsed: ParsedIP): Promise<void> {
    await unlessNotFound(api.delete('', address));
    await api.create('', addressFor(service, address, parsed));
  }

  async function syncAddress(key: string): Promise<number | undefined> {
    const address = knownAddresses.getByKey(key);
    if (!address || !isHeldByService(address)) return undefined;
    const { name, creationTimestamp } = address.metadata!;
    const { group = '', resource, namespace = '', name: of = '' } = address['spec'].parentRef ?? {};
    const age = clock.now() - parseTime(creationTimestamp!);
    const place = `IPAddress: ${name} for Service ${namespace}/${of}`;
    if (group !== '' || resource !== 'services') {
      const reference = `&ParentReference{Group:${group},Resource:${resource},Namespace:${namespace},Name:${of},}`;
      const text = `IPAddress ${name} appears to have been modified, not referencing a Service ${reference}: cleaning up`;
      return remove(address, 'IPAddressNotAllocated', text);
    }
    const service = knownServices.get(namespace, of);
    if (!service) {
      if (age <= grace) return grace - age;
      return remove(address, 'IPAddressNotAllocated', `${place} appears to have leaked: cleaning up`);
    }
    if (service.spec.clusterIPs?.includes(name)) return undefined;
    // One that becomes a Service with an address, and one that may fail to be made.
    if (service.spec.type === 'ExternalName' && age < grace) return grace - age;
    if (parseTime(creationTimestamp!) > parseTime(service.metadata!.creationTimestamp!) && age < graceOfNew) return graceOfNew;
    return remove(address, 'IPAddressWrongReference', `${place} has a wrong reference; cleaning up`);
  }

  async function remove(address: KubeObject, reason: string, text: string): Promise<undefined> {
    events.record({ object: address, resource: addresses }, 'Warning', reason, 'IPAddressAllocation', text);
    await unlessNotFound(api.delete('', address.metadata!.name!));
  }

  informers.start();
  const running = [ofServices.start(), ofAddresses.start()];
  return {
    async [Symbol.asyncDispose]() {
      for (const controller of running) await controller[Symbol.asyncDispose]();
      await informers[Symbol.asyncDispose]();
    },
  };
}

/** Whether a range gives this address out: not the network's own, nor in IPv4 the broadcast address. */
function offers({ spec }: KubeObject, address: ParsedIP): boolean {
  return (spec?.cidrs ?? []).some((text: string) => {
    const cidr = parseCIDR(text);
    if (!cidr || !cidrContains(cidr, address) || address.bits === cidr.first) return false;
    return address.version === 6 || address.bits !== cidr.last;
  });
}

/** The addresses that a Service holds, as IPAddress objects are named. */
function addressesOf({ spec }: KubeObject): Map<string, ParsedIP> {
  const held: readonly string[] = spec.clusterIP && spec.clusterIP !== 'None' ? (spec.clusterIPs ?? []) : [];
  const parsed = held.flatMap((text) => parseIP(text) ?? []);
  return new Map(parsed.map((ip) => [ipText(ip.version, ip.bits), ip]));
}

const familyOf = ({ version }: ParsedIP): 'IPv4' | 'IPv6' => (version === 4 ? 'IPv4' : 'IPv6');

function addressFor({ metadata }: KubeObject, address: string, parsed: ParsedIP): KubeObject {
  const { name, namespace } = metadata!;
  return {
    apiVersion: apiVersionOf(addresses.group, addresses.version),
    kind: addresses.kind,
    metadata: { name: address, labels: labelsOfHeld(familyOf(parsed)) },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  } as KubeObject;
}
