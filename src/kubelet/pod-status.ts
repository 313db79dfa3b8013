import type { Container, ContainerState, ContainerStatus, Pod, PodCondition, PodStatus } from '../../openapi/types.ts';
import { imageIdOf } from './images/image.ts';

/** What a status is made for: the node's and pod's addresses, the time, and identifiers for new containers. */
export interface StatusContext {
  /** RFC 3339. */
  readonly now: string;
  readonly hostIP: string;
  readonly podIP: string;
  newContainerId(): string;
}

/** The restart count and last end of each container, by name. */
export type Restarts = ReadonlyMap<string, { readonly count: number; readonly last?: ContainerState }>;

/** The status of a pod whose init containers are done and whose containers run. */
export function runningStatus(pod: Pod, context: StatusContext, restarts: Restarts): PodStatus {
  const { spec } = pod;
  const running: ContainerState = { running: { startedAt: context.now } };
  const done = (containerID: string): ContainerState => ({
    terminated: { exitCode: 0, reason: 'Completed', startedAt: context.now, finishedAt: context.now, containerID },
  });
  const init = (spec?.initContainers ?? []).map((container) => {
    if (container.restartPolicy === 'Always') return containerStatus(container, running, context, restarts);
    const status = containerStatus(container, running, context, restarts);
    return { ...status, state: done(status.containerID!), started: false };
  });
  const containers = (spec?.containers ?? []).map((container) => containerStatus(container, running, context, restarts));
  return {
    ...addresses(context),
    phase: 'Running',
    observedGeneration: pod.metadata?.generation,
    startTime: pod.status?.startTime ?? context.now,
    conditions: conditions(pod, context.now, { ready: true }),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: containers,
  } as PodStatus;
}

/** The status of a pod whose containers have all ended with a code: what it is depends on the restart policy. */
export function endedStatus(pod: Pod, code: number, context: StatusContext): PodStatus {
  const ended = (status: ContainerStatus): ContainerStatus =>
    status.state?.terminated ? status : { ...status, ready: false, started: false, state: terminated(status, code, context.now) };
  const reason = code === 0 ? 'PodCompleted' : 'PodFailed';
  return {
    phase: code === 0 ? 'Succeeded' : 'Failed',
    observedGeneration: pod.metadata?.generation,
    conditions: conditions(pod, context.now, { ready: false, reason }),
    ...(pod.status?.initContainerStatuses ? { initContainerStatuses: pod.status.initContainerStatuses.map(ended) } : {}),
    containerStatuses: (pod.status?.containerStatuses ?? []).map(ended),
  } as PodStatus;
}

/** The status of a pod whose containers have ended and wait to be started again. */
export function backOffStatus(pod: Pod, code: number, backOff: number, context: StatusContext): PodStatus {
  const { name, namespace, uid } = pod.metadata!;
  const waiting = (status: ContainerStatus): ContainerStatus => ({
    ...status,
    ready: false,
    started: false,
    lastState: status.state?.running ? terminated(status, code, context.now) : status.lastState,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off ${formatSeconds(backOff)} restarting failed container=${status.name} pod=${name}_${namespace}(${uid})`,
      },
    },
  });
  const names = (pod.spec?.containers ?? []).map((container) => container.name);
  return {
    observedGeneration: pod.metadata?.generation,
    conditions: conditions(pod, context.now, {
      ready: false,
      reason: 'ContainersNotReady',
      message: `containers with unready status: [${names.join(' ')}]`,
    }),
    containerStatuses: (pod.status?.containerStatuses ?? []).map(waiting),
  } as PodStatus;
}

/** The end of a container that runs. */
export function terminated(status: ContainerStatus, exitCode: number, now: string): ContainerState {
  return {
    terminated: {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: status.state?.running?.startedAt ?? now,
      finishedAt: now,
      containerID: status.containerID,
    },
  };
}

function addresses({ hostIP, podIP }: StatusContext): Partial<PodStatus> {
  return { hostIP, hostIPs: [{ ip: hostIP }], podIP, podIPs: [{ ip: podIP }] };
}

function containerStatus(container: Container, state: ContainerState, context: StatusContext, restarts: Restarts): ContainerStatus {
  const restart = restarts.get(container.name);
  const resources = container.resources ?? {};
  const image = container.image ?? '';
  return {
    name: container.name,
    state,
    lastState: restart?.last ?? {},
    ready: true,
    started: true,
    restartCount: restart?.count ?? 0,
    image,
    imageID: imageIdOf(image),
    containerID: context.newContainerId(),
    ...(resources.requests ? { allocatedResources: resources.requests } : {}),
    resources,
    ...(container.volumeMounts?.length ? { volumeMounts: container.volumeMounts.map(mountStatus) } : {}),
  };
}

type Mount = NonNullable<Container['volumeMounts']>[number];

function mountStatus({ name, mountPath, readOnly }: Mount) {
  return { name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}) };
}

const kubeletConditions = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']);

interface Readiness {
  readonly ready: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/** The kubelet's conditions; a pod with readiness gates is ready only when these hold too (KEP-580). */
function conditions(pod: Pod, now: string, readiness: Readiness): PodCondition[] {
  const present = pod.status?.conditions ?? [];
  const condition = (type: string, status: boolean, reason?: string, message?: string): PodCondition => {
    const text = status ? 'True' : 'False';
    const old = present.find((candidate) => candidate.type === type);
    return {
      type,
      status: text,
      observedGeneration: pod.metadata?.generation,
      lastProbeTime: null as any,
      lastTransitionTime: old?.status === text ? old.lastTransitionTime : now,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    };
  };
  const gates = (pod.spec?.readinessGates ?? []).map((gate) => gate.conditionType);
  const closed = gates.filter((gate) => !present.some(({ type, status }) => type === gate && status === 'True'));
  const completed = readiness.reason === 'PodCompleted';
  const ready =
    readiness.ready && closed.length > 0
      ? condition('Ready', false, 'ReadinessGatesNotReady', closed.map((gate) => gateMessage(gate, present)).join(', '))
      : condition('Ready', readiness.ready, readiness.reason, readiness.message);
  return [
    condition('PodReadyToStartContainers', readiness.ready || readiness.reason === 'ContainersNotReady'),
    condition('Initialized', true, completed ? 'PodCompleted' : undefined),
    ready,
    condition('ContainersReady', readiness.ready, readiness.reason, readiness.message),
  ];
}

function gateMessage(gate: string, present: readonly PodCondition[]): string {
  return present.some((condition) => condition.type === gate)
    ? `the status of pod readiness gate "${gate}" is not "True", but False`
    : `corresponding condition of pod readiness gate "${gate}" does not exist.`;
}

/** Whether the readiness gates ask for another Ready condition than the pod has. */
export function readinessChanged(pod: Pod): boolean {
  const conditionOf = (type: string) => pod.status?.conditions?.find((condition) => condition.type === type)?.status;
  if (!pod.spec?.readinessGates?.length || conditionOf('ContainersReady') !== 'True') return false;
  const open = pod.spec.readinessGates.every((gate) => conditionOf(gate.conditionType) === 'True');
  return open !== (conditionOf('Ready') === 'True');
}

/** Whether the pod's spec has changed since its kubelet last told of it (KEP-5067). */
export function generationChanged({ metadata, status }: Pod): boolean {
  return status?.phase === 'Running' && !metadata?.deletionTimestamp && status.observedGeneration !== metadata?.generation;
}

/** What tells that the kubelet has seen the spec as it is now. */
export function observedStatus({ metadata, status }: Pod): PodStatus {
  const { generation: observedGeneration } = metadata!;
  const own = (status?.conditions ?? []).filter(({ type }) => kubeletConditions.has(type));
  return { observedGeneration, conditions: own.map((condition) => ({ ...condition, observedGeneration })) } as PodStatus;
}

/** The conditions of a running pod as its readiness gates are now. */
export function readinessConditions(pod: Pod, now: string): PodCondition[] {
  return conditions(pod, now, { ready: true });
}

// As Go prints a duration of whole seconds.
function formatSeconds(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
