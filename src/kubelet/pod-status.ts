import type { Container, ContainerState, ContainerStatus, Pod, PodCondition, PodStatus } from '../../openapi/types.ts';
import { formatTime } from '../machinery/clock.ts';
import { type ContainerRun, isLasting } from './containers/container.ts';
import { mayRestartAll, restartingAll, restartsAfter } from './containers/restart.ts';
import { imageIdOf } from './images/reference.ts';
import type { PendingResize } from './resize.ts';

/** What a status is made of besides the pod's object. */
export interface StatusContext {
  /** RFC 3339. */
  readonly now: string;
  readonly hostIPs: readonly string[];
  /** None while the pod has no network yet. */
  readonly podIPs: readonly string[];
  /** Whether it is left to others to say that the pod is scheduled. */
  readonly leavesScheduled?: boolean;
  readonly pendingResize?: PendingResize | undefined;
  /** Containers start again with new resources. */
  readonly resizing?: boolean;
  /** One has ended that makes all of them start anew. */
  readonly restartingAll?: boolean;
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/**
 * The status that a kubelet reports of a pod whose containers are as given.
 * @param end what the pod has come to, where that does not follow from its containers and their policies alone
 */
export function podStatus(pod: Pod, containers: readonly ContainerRun[], context: StatusContext, end?: Phase): PodStatus {
  const { now, hostIPs, podIPs, pendingResize } = context;
  const specs = specsOf(pod);
  const phase = end ?? phaseOf(pod, containers);
  // The images of a pod's containers are often the same.
  const imageIds = new Map<string, string>();
  const imageId = (image: string) => {
    if (!imageIds.has(image)) imageIds.set(image, imageIdOf(image));
    return imageIds.get(image)!;
  };
  const statuses = (kinds: readonly string[]) =>
    containers
      .filter(({ kind }) => kinds.includes(kind))
      .map((run) => containerStatus(specs.get(run.name) ?? { name: run.name }, run, imageId, pendingResize?.resources.get(run.name)));
  const init = statuses(['init', 'sidecar']);
  const ephemeral = statuses(['ephemeral']);
  return {
    hostIP: hostIPs[0],
    hostIPs: hostIPs.map((ip) => ({ ip })),
    ...(podIPs.length > 0 ? { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) } : {}),
    phase,
    observedGeneration: pod.metadata?.generation,
    startTime: pod.status?.startTime ?? now,
    conditions: [
      ...conditions(pod, phase, containers, now, podIPs.length > 0),
      // Whoever bound the pod has said so; the kubelet tells for which generation.
      ...(context.leavesScheduled ? [] : [condition(pod, 'PodScheduled', holds, now)]),
      ...resizeConditions(pod, context),
      ...restartCondition(pod, phase, context),
    ],
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: statuses(['main']),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
  } as PodStatus;
}

/** The containers of a pod by name, of all kinds. */
export function specsOf({ spec }: Pod): Map<string, Container> {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...((spec?.ephemeralContainers ?? []) as Container[])];
  return new Map(all.map((container) => [container.name, container]));
}

function phaseOf(pod: Pod, containers: readonly ContainerRun[]): Phase {
  const phase = outcomeOf(pod, containers);
  // Sidecars end after the others.
  const over = phase === 'Succeeded' || phase === 'Failed';
  return over && containers.some((run) => run.kind === 'sidecar' && run.state === 'running') ? 'Running' : phase;
}

/** What a pod has come to, by the states of its containers and its restart policy, whatever its sidecars still do. */
export function outcomeOf(pod: Pod, containers: readonly ContainerRun[]): Phase {
  const main = containers.filter(({ kind }) => kind === 'main');
  if (main.every((run) => run.state === 'running')) return isSidecarPending(containers) ? 'Pending' : 'Running';
  const specs = specsOf(pod);
  const restartable = (run: ContainerRun, code: number) => run.again || restartsAfter(pod, specs.get(run.name), code);
  const endOf = (run: ContainerRun) => (run.state === 'ended' ? run.end : run.state === 'waiting' ? run.last : undefined);
  for (const run of containers) {
    if (run.kind !== 'init') continue;
    const end = endOf(run);
    if (!end) return 'Pending';
    if (end.exitCode !== 0) return end.reason === restartingAll.reason || restartable(run, end.exitCode) ? 'Pending' : 'Failed';
  }
  if (isSidecarPending(containers) || main.some((run) => run.state === 'waiting' && !run.last)) return 'Pending';
  if (main.some((run) => run.state !== 'ended' || restartable(run, run.end!.exitCode))) return 'Running';
  return main.every((run) => run.end!.exitCode === 0) ? 'Succeeded' : 'Failed';
}

function isSidecarPending(containers: readonly ContainerRun[]): boolean {
  return containers.some((run) => run.kind === 'sidecar' && run.state !== 'ended' && !run.started && !run.last);
}

function containerStatus(
  container: Container,
  run: ContainerRun,
  imageId: (image: string) => string,
  resources = container.resources ?? {},
): ContainerStatus {
  const { requests } = resources;
  const begun = run.id !== '';
  const image = run.image || container.image || '';
  return {
    name: run.name,
    state: stateOf(run),
    lastState: run.last ? { terminated: run.last } : {},
    ready: run.ready,
    started: run.started,
    restartCount: run.restarts,
    image,
    imageID: begun ? imageId(image) : '',
    ...(begun ? { containerID: run.id } : {}),
    ...(begun && requests ? { allocatedResources: requests } : {}),
    ...(begun ? { resources } : {}),
    ...(container.volumeMounts?.length ? { volumeMounts: container.volumeMounts.map(mountStatus) } : {}),
  };
}

function stateOf(run: ContainerRun): ContainerState {
  switch (run.state) {
    case 'running':
      return { running: { startedAt: formatTime(run.startedAt) } };
    case 'ended':
      return { terminated: run.end! };
    case 'waiting':
      return { waiting: { reason: run.reason, ...(run.message ? { message: run.message } : {}) } };
  }
}

type Mount = NonNullable<Container['volumeMounts']>[number];

function mountStatus({ name, mountPath, readOnly }: Mount) {
  return { name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}) };
}

interface Verdict {
  readonly holds: boolean;
  readonly reason?: string;
  readonly message?: string;
}

const holds: Verdict = { holds: true };

/** The kubelet's conditions; a pod with readiness gates is ready only when these hold too (KEP-580). */
function conditions(pod: Pod, phase: string, containers: readonly ContainerRun[], now: string, network: boolean): PodCondition[] {
  const ready = containersReady(phase, containers);
  const sandbox = phase === 'Running' || (phase === 'Pending' && containers.length > 0 && network);
  return [
    condition(pod, 'PodReadyToStartContainers', { holds: sandbox }, now),
    condition(pod, 'Initialized', initialized(phase, containers), now),
    condition(pod, 'Ready', podReady(pod, ready), now),
    condition(pod, 'ContainersReady', ready, now),
  ];
}

/** What is said of a resize while it waits or is on its way; a patch keeps what it does not name. */
function resizeConditions(pod: Pod, { now, pendingResize, resizing }: StatusContext): PodCondition[] {
  const told = (type: string, verdict: Verdict | undefined) => {
    if (verdict) return [condition(pod, type, verdict, now)];
    return pod.status?.conditions?.some((present) => present.type === type) ? [{ type, $patch: 'delete' } as unknown as PodCondition] : [];
  };
  const pending = pendingResize && { holds: true, reason: 'Deferred', message: pendingResize.message };
  return [...told('PodResizePending', pending), ...told('PodResizeInProgress', resizing ? holds : undefined)];
}

/** Only pods that can be started anew as a whole tell of it. */
function restartCondition(pod: Pod, phase: Phase, { now, restartingAll }: StatusContext): PodCondition[] {
  const { initContainers = [], containers } = pod.spec!;
  if (![...initContainers, ...containers].some(mayRestartAll)) return [];
  const began = { holds: true, reason: 'RestartAllContainersStarted', message: 'container exited with restart policy rule' };
  const over = { Succeeded: { holds: false, reason: 'PodCompleted' }, Failed: { holds: false, reason: 'PodFailed' } };
  const verdict = phase === 'Succeeded' || phase === 'Failed' ? over[phase] : restartingAll ? began : { holds: false };
  return [condition(pod, 'AllContainersRestarting', verdict, now)];
}

function condition(pod: Pod, type: string, { holds, reason, message }: Verdict, now: string): PodCondition {
  const status = holds ? 'True' : 'False';
  const old = pod.status?.conditions?.find((candidate) => candidate.type === type);
  return {
    type,
    status,
    observedGeneration: pod.metadata?.generation,
    lastProbeTime: null as any,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
    // A patch keeps what it does not name.
    ...(reason || old?.reason ? { reason: reason ?? (null as any) } : {}),
    ...(message || old?.message ? { message: message ?? (null as any) } : {}),
  };
}

function containersReady(phase: string, containers: readonly ContainerRun[]): Verdict {
  if (phase === 'Succeeded') return { holds: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { holds: false, reason: 'PodFailed' };
  const unready = containers.filter((run) => isLasting(run) && !run.ready).map(({ name }) => name);
  if (unready.length === 0) return holds;
  return { holds: false, reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

function initialized(phase: string, containers: readonly ContainerRun[]): Verdict {
  if (phase === 'Succeeded') return { holds: true, reason: 'PodCompleted' };
  if (containers.some((run) => run.kind === 'main' && run.id !== '')) return holds;
  const incomplete = containers.filter((run) => (run.kind === 'init' ? run.end?.exitCode !== 0 : run.kind === 'sidecar' && !run.started));
  if (incomplete.length === 0) return holds;
  const names = incomplete.map(({ name }) => name).join(' ');
  return { holds: false, reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names}]` };
}

function podReady(pod: Pod, ready: Verdict): Verdict {
  const gates = pod.spec?.readinessGates;
  if (!ready.holds || !gates?.length) return ready;
  const present = pod.status?.conditions ?? [];
  const closed = gates.map((gate) => gate.conditionType).filter((gate) => !isTrue(present, gate));
  if (closed.length === 0) return holds;
  return { holds: false, reason: 'ReadinessGatesNotReady', message: closed.map((gate) => gateMessage(gate, present)).join(', ') };
}

function isTrue(conditions: readonly PodCondition[], wanted: string): boolean {
  return conditions.some(({ type, status }) => type === wanted && status === 'True');
}

function gateMessage(gate: string, present: readonly PodCondition[]): string {
  const found = present.find((condition) => condition.type === gate);
  return found
    ? `the status of pod readiness gate "${gate}" is not "True", but ${found.status}`
    : `corresponding condition of pod readiness gate "${gate}" does not exist.`;
}

/** Whether the readiness gates ask for another Ready condition than the pod has. */
export function readinessChanged(pod: Pod): boolean {
  return Boolean(pod.spec?.readinessGates?.length) && readinessDiffers(pod);
}

/** Whether a pod has another Ready condition than its containers and gates ask for: somebody else has written it. */
export function readinessDiffers({ spec, status }: Pod): boolean {
  const gates = spec?.readinessGates ?? [];
  const present = status?.conditions ?? [];
  if (!isTrue(present, 'ContainersReady')) return false;
  return gates.every((gate) => isTrue(present, gate.conditionType)) !== isTrue(present, 'Ready');
}

/** The status of a pod that its node does not take. */
export function rejectedStatus(pod: Pod, reason: string, message: string, now: string): PodStatus {
  const { generation: observedGeneration } = pod.metadata!;
  return {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: pod.status?.startTime ?? now,
    observedGeneration,
  } as PodStatus;
}
