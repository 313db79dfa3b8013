import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Container, ContainerState, Pod, PodStatus } from '../../openapi/types.ts';
import { formatTime } from '../machinery/clock.ts';
import { isNotFound } from '../runtime/errors.ts';
import type { EventRecorder } from '../runtime/events.ts';
import { isPodFinished } from '../runtime/pods.ts';
import type { FleetContext } from './context.ts';
import {
  backOffStatus,
  endedStatus,
  generationChanged,
  observedStatus,
  readinessChanged,
  readinessConditions,
  runningStatus,
  type StatusContext,
  terminated,
} from './pod-status.ts';
import { delayOf, matches, type Stage } from './stages/stage.ts';

/** What the runner must know of the node that a pod is on. */
export interface PodHost {
  readonly name: string;
  readonly address: string;
  readonly events: EventRecorder;
  /** The pod's address: the one it has, or a new one; undefined while the node has no range yet. */
  podAddress(pod: Pod): string | undefined;
  release(pod: Pod): void;
}

/** What a kubelet remembers of a pod between two looks at it. */
interface Memory {
  stage?: { readonly name: string; readonly since: number };
  readonly restarts: Map<string, { count: number; last?: ContainerState }>;
  /** When containers that wait for their next start get it, and how long they waited. */
  restartAt?: number;
  backOff: number;
  startedAt: number;
  stopped: boolean;
}

const jobTrackingFinalizer = 'batch.kubernetes.io/job-tracking';
const firstBackOff = 10_000;
const longestBackOff = 300_000;
/** A container that ran for so long without ending starts with a fresh back-off. */
const backOffReset = 600_000;

/** Brings the pods of the fleet's nodes from stage to stage. */
export class PodRunner {
  private readonly context: FleetContext;
  private readonly stages: readonly Stage[];
  private readonly memories = new Map<string, Memory>();

  constructor(context: FleetContext, stages: readonly Stage[]) {
    this.context = context;
    this.stages = stages;
  }

  /**
   * Does what is due for a pod.
   * @returns milliseconds until its next step is due, or undefined if it stays as it is
   */
  async step(pod: Pod, host: PodHost): Promise<number | undefined> {
    const memory = this.memoryOf(pod);
    const now = this.context.clock.monotonic();
    if (memory.restartAt !== undefined && !pod.metadata!.deletionTimestamp) {
      if (now < memory.restartAt) return memory.restartAt - now;
      memory.restartAt = undefined;
      return this.run(pod, host, memory);
    }
    if (readinessChanged(pod)) {
      await this.patch(pod, host, { conditions: readinessConditions(pod, this.time()) } as PodStatus);
      return undefined;
    }
    if (generationChanged(pod)) await this.patch(pod, host, observedStatus(pod));
    const stage = this.stages.find(({ when }) => matches(when, pod));
    if (!stage) return undefined;
    if (memory.stage?.name !== stage.name) memory.stage = { name: stage.name, since: now };
    const wait = memory.stage.since + delayOf(stage, pod) - now;
    if (wait > 0) return wait;
    return this.perform(stage, pod, host, memory);
  }

  /** The pod is gone from the API. */
  forget(pod: Pod): void {
    this.memories.delete(pod.metadata!.uid!);
  }

  private async perform({ does }: Stage, pod: Pod, host: PodHost, memory: Memory): Promise<number | undefined> {
    switch (does.action) {
      case 'run':
        return this.run(pod, host, memory);
      case 'exit': {
        const text = does.annotation ? pod.metadata!.annotations?.[does.annotation] : undefined;
        return this.exit(pod, host, memory, text && /^\d+$/.test(text) ? Number(text) : does.code);
      }
      case 'fail':
        memory.stage = undefined;
        await this.patch(pod, host, {
          ...endedStatus(pod, 137, this.statusContext(host, '')),
          phase: 'Failed',
          reason: does.reason,
          message: does.message,
        });
        return undefined;
      case 'stop':
        return this.stop(pod, host, memory);
    }
  }

  private async run(pod: Pod, host: PodHost, memory: Memory): Promise<number | undefined> {
    const address = pod.spec!.hostNetwork ? host.address : host.podAddress(pod);
    if (address === undefined) return undefined; // The node's next change brings its range of addresses.
    for (const container of [...(pod.spec!.initContainers ?? []), ...(pod.spec!.containers ?? [])]) this.announce(pod, host, container);
    memory.startedAt = this.context.clock.monotonic();
    memory.stage = undefined;
    await this.patch(pod, host, runningStatus(pod, this.statusContext(host, address), memory.restarts));
    return undefined;
  }

  private announce(pod: Pod, host: PodHost, { name, image, imagePullPolicy }: Container): void {
    const sort = pod.spec!.initContainers?.some((container) => container.name === name) ? 'initContainers' : 'containers';
    const target = { object: pod, resource: pods, fieldPath: `spec.${sort}{${name}}` };
    if (imagePullPolicy === 'Always') {
      host.events.event(target, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`);
      host.events.event(
        target,
        'Normal',
        'Pulled',
        `Successfully pulled image ${JSON.stringify(image)} in 0s (0s including waiting). Image size: 0 bytes.`,
      );
    } else {
      host.events.event(
        target,
        'Normal',
        'Pulled',
        `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`,
      );
    }
    host.events.event(target, 'Normal', 'Created', 'Container created');
    host.events.event(target, 'Normal', 'Started', 'Container started');
  }

  private async exit(pod: Pod, host: PodHost, memory: Memory, code: number): Promise<number | undefined> {
    const policy = pod.spec!.restartPolicy ?? 'Always';
    const context = this.statusContext(host, '');
    memory.stage = undefined;
    if (policy === 'Never' || (policy === 'OnFailure' && code === 0)) {
      await this.patch(pod, host, endedStatus(pod, code, context));
      return undefined;
    }
    for (const status of pod.status?.containerStatuses ?? []) {
      const count = (memory.restarts.get(status.name)?.count ?? status.restartCount ?? 0) + 1;
      memory.restarts.set(status.name, { count, last: terminated(status, code, context.now) });
    }
    const now = this.context.clock.monotonic();
    if (now - memory.startedAt > backOffReset) memory.backOff = 0;
    const wait = memory.backOff;
    memory.backOff = wait === 0 ? firstBackOff : Math.min(wait * 2, longestBackOff);
    if (wait === 0) return this.run(pod, host, memory); // The first restart does not wait.
    memory.restartAt = now + wait;
    for (const { name } of pod.spec!.containers ?? []) {
      const { name: podName, namespace, uid } = pod.metadata!;
      const target = { object: pod, resource: pods, fieldPath: `spec.containers{${name}}` };
      host.events.event(
        target,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${uid})`,
      );
    }
    await this.patch(pod, host, backOffStatus(pod, code, wait, context));
    return wait;
  }

  private async stop(pod: Pod, host: PodHost, memory: Memory): Promise<undefined> {
    if (memory.stopped) return undefined;
    for (const { name } of pod.status?.containerStatuses ?? []) {
      const target = { object: pod, resource: pods, fieldPath: `spec.containers{${name}}` };
      host.events.event(target, 'Normal', 'Killing', `Stopping container ${name}`);
    }
    host.release(pod);
    // A Job that replaces failed pods only waits to hear of their end.
    if (pod.metadata!.finalizers?.includes(jobTrackingFinalizer) && !isPodFinished(pod)) {
      await this.patch(pod, host, endedStatus(pod, 137, this.statusContext(host, '')));
    }
    const { namespace, name, uid } = pod.metadata!;
    const api = this.context.clientFor(host.name).resource<Pod>(pods);
    await api.delete(namespace!, name!, { gracePeriodSeconds: 0, preconditions: { uid: uid! } }).catch(ignoreMissing);
    memory.stopped = true;
    return undefined;
  }

  private async patch(pod: Pod, host: PodHost, status: PodStatus): Promise<void> {
    const { namespace, name, uid } = pod.metadata!;
    const api = this.context.clientFor(host.name).resource<Pod>(pods);
    const body = { metadata: { uid }, status };
    await api
      .patch(namespace!, name!, 'application/strategic-merge-patch+json', body, { subresource: 'status', fieldManager: 'kubelet' })
      .catch(ignoreMissing);
  }

  private statusContext(host: PodHost, podIP: string): StatusContext {
    return {
      now: this.time(),
      hostIP: host.address,
      podIP,
      newContainerId: () => `orrery://${this.context.random.bytes(32).toString('hex')}`,
    };
  }

  private time(): string {
    return formatTime(this.context.clock.now());
  }

  private memoryOf(pod: Pod): Memory {
    const uid = pod.metadata!.uid!;
    let memory = this.memories.get(uid);
    if (!memory) {
      memory = { restarts: new Map(), backOff: 0, startedAt: this.context.clock.monotonic(), stopped: false };
      this.memories.set(uid, memory);
    }
    return memory;
  }
}

// The pod may go at any time: there is nothing left to do for it then.
function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
