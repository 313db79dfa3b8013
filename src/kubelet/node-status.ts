import { isExtendedResource } from '../../api/core/v1/resource-names.ts';
import type { Node, NodeCondition, NodeStatus, NodeSystemInfo } from '../../openapi/types.ts';
import { isAdopted } from './context.ts';

/** What a simulated node has, where its object does not say otherwise. */
export const defaultCapacity: Readonly<Record<string, string>> = {
  cpu: '32',
  'ephemeral-storage': '256Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '256Gi',
  pods: '110',
};

export const kubeletVersion = 'v1.36.3';
export const kernelVersion = '6.12.0-orrery';
export const kubeletPort = 10250;
/** What our kubelets can do that pods may need of their node (KEP-5328). */
const declaredFeatures: readonly string[] = [
  'InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingInitContainers',
  'RestartAllContainersOnContainerExits',
];

/** The labels that a kubelet gives its node. */
export function nodeLabels(name: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** A healthy node's status, keeping what its object says of capacity and addresses. */
export function nodeStatus(node: Node, addresses: readonly string[], now: string): NodeStatus {
  const { status, metadata } = node;
  const capacity = status?.capacity ?? { ...defaultCapacity };
  return {
    capacity,
    allocatable: status?.allocatable ?? capacity,
    addresses: status?.addresses?.length
      ? status.addresses
      : [...addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: metadata!.name! }],
    conditions: healthyConditions(status?.conditions ?? [], now),
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    nodeInfo: systemInfo(metadata?.uid ?? ''),
    declaredFeatures,
  } as NodeStatus;
}

/**
 * What a kubelet changes of what pods can use after somebody has advertised extended resources, or takes them back: users patch a node's capacity only.
 * Of nodes that KWOK would run, what their objects say stays.
 * @returns amounts by resource, null for what is there no longer; undefined where nothing is to be changed
 */
export function advertisedChanges(node: Node): Record<string, string | null> | undefined {
  const { capacity = {}, allocatable } = node.status ?? {};
  if (!allocatable || isAdopted(node)) return undefined;
  const changes: Record<string, string | null> = {};
  for (const [name, amount] of Object.entries(capacity))
    if (allocatable[name] !== amount && isExtendedResource(name)) changes[name] = amount;
  for (const name of Object.keys(allocatable)) if (capacity[name] === undefined && isExtendedResource(name)) changes[name] = null;
  return Object.keys(changes).length > 0 ? changes : undefined;
}

const healthy: readonly (readonly [type: string, status: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

export function healthyConditions(present: readonly NodeCondition[], now: string): NodeCondition[] {
  return healthy.map(([type, status, reason, message]) => {
    const old = present.find((condition) => condition.type === type);
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
}

/** Whether the node's object says what its kubelet would say. */
export function isHealthy(node: Node): boolean {
  return healthy.every(([type, status]) =>
    node.status?.conditions?.some((condition) => condition.type === type && condition.status === status),
  );
}

function systemInfo(id: string): NodeSystemInfo {
  const plain = id.replaceAll('-', '');
  return {
    machineID: plain,
    systemUUID: id,
    bootID: id,
    kernelVersion,
    osImage: 'Orrery (simulated)',
    containerRuntimeVersion: 'orrery://1.0.0',
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
}
