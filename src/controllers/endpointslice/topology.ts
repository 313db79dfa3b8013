import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import { conditionOf } from '../../runtime/pods.ts';
import type { AddressType, Changes, Content, Endpoint, Update } from './slices.ts';

/** By how much the endpoints of a zone may be asked more than their share. */
const overload = 0.2;

export interface TopologyEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'TopologyAwareHintsEnabled' | 'TopologyAwareHintsDisabled';
  readonly message: string;
}

interface Allocation {
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
}

/** Hints by which each zone's clients go to as many endpoints as the zone has of the nodes' processors (KEP-2433). */
export class Topology {
  /** Each zone's share of the processors; undefined where it is not known of all nodes, or there are fewer than two zones. */
  private shares: ReadonlyMap<string, number> | undefined;
  /** How many endpoints of a service are meant for each zone, by address type. */
  private readonly assigned = new Map<string, Map<AddressType, ReadonlyMap<string, number>>>();
  private readonly enabled = new Set<string>();

  setNodes(nodes: Iterable<KubeObject>): void {
    this.shares = sharesOf(nodes);
  }

  /** The services that the nodes as they are now leave with too few endpoints for a zone. */
  overloaded(): string[] {
    return [...this.assigned]
      .filter(([, types]) => [...types.values()].some((zones) => isOverloaded(zones, this.shares)))
      .map(([key]) => key);
  }

  /** Takes back what is known of a service. @returns whether it had hints */
  forget(key: string, type: AddressType): boolean {
    const types = this.assigned.get(key);
    types?.delete(type);
    if (types?.size === 0) this.assigned.delete(key);
    return this.enabled.delete(key);
  }

  forgetService(key: string): void {
    this.assigned.delete(key);
    this.enabled.delete(key);
  }

  /** Gives the endpoints their hints. @returns the changes with those of slices that change by their hints alone, and what is to be told */
  assign(key: string, type: AddressType, changes: Changes, existing: readonly KubeObject[]): { changes: Changes; events: TopologyEvent[] } {
    const touched = new Set([...changes.update.map(({ slice }) => slice), ...changes.remove]);
    const unchanged = existing.filter((slice) => !touched.has(slice)).map((slice) => ({ slice, content: contentOf(slice) }));
    const total = [...changes.create, ...[...changes.update, ...unchanged].map(({ content }) => content)]
      .flatMap(({ endpoints }) => endpoints)
      .filter(isReady).length;
    const withdraw = (why: string) => {
      this.forget(key, type);
      return { changes: withoutHints(changes, unchanged), events: [disabled(why, type)] };
    };
    const allocations = allocationsOf(this.shares, total);
    if (typeof allocations === 'string') return withdraw(allocations);
    const zones = new Map<string, number>();
    const update = [...changes.update];
    for (const entry of unchanged) {
      const held = hintsHeld(entry.content.endpoints, zones, allocations);
      if (!held) update.push(entry);
      else for (const [zone, count] of held) add(zones, zone, count);
    }
    const own = (content: Content): Content => ({ ...content, endpoints: content.endpoints.map(({ hints: _, ...endpoint }) => endpoint) });
    const result: Changes = {
      create: changes.create.map(own),
      update: update.map((entry) => ({ ...entry, content: own(entry.content) })),
      remove: changes.remove,
    };
    const open = [...result.create, ...result.update.map(({ content }) => content)].flatMap(({ endpoints }) => endpoints).filter(isReady);
    if (open.some(({ zone }) => !zone)) return withdraw('One or more endpoints do not have a zone specified');
    for (const endpoint of open) {
      endpoint.hints = { forZones: [{ name: endpoint.zone! }] };
      add(zones, endpoint.zone!, 1);
    }
    redistribute(open, allocations, zones);
    if (zones.size === 0) return withdraw('No hints allocated for zones');
    const wasEnabled = this.enabled.has(key);
    const types = this.assigned.get(key) ?? new Map<AddressType, ReadonlyMap<string, number>>();
    this.assigned.set(key, types.set(type, zones));
    this.enabled.add(key);
    const message = told('Topology Aware Hints has been enabled', type);
    return { changes: result, events: wasEnabled ? [] : [{ type: 'Normal', reason: 'TopologyAwareHintsEnabled', message }] };
  }
}

export function disabled(why: string, type: AddressType): TopologyEvent {
  return { type: 'Warning', reason: 'TopologyAwareHintsDisabled', message: told(why, type) };
}

const told = (what: string, type: AddressType): string => `${what}, addressType: ${type}`;

function sharesOf(nodes: Iterable<KubeObject>): ReadonlyMap<string, number> | undefined {
  const processors = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const labels = node.metadata!.labels ?? {};
    if ('node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels) continue;
    if (conditionOf(node, 'Ready')?.status !== 'True') continue;
    const zone = labels['topology.kubernetes.io/zone'];
    const amount = parseQuantity(String(node.status?.allocatable?.cpu ?? 0)).milliValue();
    if (!zone || amount === 0) return undefined;
    add(processors, zone, amount);
    total += amount;
  }
  return processors.size < 2 ? undefined : new Map([...processors].map(([zone, amount]) => [zone, amount / total]));
}

function allocationsOf(shares: ReadonlyMap<string, number> | undefined, endpoints: number): ReadonlyMap<string, Allocation> | string {
  if (!shares) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  const counts = `(${endpoints} endpoints, ${shares.size} zones)`;
  if (shares.size > endpoints) return `Insufficient number of endpoints ${counts}`;
  const needs = [...shares].map(([zone, share]) => {
    const desired = share * endpoints;
    return { zone, desired, minimum: Math.ceil(desired * (1 / (1 + overload))) };
  });
  const spare = endpoints - needs.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counts}`;
  return new Map(
    needs.map(({ zone, desired, minimum }) => [zone, { minimum, maximum: minimum + spare, desired: Math.max(desired, minimum) }]),
  );
}

/** How many endpoints of a slice are meant for each zone; undefined where they have to be given out anew. */
function hintsHeld(
  endpoints: readonly Endpoint[],
  zones: ReadonlyMap<string, number>,
  allocations: ReadonlyMap<string, Allocation>,
): ReadonlyMap<string, number> | undefined {
  const held = new Map<string, number>();
  for (const { hints } of endpoints.filter(isReady)) {
    if (!hints?.forZones?.length) return undefined;
    for (const { name } of hints.forZones) add(held, name, 1);
  }
  const fits = ([zone, count]: [string, number]) => count + (zones.get(zone) ?? 0) <= (allocations.get(zone)?.maximum ?? -1);
  return [...held].every(fits) ? held : undefined;
}

/** Means endpoints of zones that have more than their share for zones that have less. */
function redistribute(open: readonly Endpoint[], allocations: ReadonlyMap<string, Allocation>, zones: Map<string, number>): void {
  const surplus = new Map<string, number>();
  const lack = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const more = (zones.get(zone) ?? 0) - desired;
    if (more > 0) surplus.set(zone, more);
    if (more < 0) lack.set(zone, -more);
  }
  for (;;) {
    const [giving, gives] = most(surplus);
    const [receiving, receives] = most(lack);
    if (!giving || !receiving || (gives < 1 && receives < 1) || gives < 0.5 || receives < 0.5) return;
    add(surplus, giving, -1);
    add(lack, receiving, -1);
    const endpoint = open.find(({ zone, hints }) => zone === giving && hints?.forZones?.[0]?.name === giving);
    if (!endpoint) continue;
    endpoint.hints = { forZones: [{ name: receiving }] };
    add(zones, giving, -1);
    add(zones, receiving, 1);
  }
}

function most(amounts: ReadonlyMap<string, number>): [zone: string | undefined, amount: number] {
  let best: [string | undefined, number] = [undefined, 0];
  for (const [zone, amount] of amounts) if (amount > best[1]) best = [zone, amount];
  return best;
}

function isOverloaded(zones: ReadonlyMap<string, number>, shares: ReadonlyMap<string, number> | undefined): boolean {
  if (zones.size === 0) return false;
  if (!shares) return true;
  const total = [...zones.values()].reduce((sum, count) => sum + count, 0);
  return [...shares].some(([zone, share]) => (zones.get(zone) ?? -1) < Math.ceil(total * share * (1 / (1 + overload))));
}

function withoutHints(changes: Changes, unchanged: readonly Update[]): Changes {
  const bare = (content: Content): Content => ({ ...content, endpoints: content.endpoints.map(({ hints: _, ...endpoint }) => endpoint) });
  const hinted = unchanged.filter(({ content }) => content.endpoints.some(({ hints }) => hints));
  return {
    create: changes.create.map(bare),
    update: [...changes.update, ...hinted].map((entry) => ({ ...entry, content: bare(entry.content) })),
    remove: changes.remove,
  };
}

/** The wanted endpoints with the hints that they have where nothing else about them changes. */
export function withKnownHints(
  wanted: readonly Endpoint[],
  existing: readonly KubeObject[],
  same: (a: Endpoint, b: Endpoint) => boolean,
): Endpoint[] {
  const known = new Map<string, Endpoint>();
  for (const slice of existing)
    for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) known.set(String(endpoint.targetRef?.uid), endpoint);
  return wanted.map((endpoint) => {
    const { hints, ...before } = known.get(String(endpoint.targetRef?.uid)) ?? ({} as Endpoint);
    return hints && same(before as Endpoint, endpoint) ? { ...endpoint, hints } : endpoint;
  });
}

function contentOf({ ports, endpoints }: KubeObject): Content {
  return { ports: ports ?? [], endpoints: endpoints ?? [] };
}

const isReady = ({ conditions }: Endpoint): boolean => conditions.ready === true;

function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}
