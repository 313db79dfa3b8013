import { pod as pods } from '../../api/core/v1/pod.ts';
import { containerStatuses } from '../../api/core/v1/pod-containers.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../openapi/types.ts';
import { formatTime, parseTime } from '../machinery/clock.ts';
import { isNotFound, isTooLarge } from '../runtime/errors.ts';
import { isPodFinished } from '../runtime/pods.ts';
import { type ContainerKind, type ContainerRun, newContainer } from './containers/container.ts';
import { environmentOf, type PodPlace } from './containers/environment.ts';
import { endContainer, graceOf, keepContainer, leave, nextDue, resetContainer, stopContainer } from './containers/keep.ts';
import { probesOf } from './containers/probes.ts';
import type { Inside } from './containers/program.ts';
import { restartsAfter, restartsAll } from './containers/restart.ts';
import type { PodScope } from './containers/scope.ts';
import { configure, lookInside, noteLog, relistPeriod, startContainer } from './containers/start.ts';
import type { FleetContext } from './context.ts';
import { noPullSecrets, type PullSecrets, pullSecretsOf } from './images/credentials.ts';
import type { PodHost } from './pod-host.ts';
import { outcomeOf, podStatus, readinessChanged, rejectedStatus, specsOf } from './pod-status.ts';
import { needsRestart, type PendingResize, resizesOf, resizeText } from './resize.ts';
import { delayOf, matches, type Stage } from './stages/stage.ts';
import { isWaitedFor, PodVolumes } from './volumes/pod-volumes.ts';

/** A Job that replaces failed pods only waits to hear of their end. */
const jobTrackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** How long volumes that cannot be set up wait for the next try: twice as long each time. */
const firstMountBackOff = 500;
const longestMountBackOff = 122_000;

/** A pod whose containers are being stopped. */
interface Ending {
  /** What the pod is to be then, where it is not only deleted. */
  readonly failure?: { readonly reason: string; readonly message: string };
  /** Nobody has seen it yet. */
  fresh: boolean;
}

/**
 * One pod on its node, and what its kubelet does for it. It writes only what has changed since it wrote last: what others write into the status stays,
 * and a pod that they declare ended is let go.
 */
export class PodWorker implements PodScope {
  readonly context: FleetContext;
  readonly host: PodHost;
  pod: Pod;
  pullSecrets: PullSecrets = noPullSecrets;
  private readonly stages: readonly Stage[];
  private stage: { readonly name: string; readonly since: number } | undefined;
  private containers: readonly ContainerRun[] = [];
  private ownVolumes: PodVolumes | undefined;
  private known: { readonly pod: Pod; readonly specs: ReadonlyMap<string, Container> } | undefined;
  private begun = false;
  private done = false;
  private deleted = false;
  private ending: Ending | undefined;
  private dirty = false;
  /** What has just happened may make another stage the pod's next. */
  private again = false;
  /** The answer to our last write, until the informer knows it. */
  private written: Pod | undefined;
  /** The version of the pod of which its volumes tell. */
  private told = '';
  private pendingResize: PendingResize | undefined;
  /** Containers that start again with new resources, and how often they had started before. */
  private resizing: readonly { readonly run: ContainerRun; readonly restarts: number }[] = [];
  /** When all containers are started anew, because one of them has ended. */
  private restartAllAt = Number.POSITIVE_INFINITY;
  /** Volumes that could not be set up are tried again then, and after so long if they fail again; milliseconds. */
  private mounting: { readonly retryAt: number; readonly backOff: number } | undefined;

  constructor(pod: Pod, context: FleetContext, stages: readonly Stage[], host: PodHost) {
    this.pod = pod;
    this.context = context;
    this.stages = stages;
    this.host = host;
  }

  get volumes(): PodVolumes {
    this.ownVolumes ??= new PodVolumes(this.host.files);
    return this.ownVolumes;
  }

  now(): number {
    return this.context.clock.now();
  }

  place(): PodPlace {
    const { client, addresses, allocatable } = this.host;
    return { client, hostIPs: addresses, podIPs: this.addresses(), allocatable };
  }

  address(): string {
    return this.addresses()[0] ?? '';
  }

  private addresses(): readonly string[] {
    return this.pod.spec!.hostNetwork ? this.host.addresses : this.host.podAddresses(this.pod);
  }

  changed(): void {
    this.dirty = true;
  }

  lost({ name }: ContainerRun, { message }: Error): void {
    this.context.logger.debug({ pod: this.pod.metadata!.name, container: name, message }, 'a container goes on as a stand-in');
    this.again = true;
  }

  tell(run: ContainerRun, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const list = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', ephemeral: 'ephemeralContainers' }[run.kind];
    this.host.events.event({ object: this.pod, resource: pods, fieldPath: `spec.${list}{${run.name}}` }, type, reason, message);
  }

  /**
   * Does what is due.
   * @returns milliseconds until the next step is due, or undefined if the pod stays as it is
   */
  async step(seen: Pod): Promise<number | undefined> {
    try {
      return await this.look(seen);
    } finally {
      // Most pods are not looked at again for long.
      this.known = undefined;
    }
  }

  private async look(seen: Pod): Promise<number | undefined> {
    this.pod = this.newest(seen);
    if (this.deleted) return undefined;
    if (isPodFinished(this.pod)) return this.finish();
    if (!this.begun && isBegun(this.pod)) this.adopt();
    else if (this.begun) await this.refreshVolumes();
    if (this.begun && !this.ending) this.noticeResize();
    let stageIn: number | undefined;
    do {
      this.again = false;
      stageIn = await this.nextStage();
      if (this.done) return undefined;
      if (this.begun) await this.progress();
    } while (this.again);
    if (this.ending && !this.containers.some(({ state }) => state === 'running')) return this.end(this.ending);
    if (!this.begun) return this.mounting ? Math.max(0, this.mounting.retryAt - this.now()) : stageIn;
    if (this.ending) this.ending.fresh = false;
    this.noticeResized();
    const { status, metadata } = this.pod;
    if (this.dirty || status?.observedGeneration !== metadata!.generation || readinessChanged(this.pod)) await this.report(this.status());
    const refreshAt = this.containers.some(({ state, program }) => state === 'running' && program?.process)
      ? (this.ownVolumes?.refreshAt ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
    const due = Math.min(refreshAt, this.restartAllAt, ...this.containers.map(nextDue));
    const containerIn = due === Number.POSITIVE_INFINITY ? undefined : Math.max(0, due - this.now());
    return stageIn === undefined || containerIn === undefined ? (stageIn ?? containerIn) : Math.min(stageIn, containerIn);
  }

  /** Brings the volumes up to date that programs may look into: in time, and at once where the pod itself tells what is in them. */
  private async refreshVolumes(): Promise<void> {
    const { ownVolumes, pod } = this;
    if (!ownVolumes || !this.containers.some(({ state, program }) => state === 'running' && program?.process)) return;
    const told = `${pod.metadata!.resourceVersion}`;
    const changed = told !== this.told && pod.spec!.volumes?.some(({ downwardAPI, projected }) => downwardAPI ?? projected);
    this.told = told;
    if (changed || ownVolumes.refreshAt <= this.now()) await ownVolumes.refresh(pod, this.place(), this.now());
  }

  /** The pod is gone from the API. */
  forget(): void {
    this.host.release(this.pod);
    for (const run of this.containers) leave(run);
  }

  /** A container as its kubelet knows it; undefined where it does not. */
  container(name: string): ContainerRun | undefined {
    return this.containers.find((run) => run.name === name);
  }

  /** The containers that run. */
  running(): ContainerRun[] {
    return this.containers.filter(({ state }) => state === 'running');
  }

  /** Whether anything of the pod runs. */
  runs(): boolean {
    return this.running().length > 0;
  }

  /** What a command that is run in a container now would see. */
  async inside(run: ContainerRun): Promise<Inside> {
    const { world } = run.program ?? {};
    await this.volumes.prepare(this.pod, this.place(), this.now());
    await this.volumes.refresh(this.pod, this.place(), this.now());
    if (world)
      return {
        env: world.env,
        files: world.files,
        folder: world.folder,
        user: world.user!,
        ...(world.programs ? { programs: world.programs } : {}),
      };
    const container = this.spec(run)!;
    run.inside ??= await lookInside(this, container, await environmentOf(this.pod, container, this.place()));
    return run.inside;
  }

  private newest(seen: Pod): Pod {
    if (!this.written) return seen;
    if (BigInt(seen.metadata!.resourceVersion!) < BigInt(this.written.metadata!.resourceVersion!)) return this.written;
    this.written = undefined;
    return seen;
  }

  // Whether by itself or because somebody said so, it has ended: nothing is left but to let it go.
  private async finish(): Promise<undefined> {
    if (!this.done) this.letGo();
    if (this.pod.metadata!.deletionTimestamp) await this.delete();
  }

  private letGo(): void {
    this.host.release(this.pod);
    // What they have printed can be read as long as the pod is there.
    for (const run of this.containers) {
      leave(run);
      delete run.program;
      delete run.inside;
      run.state = 'ended';
    }
    this.containers = this.containers.filter(({ log, previousLog }) => log ?? previousLog);
    this.ownVolumes = undefined;
    this.done = true;
  }

  private async nextStage(): Promise<number | undefined> {
    const stage = this.stages.find((candidate) => this.applies(candidate));
    const now = this.now();
    if (!stage) return undefined;
    if (this.stage?.name !== stage.name) this.stage = { name: stage.name, since: now };
    const due = dueOf(stage, this.pod, this.stage.since);
    if (due > now) return due - now;
    await this.perform(stage);
    return undefined;
  }

  private applies({ when, does }: Stage): boolean {
    if (!matches(when, this.pod)) return false;
    if (does.action === 'run') return !this.begun;
    if (does.action === 'exit') return !this.ending && this.containers.some((run) => isExiting(run, does.standIns));
    return true;
  }

  private async perform({ does }: Stage): Promise<void> {
    const { metadata } = this.pod;
    switch (does.action) {
      case 'run':
        return this.begin();
      case 'exit': {
        const text = does.annotation ? metadata!.annotations?.[does.annotation] : undefined;
        const code = text && /^\d+$/.test(text) ? Number(text) : does.code;
        for (const run of this.containers) if (isExiting(run, does.standIns)) endContainer(this, run, this.spec(run), code, this.now());
        this.stage = undefined;
        return;
      }
      case 'fail':
        return this.beginEnding(graceOf(this), does);
      case 'stop':
        return this.beginEnding(Number(metadata!.deletionGracePeriodSeconds ?? 0) * 1000);
    }
  }

  /** A container as the pod describes it. */
  spec({ name }: ContainerRun): Container | undefined {
    return this.specs().get(name);
  }

  /** Made once for each state of the pod, and kept for one step. */
  private specs(): ReadonlyMap<string, Container> {
    if (this.known?.pod !== this.pod) this.known = { pod: this.pod, specs: specsOf(this.pod) };
    return this.known.specs;
  }

  private async begin(): Promise<void> {
    const rejection = await this.host.admit(this.pod);
    if (rejection) {
      const { reason, message } = rejection;
      this.tellPod('Warning', reason, message);
      await this.report(rejectedStatus(this.pod, reason, message, formatTime(this.now())));
      this.done = true;
      return;
    }
    if (this.address() === '') return; // The node's next change brings its range of addresses.
    if (!(await this.mount())) return;
    this.begun = true;
    this.stage = undefined;
    this.containers = containersOf(this.pod);
  }

  /** Sets up the volumes that need objects of the API. @returns whether they are there; if not, the containers wait */
  private async mount(): Promise<boolean> {
    const now = this.now();
    const { mounting } = this;
    if (mounting && mounting.retryAt > now) return false;
    if (!this.pod.spec!.volumes?.some(isWaitedFor)) return true;
    const failures = await this.volumes.check(this.pod, this.place(), now);
    if (failures.length === 0) {
      this.mounting = undefined;
      return true;
    }
    for (const { volume, message } of failures) {
      const text = `MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${message}`;
      this.tellPod('Warning', 'FailedMount', text);
    }
    const backOff = mounting ? Math.min(mounting.backOff * 2, longestMountBackOff) : firstMountBackOff;
    this.mounting = { retryAt: now + backOff, backOff };
    if (mounting) return false;
    const context = { now: formatTime(now), hostIPs: this.host.addresses, podIPs: [], leavesScheduled: this.host.isAdopted };
    await this.report(podStatus(this.pod, containersOf(this.pod), context));
    return false;
  }

  /** Takes over a pod that an earlier process of ours, or somebody else's hand, has started. */
  private adopt(): void {
    const { status } = this.pod;
    this.begun = true;
    this.host.adopt(this.pod);
    this.containers = containersOf(this.pod);
    const known = containerStatuses(status);
    const specs = this.specs();
    for (const run of this.containers) {
      const found = known.find(({ name }) => name === run.name);
      if (found) resume(run, found, specs.get(run.name)!, this.now());
    }
  }

  private async progress(): Promise<void> {
    const { ephemeralContainers } = this.pod.spec!;
    if (ephemeralContainers) this.noticeDebuggers(ephemeralContainers);
    const specs = this.specs();
    for (let again = true; again; ) {
      again = false;
      for (const run of this.containers) {
        const container = specs.get(run.name);
        if (run.state !== 'running' || !container) continue;
        if (run.unresolved && (await configure(this, run, container, run.startedAt))) {
          delete run.unresolved;
          noteLog(run);
        }
        again = keepContainer(this, run, container) || again;
      }
      if (this.ending || this.isOver()) {
        again = this.stopSidecars() || again;
        continue;
      }
      if (this.restartAll(specs)) continue;
      const startable = this.startable(specs);
      if (startable.length > 0 && this.pod.spec!.imagePullSecrets) await this.readPullSecrets();
      for (const run of startable) again = (await startContainer(this, run, specs.get(run.name)!)) || again;
    }
  }

  private async readPullSecrets(): Promise<void> {
    this.pullSecrets = await pullSecretsOf(this.pod, this.host.client);
    const { missing } = this.pullSecrets;
    if (missing.length === 0) return;
    const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
    this.tellPod('Warning', 'FailedToRetrieveImagePullSecret', message);
  }

  /** @returns whether one has ended that makes all of them start anew, and that has still to be noticed */
  private restartAll(specs: ReadonlyMap<string, Container>): boolean {
    const asks = ({ kind, name, state, end }: ContainerRun) =>
      kind !== 'ephemeral' && state === 'ended' && restartsAll(specs.get(name), end!.exitCode);
    const asked = this.containers.some(asks);
    if (asked && this.restartAllAt > this.now()) {
      this.restartAllAt = Math.min(this.restartAllAt, this.now() + relistPeriod);
      return true;
    }
    this.restartAllAt = Number.POSITIVE_INFINITY;
    if (!asked) return false;
    for (const run of this.containers.toReversed()) if (run.kind !== 'ephemeral') resetContainer(this, run);
    return false;
  }

  private isOver(): boolean {
    if (this.containers.some(({ kind, state }) => kind === 'main' && state === 'running')) return false;
    return ['Succeeded', 'Failed'].includes(outcomeOf(this.pod, this.containers));
  }

  /** Gives running containers the resources that the pod asks for now, as far as its node has them. */
  private noticeResize(): void {
    const { metadata, status } = this.pod;
    const waits = status?.conditions?.some(({ type }) => type === 'PodResizePending') ?? false;
    if (status?.observedGeneration === metadata!.generation && !waits) return;
    const resizes = resizesOf(this.pod);
    const rejection = resizes.length > 0 ? this.host.resize(this.pod) : undefined;
    if (rejection) return this.deferResize(rejection.message);
    if (this.pendingResize || waits) this.dirty = true;
    this.pendingResize = undefined;
    if (resizes.length === 0) return;
    this.dirty = true;
    this.tellPod('Normal', 'ResizeStarted', resizeText(this.pod, 'started'));
    const again = resizes.filter(needsRestart).flatMap(({ container: { name } }) => this.container(name) ?? []);
    this.resizing = again.filter(({ state, stop }) => state === 'running' && !stop).map((run) => ({ run, restarts: run.restarts }));
    for (const { run } of this.resizing) {
      run.backOff = 0;
      stopContainer(this, run, this.spec(run), `Container ${run.name} resize requires restart`, graceOf(this), true);
    }
    if (this.resizing.length === 0) this.tellPod('Normal', 'ResizeCompleted', resizeText(this.pod, 'completed'));
  }

  private deferResize(message: string): void {
    const { generation } = this.pod.metadata!;
    const { pendingResize } = this;
    if (pendingResize?.generation === generation && pendingResize?.message === message) return;
    const { initContainerStatuses = [], containerStatuses = [] } = this.pod.status ?? {};
    const had = [...initContainerStatuses, ...containerStatuses].map(({ name, resources = {} }) => [name, resources] as const);
    this.pendingResize = { message, resources: pendingResize?.resources ?? new Map(had), generation };
    this.dirty = true;
    if (pendingResize?.generation !== generation) this.tellPod('Warning', 'ResizeDeferred', resizeText(this.pod, 'Deferred', message));
  }

  /** The containers that had to start again with their new resources have done so. */
  private noticeResized(): void {
    if (this.resizing.length === 0 || !this.resizing.every(({ run, restarts }) => run.restarts > restarts)) return;
    this.resizing = [];
    this.dirty = true;
    this.tellPod('Normal', 'ResizeCompleted', resizeText(this.pod, 'completed'));
  }

  private tellPod(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.host.events.event({ object: this.pod, resource: pods }, type, reason, message);
  }

  private noticeDebuggers(debuggers: readonly { readonly name: string }[]): void {
    const known = new Set(this.containers.map(({ name }) => name));
    const added = debuggers.filter(({ name }) => !known.has(name)).map(({ name }) => newContainer(name, 'ephemeral'));
    if (added.length > 0) this.containers = [...this.containers, ...added];
  }

  /** The containers whose turn it is to be started, or started again. */
  private startable(specs: ReadonlyMap<string, Container>): ContainerRun[] {
    const now = this.now();
    const due = (run: ContainerRun): boolean => {
      if (run.state === 'waiting') return run.retryAt <= now || isChanged(run, specs.get(run.name)!);
      return (
        run.state === 'ended' && run.kind !== 'ephemeral' && (run.again || restartsAfter(this.pod, specs.get(run.name), run.end!.exitCode))
      );
    };
    const initialized = this.containers.some((run) => run.kind === 'main' && run.id !== '');
    const found: ContainerRun[] = [];
    let blocked = false;
    for (const run of this.containers) {
      const inOrder = run.kind === 'init' || run.kind === 'sidecar';
      if (inOrder && (blocked || (initialized && run.kind === 'init'))) continue;
      if (run.kind === 'main' && blocked) continue;
      if (due(run)) found.push(run);
      if (inOrder && !initialized) blocked = run.kind === 'init' ? run.end?.exitCode !== 0 : !run.started;
    }
    return found;
  }

  /** @param grace milliseconds */
  private beginEnding(grace: number, failure?: Ending['failure']): void {
    const killAt = this.now() + grace;
    if (this.ending) {
      for (const { stop } of this.containers) if (stop && stop.killAt > killAt) stop.killAt = killAt;
      return;
    }
    this.ending = { fresh: true, ...(failure ? { failure } : {}) };
    for (const run of this.containers) if (run.kind !== 'sidecar') this.stop(run, grace);
  }

  private stop(run: ContainerRun, grace: number): void {
    if (run.state !== 'running' || run.stop) return;
    stopContainer(this, run, this.spec(run), `Stopping container ${run.name}`, grace, false);
  }

  /** Sidecars are stopped when nothing needs them any more, the last one first. @returns whether one is about to */
  private stopSidecars(): boolean {
    if (this.containers.some((run) => run.state === 'running' && (run.kind !== 'sidecar' || run.stop))) return false;
    const last = this.containers.findLast((run) => run.state === 'running');
    if (!last) return false;
    this.stop(
      last,
      this.pod.metadata!.deletionTimestamp ? Number(this.pod.metadata!.deletionGracePeriodSeconds ?? 0) * 1000 : graceOf(this),
    );
    return true;
  }

  /**
   * Nothing runs any more: takes a deleted pod from the API, and says first how its containers have ended, where that took time. Of stand-ins that
   * stopped at once it is not told, not even where finalizers keep the pod: who holds a pod in a test wants it as it was.
   */
  private async end({ failure, fresh }: Ending): Promise<undefined> {
    const { finalizers, deletionTimestamp } = this.pod.metadata!;
    if (failure) await this.report({ ...this.status('Failed'), reason: failure.reason, message: failure.message });
    else if (!fresh || finalizers?.includes(jobTrackingFinalizer))
      await this.report(this.status(this.containers.every(isWell) ? 'Succeeded' : 'Failed'));
    this.letGo();
    if (deletionTimestamp) await this.delete();
  }

  private status(phase?: 'Succeeded' | 'Failed'): PodStatus {
    const { pendingResize } = this;
    const where = { hostIPs: this.host.addresses, podIPs: this.addresses(), leavesScheduled: this.host.isAdopted };
    const restartingAll = this.restartAllAt < Number.POSITIVE_INFINITY;
    const context = { now: formatTime(this.now()), ...where, pendingResize, resizing: this.resizing.length > 0, restartingAll };
    return podStatus(this.pod, this.containers, context, phase);
  }

  private async report(status: PodStatus): Promise<void> {
    const { namespace, name, uid } = this.pod.metadata!;
    const body = { metadata: { uid }, status };
    const options = { subresource: 'status', fieldManager: 'kubelet' };
    this.dirty = false;
    try {
      this.written = await this.api.patch(namespace!, name!, 'application/strategic-merge-patch+json', body, options);
    } catch (error) {
      // The pod may go at any time: there is nothing left to say then.
      if (isNotFound(error)) return;
      if (isTooLarge(error)) return this.context.logger.warn({ pod: name, namespace }, 'a status is too large to be stored');
      this.dirty = true;
      throw error;
    }
  }

  private async delete(): Promise<void> {
    const { namespace, name, uid } = this.pod.metadata!;
    try {
      await this.api.delete(namespace!, name!, { gracePeriodSeconds: 0, preconditions: { uid: uid! } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.deleted = true;
  }

  private get api() {
    return this.host.client.resource<Pod>(pods);
  }
}

/** When a stage is due that became the pod's next at `since`, in milliseconds since the epoch. */
function dueOf(stage: Stage, pod: Pod, since: number): number {
  const { spec, status } = pod;
  if (!stage.when.deadline) return since + delayOf(stage, pod);
  return (status?.startTime ? parseTime(status.startTime) : since) + Number(spec!.activeDeadlineSeconds ?? 0) * 1000;
}

function isExiting(run: ContainerRun, standIns = false): boolean {
  return run.kind === 'main' && run.state === 'running' && !(standIns && run.program);
}

/** Whether a container that waits may have become another. */
function isChanged({ reason, pullFailure }: ContainerRun, { image }: Container): boolean {
  return reason === 'CreateContainerConfigError' || (pullFailure !== undefined && pullFailure.image !== image);
}

/** Whether somebody has started it already: its containers wait for more than their volumes. */
function isBegun({ status }: Pod): boolean {
  const all = status?.containerStatuses ?? [];
  return all.length > 0 && (Boolean(status!.podIP) || all.some(({ state }) => !state?.waiting));
}

function isWell(run: ContainerRun): boolean {
  return run.kind !== 'main' || run.end?.exitCode === 0;
}

function containersOf({ spec }: Pod): ContainerRun[] {
  const init = spec!.initContainers ?? [];
  const kindOf = ({ restartPolicy }: Container): ContainerKind => (restartPolicy === 'Always' ? 'sidecar' : 'init');
  const all = [
    ...init.map((container) => newContainer(container.name, kindOf(container))),
    ...(spec!.containers ?? []).map(({ name }) => newContainer(name, 'main')),
  ];
  if (init.length > 0) for (const run of all) run.reason = 'PodInitializing';
  return all;
}

/** A container as its status tells of it. */
function resume(run: ContainerRun, status: ContainerStatus, container: Container, now: number): void {
  run.id = status.containerID ?? '';
  run.image = status.image ?? '';
  run.restarts = status.restartCount ?? 0;
  if (status.lastState?.terminated) run.last = status.lastState.terminated;
  const { running, terminated } = status.state ?? {};
  if (running) {
    run.state = 'running';
    run.startedAt = running.startedAt ? parseTime(running.startedAt) : now;
    run.started = status.started ?? true;
    run.ready = status.ready ?? true;
    run.unresolved = true;
    const probes = run.kind === 'init' ? undefined : probesOf(container, run.startedAt);
    if (probes) run.probes = probes;
  } else if (terminated) {
    run.state = 'ended';
    run.end = terminated;
    run.ready = run.kind === 'init' && terminated.exitCode === 0;
  } else {
    run.reason = status.state?.waiting?.reason ?? run.reason;
    run.message = status.state?.waiting?.message ?? '';
  }
}
