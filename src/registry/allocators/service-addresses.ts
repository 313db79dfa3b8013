import { prepareServiceAddresses } from '../../../api/core/v1/service.addresses.ts';
import { invalid as invalidField } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { cidrContains, ipText, type ParsedCIDR, parseCIDR, parseIP } from '../../../api/meta/ip.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Service } from '../../../openapi/types.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import { createObject } from '../create.ts';
import { deleteObject } from '../delete.ts';
import { ApiError, internalError } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { apiServerUser } from '../own-user.ts';
import type { ResourceStore } from '../resource-store.ts';
import { type Allocation, type Allocator, noAllocation } from './allocator.ts';
import type { AllocatorParts } from './index.ts';
import { isHeadless, type ServiceSpec, serviceInvalid } from './service-spec.ts';

/** A range of addresses for services. Low addresses are given only when asked for, as long as there are others. */
interface AddressRange {
  readonly text: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly cidr: ParsedCIDR;
  readonly first: bigint;
  readonly last: bigint;
  /** How many of the first are left to those who ask for them by number. */
  readonly reserved: bigint;
}

const familyLabel = 'ipaddress.kubernetes.io/ip-family';
const managerLabel = 'ipaddress.kubernetes.io/managed-by';
const manager = 'ipallocator.k8s.io';

/** The labels of an IPAddress object that a Service holds. */
export function labelsOfHeld(family: 'IPv4' | 'IPv6'): Readonly<Record<string, string>> {
  return { [familyLabel]: family, [managerLabel]: manager };
}

/** Whether an IPAddress object is held by a Service, as far as its labels tell. */
export function isHeldByService({ metadata }: KubeObject): boolean {
  return metadata!.labels?.[managerLabel] === manager;
}

const apiVersion = 'networking.k8s.io/v1';

/** Gives Services their cluster IPs. Each address is taken by creating its IPAddress object, which only one of all API servers can. */
export class ServiceAddresses implements Allocator {
  readonly name = 'clusterIP';
  private readonly parts: AllocatorParts;
  /** Those of the flags: in force by themselves while no ServiceCIDR object is there. */
  private readonly own: readonly AddressRange[];

  constructor(parts: AllocatorParts) {
    this.parts = parts;
    this.own = parts.settings.serviceClusterIPRanges.map(rangeOf);
  }

  async begin(service: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Allocation> {
    const spec: ServiceSpec = (service['spec'] ??= {});
    const oldSpec: ServiceSpec | undefined = old?.['spec'];
    const errors = prepareServiceAddresses(service as Service, old as Service | undefined, this.parts.settings);
    if (errors.length > 0) throw serviceInvalid(service, errors);
    if (oldSpec && oldSpec.type !== 'ExternalName') return this.change(service, spec, oldSpec, dryRun);
    if (spec.type === 'ExternalName' || isHeadless(spec)) return noAllocation;
    return this.take(service, spec, 0, dryRun);
  }

  async release(service: KubeObject): Promise<void> {
    const spec: ServiceSpec = service['spec'] ?? {};
    if (spec.type !== 'ExternalName' && !isHeadless(spec)) await this.giveBack(spec.clusterIPs ?? []);
  }

  private async change(service: KubeObject, spec: ServiceSpec, old: ServiceSpec, dryRun: boolean): Promise<Allocation> {
    if (isHeadless(old)) return noAllocation;
    if (spec.type === 'ExternalName') return this.releaseLater(old.clusterIPs ?? [], dryRun);
    const before = old.ipFamilies?.length ?? 0;
    const after = spec.ipFamilies?.length ?? 0;
    if (before === 1 && after === 2) return this.take(service, spec, 1, dryRun);
    return before === 2 && after === 1 ? this.releaseLater((old.clusterIPs ?? []).slice(1), dryRun) : noAllocation;
  }

  private releaseLater(addresses: readonly string[], dryRun: boolean): Allocation {
    return dryRun ? noAllocation : { commit: () => this.giveBack(addresses), rollback: async () => {} };
  }

  // Takes an address for each family from the given one on.
  private async take(service: KubeObject, spec: ServiceSpec, from: number, dryRun: boolean): Promise<Allocation> {
    const families = spec.ipFamilies ?? [];
    // Where the first address is given, refusals show the place of the second as well.
    if (spec.clusterIPs?.[0] && spec.clusterIPs.length < families.length) spec.clusterIPs = [...spec.clusterIPs, ''];
    const addresses = [...(spec.clusterIPs ?? [])];
    const ranges = await this.ranges();
    const taken: string[] = [];
    const rollback = () => this.giveBack(taken);
    try {
      for (const [i, family] of families.entries()) {
        if (i < from) continue;
        const wanted = addresses[i];
        const fitting = ranges.filter((candidate) => candidate.family === family);
        const address = wanted ? await this.takeExactly(service, fitting, wanted, dryRun) : await this.takeAny(service, fitting, dryRun);
        addresses[i] = address;
        if (!dryRun) taken.push(address);
      }
    } catch (error) {
      await rollback();
      throw error;
    }
    spec.clusterIPs = addresses;
    if (addresses[0]) spec.clusterIP = addresses[0];
    return { commit: async () => {}, rollback };
  }

  /** The ranges from which addresses may be taken now: of all ServiceCIDRs that are ready and stay (KEP-1880). */
  private async ranges(): Promise<readonly AddressRange[]> {
    const objects = await this.parts.listOf('networking.k8s.io', 'v1', 'servicecidrs');
    if (objects.length === 0) return this.own;
    const texts = new Set(objects.filter(isUsable).flatMap(({ spec }): string[] => spec.cidrs ?? []));
    const further = [...texts].filter((text) => !this.own.some((range) => range.text === text));
    return [...this.own.filter(({ text }) => texts.has(text)), ...further.map(rangeOf)];
  }

  private async takeExactly(service: KubeObject, ranges: readonly AddressRange[], wanted: string, dryRun: boolean): Promise<string> {
    const parsed = parseIP(wanted);
    if (!parsed) throw internalError(`failed to parse service IP ${goQuote(wanted)}`);
    const fail = (why: string) => {
      const error = invalidField('spec.clusterIPs', service['spec'].clusterIPs, `failed to allocate IP ${wanted}: ${why}`);
      return serviceInvalid(service, [error]);
    };
    const range = ranges.find(({ cidr, first, last }) => cidrContains(cidr, parsed) && parsed.bits >= first && parsed.bits <= last);
    if (!range) {
      // A dry run asks one of the ranges, and not all of them.
      const text = `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${ranges[0]?.text}`;
      throw fail(dryRun && ranges.length > 0 ? text : 'the provided network does not match the current range');
    }
    const name = ipText(parsed.version, parsed.bits);
    if (!dryRun && !(await this.claim(service, range, name))) throw fail('provided IP is already allocated');
    return wanted;
  }

  private async takeAny(service: KubeObject, ranges: readonly AddressRange[], dryRun: boolean): Promise<string> {
    for (const range of ranges) {
      if (dryRun) return ipText(range.cidr.version, range.first - 1n);
      const address = await this.takeFrom(service, range);
      if (address !== undefined) return address;
    }
    throw internalError(`failed to allocate a serviceIP for Service ${goQuote(service.metadata?.name ?? '')}: range is full`);
  }

  /** @returns undefined where the range is full */
  private async takeFrom(service: KubeObject, range: AddressRange): Promise<string | undefined> {
    const upper = range.first + range.reserved;
    for (const [low, high] of [
      [upper, range.last],
      [range.first, upper - 1n],
    ] as const) {
      const size = high - low + 1n;
      if (size <= 0n) continue;
      const start = BigInt(Math.floor(this.parts.random.next() * Number(size > 2n ** 48n ? 2n ** 48n : size)));
      for (let i = 0n; i < size; i++) {
        const address = ipText(range.cidr.version, low + ((start + i) % size));
        if (this.isKnown(address)) continue;
        if (await this.claim(service, range, address)) return address;
      }
    }
    return undefined;
  }

  private get store(): ResourceStore {
    return this.parts.registry().storeOf('networking.k8s.io', 'v1', 'ipaddresses');
  }

  // Spares a write for addresses of which the cache knows already that they are taken.
  private isKnown(address: string): boolean {
    return this.store.cached(this.store.key('', address)) !== undefined;
  }

  private async claim(service: KubeObject, range: AddressRange, address: string): Promise<boolean> {
    const { store } = this;
    const { name = '', namespace = '' } = service.metadata ?? {};
    const object: KubeObject = {
      kind: 'IPAddress',
      apiVersion,
      metadata: { name: address, labels: labelsOfHeld(range.family) },
      spec: { parentRef: { resource: 'services', namespace, name } },
    };
    const tracked = trackUpdate(this.parts.managerOf(store.definition, 'kube-apiserver', store.now()), undefined, object);
    try {
      await createObject(store, tracked, ownOperation());
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return false;
      throw error;
    }
  }

  private async giveBack(addresses: readonly string[]): Promise<void> {
    const { store } = this;
    for (const address of addresses) {
      const parsed = parseIP(address);
      if (!parsed) continue;
      const name = ipText(parsed.version, parsed.bits);
      try {
        // It stays for as long as it has finalizers.
        await deleteObject(store, name, {}, ownOperation(), async () => {});
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    }
  }
}

/** Whether new addresses may be taken from a ServiceCIDR: one of which nobody has said so yet may be used as well. */
function isUsable({ metadata, status }: KubeObject): boolean {
  const ready = (status?.conditions ?? []).find(({ type }: { type: string }) => type === 'Ready');
  return !metadata!.deletionTimestamp && (ready === undefined || ready.status === 'True');
}

function ownOperation(): Operation {
  return { user: apiServerUser, namespace: '', subresource: '', dryRun: false, options: undefined, warn: () => {} };
}

function rangeOf(text: string): AddressRange {
  const cidr = parseCIDR(text);
  if (!cidr) throw new Error(`${text} is no range of addresses`);
  // The network's own address is nobody's; in IPv4 the broadcast address is not either.
  const first = cidr.first + 1n;
  const last = cidr.version === 4 ? cidr.last - 1n : cidr.last;
  return { text, family: cidr.version === 4 ? 'IPv4' : 'IPv6', cidr, first, last, reserved: reservedOf(last - first + 1n) };
}

// A sixteenth, but from 16 to 256; none of ranges that are smaller than that.
function reservedOf(size: bigint): bigint {
  if (size <= 16n) return 0n;
  const part = size / 16n;
  return part < 16n ? 16n : part > 256n ? 256n : part;
}
