import { maxNodeScore } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { isScalarResource, type ReadonlyAmounts, type ScoredRequests } from '../resources.ts';

export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}

/** A point of a shape: at this utilisation in percent, that score out of ten. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** What the nodes' devices give of an extended resource that a device class serves (KEP-5004). */
export interface DeviceAmounts {
  readonly allocatable: number;
  readonly allocated: number;
}

/** One resource of a node in a pod's eyes: all there is, what others take, and what would be taken with the pod. */
export interface Share {
  weight: number;
  allocatable: number;
  allocated: number;
  requested: number;
}

export type Strategy = (shares: readonly Share[]) => number;

export const leastAllocated: Strategy = (shares) =>
  weightedMean(shares, ({ requested, allocatable }) =>
    requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxNodeScore) / allocatable),
  );

export const mostAllocated: Strategy = (shares) =>
  weightedMean(shares, ({ requested, allocatable }) => Math.trunc((Math.min(requested, allocatable) * maxNodeScore) / allocatable));

function weightedMean(shares: readonly Share[], scoreOf: (share: Share) => number): number {
  let sum = 0;
  let weights = 0;
  for (const share of shares) {
    sum += scoreOf(share) * share.weight;
    weights += share.weight;
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights);
}

/** Scores by a curve over utilisation. Resources that score nothing do not pull the others down. */
export function requestedToCapacityRatio(shape: readonly ShapePoint[]): Strategy {
  const curve = brokenLine(shape);
  return (shares) => {
    let sum = 0;
    let weights = 0;
    for (const { requested, allocatable, weight } of shares) {
      const score = curve(requested > allocatable ? 100 : Math.trunc((requested * 100) / allocatable));
      if (score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}

/** Straight lines between the points, level outside of them; scores out of ten become scores out of a hundred. */
function brokenLine(shape: readonly ShapePoint[]): (utilization: number) => number {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * (maxNodeScore / 10) }));
  return (utilization) => {
    const i = points.findIndex((point) => utilization <= point.utilization);
    if (i === -1) return points.at(-1)!.score;
    if (i === 0) return points[0]!.score;
    const [from, to] = [points[i - 1]!, points[i]!];
    return from.score + Math.trunc(((to.score - from.score) * (utilization - from.utilization)) / (to.utilization - from.utilization));
  };
}

/** How much more evenly the node's resources would be used with the pod than without it: 50 where the pod changes nothing. */
export const balanced: Strategy = (shares) => {
  const half = maxNodeScore / 2;
  const withPod = evenness(shares, ({ requested }) => requested);
  const withoutPod = evenness(shares, ({ allocated }) => allocated);
  return half + Math.trunc((half + withPod - withoutPod) / 2);
};

function evenness(shares: readonly Share[], taken: (share: Share) => number): number {
  const fraction = (share: Share) => Math.min(1, taken(share) / share.allocatable);
  let deviation = 0;
  if (shares.length === 2) deviation = Math.abs((fraction(shares[0]!) - fraction(shares[1]!)) / 2);
  else if (shares.length > 2) {
    const fractions = shares.map(fraction);
    const mean = fractions.reduce((sum, each) => sum + each, 0) / fractions.length;
    deviation = Math.sqrt(fractions.reduce((sum, each) => sum + (each - mean) * (each - mean), 0) / fractions.length);
  }
  return Math.trunc((1 - deviation) * maxNodeScore);
}

/** What a pod asks of each resource that is scored; with `scored`, containers without requests count a little. */
export function requestedOf(resources: readonly WeightedResource[], requests: ReadonlyAmounts, scored?: ScoredRequests): number[] {
  return resources.map(({ name }) => {
    if (scored && (name === 'cpu' || name === 'memory')) return scored[name];
    return requests.get(name) ?? 0;
  });
}

/** Looks at the shares of one node after the other for one pod. */
export class NodeShares {
  private readonly resources: readonly WeightedResource[];
  private readonly requested: readonly number[];
  private readonly scored: boolean;
  private readonly devices: ((resource: string, node: NodeInfo) => DeviceAmounts | undefined) | undefined;
  /** The same objects for every node: scoring makes no garbage. */
  private readonly all: readonly Share[];
  private counting: Share[] = [];

  /** @param scored whether other pods' containers without requests count a little; @param devices what devices give of a resource that the node itself has none of */
  constructor(
    resources: readonly WeightedResource[],
    requested: readonly number[],
    scored: boolean,
    devices?: (resource: string, node: NodeInfo) => DeviceAmounts | undefined,
  ) {
    this.resources = resources;
    this.requested = requested;
    this.scored = scored;
    this.devices = devices;
    this.all = resources.map(({ weight }) => ({ weight, allocatable: 0, allocated: 0, requested: 0 }));
  }

  /** The shares that count: of resources that the node has, and of scalar ones only those that the pod asks for. Valid until the next call. */
  of(node: NodeInfo): readonly Share[] {
    let count = 0;
    for (let i = 0; i < this.resources.length; i++) {
      const { name } = this.resources[i]!;
      const wanted = this.requested[i]!;
      if (wanted === 0 && isScalarResource(name)) continue;
      let allocatable = node.allocatableOf(name);
      let allocated = this.allocatedOn(node, name);
      const given = allocatable === 0 ? this.devices?.(name, node) : undefined;
      if (given) ({ allocatable, allocated } = given);
      if (allocatable === 0) continue;
      const share = this.all[i]!;
      share.allocatable = allocatable;
      share.allocated = allocated;
      share.requested = allocated + wanted;
      this.counting[count++] = share;
    }
    if (this.counting.length > count) this.counting = this.counting.slice(0, count);
    return this.counting;
  }

  private allocatedOn(node: NodeInfo, name: string): number {
    if (this.scored && name === 'cpu') return node.scoredCpu;
    if (this.scored && name === 'memory') return node.scoredMemory;
    return node.requestedOf(name);
  }
}
