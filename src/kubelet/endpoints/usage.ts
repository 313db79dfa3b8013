import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { Container, Node, Pod } from '../../../openapi/types.ts';
import type { ContainerRun } from '../containers/container.ts';
import type { PodWorker } from '../pod-worker.ts';

/** What is used of a node's processors and memory. */
export interface Usage {
  readonly nanoCores: number;
  /** Of processors, since its start. */
  readonly coreNanoSeconds: number;
  readonly memoryBytes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface ContainerUsage extends Usage {
  readonly name: string;
  readonly id: string;
  readonly image: string;
}

export interface PodUsage extends Usage {
  readonly pod: Pod;
  readonly containers: readonly ContainerUsage[];
}

/** All that runs on a node, at one time. */
export interface NodeUsage extends Usage {
  readonly node: Node;
  readonly time: number;
  /** The kubelet itself and the container runtime. */
  readonly system: readonly ContainerUsage[];
  readonly pods: readonly PodUsage[];
}

type Amounts = Pick<Usage, 'nanoCores' | 'memoryBytes'>;

/** What each container of a pod uses, where the pod's annotations say so: those that KWOK's usage from annotations goes by. */
const annotations = { cpu: 'kwok.x-k8s.io/usage-cpu', memory: 'kwok.x-k8s.io/usage-memory' };
/** What a container uses of which nothing is said. */
const least = { cpu: '1m', memory: '1Mi' };
/** Units of 10^scale in which amounts are counted. */
const scales = { cpu: -9, memory: 0 };

/**
 * What a container uses while it runs: what its pod's annotation says, otherwise half of what it requests, otherwise next to nothing; and never more than its
 * limit.
 */
export function usageOf({ metadata }: Pod, { resources }: Container): Amounts {
  const amountOf = (resource: 'cpu' | 'memory'): number => {
    const limit = units(resources?.limits?.[resource], resource) ?? Number.POSITIVE_INFINITY;
    const requested = units(resources?.requests?.[resource], resource);
    const usual = requested ? Math.ceil(requested / 2) : units(least[resource], resource)!;
    return Math.min(units(metadata?.annotations?.[annotations[resource]], resource) ?? usual, limit);
  };
  return { nanoCores: amountOf('cpu'), memoryBytes: amountOf('memory') };
}

/** @returns undefined for what is no amount */
function units(text: string | undefined, resource: 'cpu' | 'memory'): number | undefined {
  if (text === undefined) return undefined;
  try {
    return Math.max(0, Number(parseQuantity(text).scaledBigInt(scales[resource])));
  } catch {
    return undefined;
  }
}

/** The processors' time of somebody up to a moment, and what they use from then on. */
interface Reading {
  readonly startedAt: number;
  readonly at: number;
  readonly nanoCores: number;
  readonly coreNanoSeconds: number;
}

/** Adds up what is used over time. What was used between two looks is what was at the first of them. */
class Meter {
  private readonly readings = new WeakMap<object, Reading>();

  /** @param of whose time it is, which starts again where `startedAt` has changed */
  read(of: object, amounts: Amounts, startedAt: number, now: number): Usage {
    const known = this.readings.get(of);
    const { nanoCores } = amounts;
    const last = known?.startedAt === startedAt ? known : { startedAt, at: startedAt, nanoCores, coreNanoSeconds: 0 };
    const coreNanoSeconds = Math.round(last.coreNanoSeconds + (last.nanoCores * Math.max(0, now - last.at)) / 1000);
    this.readings.set(of, { startedAt, at: now, nanoCores, coreNanoSeconds });
    return { ...amounts, coreNanoSeconds, startedAt };
  }
}

/** Of the kubelet, and of the container runtime. */
const ofSystem: Amounts = { nanoCores: 20_000_000, memoryBytes: 64 * 1024 * 1024 };

/** Measures one node. */
export class NodeMeter {
  private readonly startedAt: number;
  private readonly meter = new Meter();
  private readonly system = ['kubelet', 'runtime'].map((name) => ({ name, id: `/system.slice/${name}`, image: '' }));

  /** @param startedAt when the node's kubelet started, in milliseconds since the epoch */
  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  read(node: Node, workers: Iterable<PodWorker>, now: number): NodeUsage {
    const { meter, startedAt } = this;
    const pods = Array.from(workers, (worker) => this.pod(worker, now)).filter(({ containers }) => containers.length > 0);
    const system = this.system.map((part) => ({ ...part, ...meter.read(part, ofSystem, startedAt, now) }));
    return { node, time: now, system, pods, ...meter.read(this, sum([...system, ...pods]), startedAt, now) };
  }

  private pod(worker: PodWorker, now: number): PodUsage {
    const { pod } = worker;
    const containers = worker.running().flatMap((run) => {
      const container = worker.spec(run);
      return container ? [this.container(pod, run, container, now)] : [];
    });
    const startedAt = Math.min(...containers.map((container) => container.startedAt));
    const coreNanoSeconds = containers.reduce((total, container) => total + container.coreNanoSeconds, 0);
    return { pod, containers, ...sum(containers), coreNanoSeconds, startedAt };
  }

  private container(pod: Pod, run: ContainerRun, container: Container, now: number): ContainerUsage {
    const { name, id, image, startedAt } = run;
    return { name, id: id.replace(/^.*:\/\//, ''), image, ...this.meter.read(run, usageOf(pod, container), startedAt, now) };
  }
}

function sum(all: readonly Amounts[]): Amounts {
  const total = (of: keyof Amounts) => all.reduce((before, amounts) => before + amounts[of], 0);
  return { nanoCores: total('nanoCores'), memoryBytes: total('memoryBytes') };
}
