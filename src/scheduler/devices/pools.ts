import { compareText } from '../../../api/meta/text.ts';
import type { Device, Node, NodeSelector, ResourceSlice } from '../../../openapi/types.ts';
import { matchesTerm } from '../../runtime/node-selection.ts';

/** A device of a pool, and the slice that publishes it. */
export interface PoolDevice {
  /** Unique in the cluster. */
  readonly id: string;
  readonly device: Device;
  readonly slice: ResourceSlice;
  readonly pool: Pool;
}

/** The devices of one driver that are published together, as far as a node can use them. */
export interface Pool {
  readonly driver: string;
  readonly name: string;
  readonly state: 'complete' | 'incomplete' | 'invalid';
  readonly devices: readonly PoolDevice[];
  /** Devices of the pool that are out of the node's reach but draw on the same counters. */
  readonly others: readonly PoolDevice[];
  /** How much there is of each counter, by set. */
  readonly counters: ReadonlyMap<string, Readonly<Record<string, { value: string }>>>;
}

export function deviceId(driver: string, pool: string, device: string): string {
  return `${driver}/${pool}/${device}`;
}

/** Whether devices that are published for these nodes can be used on the node. */
export function reaches(
  node: Node,
  nodeName: string | undefined,
  allNodes: boolean | undefined,
  selector: NodeSelector | undefined,
): boolean {
  if (nodeName) return node.metadata!.name === nodeName;
  return allNodes === true || (selector?.nodeSelectorTerms ?? []).some((term) => matchesTerm(term, node));
}

/** The pools that a node can use, those whose devices must be prepared before a pod is bound last. */
export function poolsFor(node: Node, slices: Iterable<ResourceSlice>): Pool[] {
  const byPool = new Map<string, ResourceSlice[]>();
  for (const slice of slices) {
    const { driver, pool } = slice.spec;
    const key = `${driver}/${pool.name}`;
    const known = byPool.get(key);
    if (known) known.push(slice);
    else byPool.set(key, [slice]);
  }
  const pools: Pool[] = [];
  for (const published of byPool.values()) {
    const newest = Math.max(...published.map(generationOf));
    const reachable = published.filter((slice) => concernsNode(slice, node));
    const generation = Math.max(...reachable.map(generationOf));
    // What is newer elsewhere makes what the node sees of the pool obsolete.
    if (reachable.length === 0 || generation < newest) continue;
    const present = (all: readonly ResourceSlice[]) => all.filter((slice) => generationOf(slice) === newest);
    pools.push(poolOf(present(reachable), present(published)));
  }
  const inOrder = (a: Pool, b: Pool) => compareText(a.driver, b.driver) || compareText(a.name, b.name);
  const waits = ({ devices }: Pool) => devices.some(({ device }) => device.bindingConditions);
  return [...pools.filter((pool) => !waits(pool)).sort(inOrder), ...pools.filter(waits).sort(inOrder)];
}

function generationOf({ spec }: ResourceSlice): number {
  return Number(spec.pool.generation);
}

function concernsNode({ spec }: ResourceSlice, node: Node): boolean {
  if (spec.sharedCounters?.length) return true;
  if (spec.perDeviceNodeSelection)
    return (spec.devices ?? []).some((device) => reaches(node, device.nodeName, device.allNodes, device.nodeSelector));
  return reaches(node, spec.nodeName, spec.allNodes, spec.nodeSelector);
}

function poolOf(reachable: readonly ResourceSlice[], published: readonly ResourceSlice[]): Pool {
  const { driver, pool } = reachable[0]!.spec;
  const counters = new Map(reachable.flatMap(({ spec }) => spec.sharedCounters ?? []).map((set) => [set.name, set.counters as any]));
  const result = {
    driver,
    name: pool.name,
    state: 'complete' as Pool['state'],
    devices: [] as PoolDevice[],
    others: [] as PoolDevice[],
    counters,
  };
  const devicesOf = (slices: readonly ResourceSlice[]): PoolDevice[] =>
    [...slices]
      .sort((a, b) => compareText(a.metadata!.name!, b.metadata!.name!))
      .flatMap((slice) =>
        (slice.spec.devices ?? []).map((device) => ({ id: deviceId(driver, pool.name, device.name), device, slice, pool: result })),
      );
  if (published.length !== Number(pool.resourceSliceCount)) return { ...result, state: 'incomplete' };
  result.devices = devicesOf(reachable);
  result.others = devicesOf(published.filter((slice) => !reachable.includes(slice)));
  const sets = reachable.flatMap(({ spec }) => spec.sharedCounters ?? []);
  const names = result.devices.map(({ id }) => id);
  const drawsOnNothing = ({ device }: PoolDevice) =>
    (device.consumesCounters ?? []).some(({ counterSet, counters: drawn }) =>
      Object.keys(drawn ?? {}).some((name) => counters.get(counterSet)?.[name] === undefined),
    );
  const isInvalid =
    new Set(names).size < names.length || counters.size < sets.length || [...result.devices, ...result.others].some(drawsOnNothing);
  if (isInvalid) result.state = 'invalid';
  return result;
}
