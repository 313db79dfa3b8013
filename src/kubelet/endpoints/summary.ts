import { parseQuantity } from '../../../api/meta/quantity.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { ContainerUsage, NodeUsage, PodUsage, Usage } from './usage.ts';

/** What a container writes besides its volumes is not counted: each takes one block. */
const block = 4096;
const inodes = 16_777_216;

interface Place {
  /** Of this look, RFC 3339. */
  readonly time: string;
  /** Bytes of the node's disk. */
  readonly disk: number;
}

/**
 * What `/stats/summary` says of a node and its pods, as stats/v1alpha1 has it.
 * @param only whether nothing but processors and memory is asked for
 */
export function summaryOf(usage: NodeUsage, only: boolean): object {
  const { node, pods, system, time: now } = usage;
  const { capacity = {} } = node.status ?? {};
  const time = formatTime(now);
  const place = { time, disk: parseQuantity(capacity['ephemeral-storage'] ?? '0').value() };
  const memory = parseQuantity(capacity['memory'] ?? '0').value();
  const used = pods.reduce((total, { containers }) => total + containers.length * 2 * block, 0);
  return {
    node: {
      nodeName: node.metadata!.name,
      systemContainers: [...system, { name: 'pods', id: '', image: '', ...podsOf(usage) }].map((part) => ({
        name: part.name,
        startTime: formatTime(part.startedAt),
        ...processorAndMemory(part, time),
      })),
      startTime: formatTime(usage.startedAt),
      ...processorAndMemory(usage, time, memory),
      ...(only
        ? {}
        : {
            network: network(time),
            fs: disk(place, used),
            runtime: { imageFs: disk(place, 0), containerFs: disk(place, used) },
            rlimit: { time, maxpid: 4_194_304, curproc: 100 + pods.length },
          }),
      swap: { time, swapAvailableBytes: 0, swapUsageBytes: 0 },
    },
    pods: pods.map((pod) => podSummary(pod, place, only)),
  };
}

/** What all pods of a node use together. */
function podsOf({ pods, system, ...usage }: NodeUsage): Usage {
  const rest = (of: keyof Usage) => Math.max(0, usage[of] - system.reduce((total, part) => total + part[of], 0));
  return { ...usage, nanoCores: rest('nanoCores'), coreNanoSeconds: rest('coreNanoSeconds'), memoryBytes: rest('memoryBytes') };
}

function podSummary({ pod, containers, ...usage }: PodUsage, place: Place, only: boolean): object {
  const { time } = place;
  const { name, namespace, uid } = pod.metadata!;
  return {
    podRef: { name, namespace, uid },
    startTime: pod.status?.startTime ?? formatTime(usage.startedAt),
    containers: containers.map((container) => containerSummary(container, place, only)),
    ...processorAndMemory(usage, time),
    ...(only
      ? {}
      : {
          network: network(time),
          'ephemeral-storage': disk(place, containers.length * 2 * block),
          process_stats: { process_count: containers.length },
        }),
    swap: { time, swapUsageBytes: 0 },
  };
}

function containerSummary({ name, ...usage }: ContainerUsage, place: Place, only: boolean): object {
  return {
    name,
    startTime: formatTime(usage.startedAt),
    ...processorAndMemory(usage, place.time),
    ...(only ? {} : { rootfs: disk(place, block), logs: disk(place, block) }),
    swap: { time: place.time, swapAvailableBytes: 0, swapUsageBytes: 0 },
  };
}

/** @param limit bytes of memory, where there is a bound */
function processorAndMemory({ nanoCores, coreNanoSeconds, memoryBytes }: Usage, time: string, limit?: number): object {
  return {
    cpu: { time, usageNanoCores: nanoCores, usageCoreNanoSeconds: coreNanoSeconds },
    memory: {
      time,
      ...(limit === undefined ? {} : { availableBytes: Math.max(0, limit - memoryBytes) }),
      usageBytes: memoryBytes,
      workingSetBytes: memoryBytes,
      rssBytes: memoryBytes,
      pageFaults: 0,
      majorPageFaults: 0,
    },
  };
}

function network(time: string): object {
  const eth0 = { name: 'eth0', rxBytes: 0, rxErrors: 0, txBytes: 0, txErrors: 0 };
  return { time, ...eth0, interfaces: [eth0] };
}

function disk({ time, disk: bytes }: Place, used: number): object {
  const files = used / block;
  return {
    time,
    availableBytes: Math.max(0, bytes - used),
    capacityBytes: bytes,
    usedBytes: used,
    inodesFree: inodes - files,
    inodes,
    inodesUsed: files,
  };
}
