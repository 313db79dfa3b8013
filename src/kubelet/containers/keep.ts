import type { Container, Probe } from '../../../openapi/types.ts';
import { formatTime } from '../../machinery/clock.ts';
import { textOf } from '../images/files.ts';
import { NotEmulated } from '../images/not-emulated.ts';
import type { ServerBehaviour } from '../images/rules.ts';
import type { ContainerRun } from './container.ts';
import { runHook } from './hooks.ts';
import { type ProbeRun, specOf, tryProbe } from './probes.ts';
import { restartingAll } from './restart.ts';
import type { PodScope } from './scope.ts';

/** How a program that no emulator knows takes SIGTERM: it dies of it. */
const standIn: ServerBehaviour = { code: 143, endsAfter: 0 };
/** After its preStop hook, a container has at least so long for its own end, in milliseconds. */
const leastGrace = 2_000;
/** As much of a log as an end's message may hold. */
const messageLines = 80;
const messageCharacters = 2048;

/**
 * Does what is due for a running container: its program's next steps, its probes, its end.
 * @returns whether it ended
 */
export function keepContainer(scope: PodScope, run: ContainerRun, container: Container): boolean {
  const now = scope.now();
  const process = advance(scope, run, now);
  if (process?.exitCode !== undefined) {
    endContainer(scope, run, container, process.exitCode, process.time);
    return true;
  }
  if (run.kind === 'init' && !run.program) {
    endContainer(scope, run, container, 0, now);
    return true;
  }
  if (!run.stop && run.image !== container.image && run.kind !== 'ephemeral') {
    run.backOff = 0;
    const kind = run.kind === 'main' ? 'Container' : 'Init container';
    stopContainer(scope, run, container, `${kind} ${run.name} definition changed, will be restarted`, graceOf(scope), true);
  }
  if (run.heldUntil !== undefined && now >= run.heldUntil) release(scope, run, container);
  if (!run.stop && run.probes && run.heldUntil === undefined) probe(scope, run, container);
  return run.stop ? continueStop(scope, run, container) : false;
}

/** Its postStart hook is done. */
function release(scope: PodScope, run: ContainerRun, container: Container): void {
  delete run.heldUntil;
  run.started = !container.startupProbe;
  run.ready = run.started && run.kind !== 'init' && !container.readinessProbe;
  scope.changed();
}

/** When there is something to do for a container again, in milliseconds since the epoch; Infinity: never. */
export function nextDue(run: ContainerRun): number {
  if (run.state === 'waiting') return run.retryAt;
  if (run.state !== 'running') return Number.POSITIVE_INFINITY;
  let due = run.program?.process?.due ?? Number.POSITIVE_INFINITY;
  if (run.heldUntil !== undefined) due = Math.min(due, run.heldUntil);
  if (run.stop) due = Math.min(due, run.stop.signalled ? Math.min(run.stop.endsAt, run.stop.killAt) : run.stop.signalAt);
  else if (run.heldUntil === undefined) for (const state of run.probes ?? []) if (isActive(state, run)) due = Math.min(due, state.due);
  return due;
}

/** Brings the program up to now; where it does what no emulator knows, the container is a stand-in from then on. */
function advance(scope: PodScope, run: ContainerRun, now: number) {
  try {
    run.program?.process?.advance(now);
  } catch (error) {
    if (!(error instanceof NotEmulated)) throw error;
    delete run.program;
    scope.lost(run, error);
  }
  return run.program?.process;
}

/** Notes the end of a container. */
export function endContainer(scope: PodScope, run: ContainerRun, container: Container | undefined, exitCode: number, at: number): void {
  const message = messageOf(run, container, exitCode);
  run.state = 'ended';
  run.end = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    ...(message ? { message } : {}),
    startedAt: formatTime(run.startedAt),
    finishedAt: formatTime(at),
    containerID: run.id,
  };
  run.started = false;
  run.ready = run.kind === 'init' && exitCode === 0;
  if (run.stop?.again) run.again = true;
  leave(run);
  delete run.heldUntil;
  delete run.probes;
  delete run.stop;
  run.retryAt = 0;
  scope.changed();
}

/**
 * Takes a container from the runtime, without a moment for its end where it still runs, so that it starts as a new one: with all others of its pod, because
 * of one of them.
 */
export function resetContainer(scope: PodScope, run: ContainerRun): void {
  if (run.state === 'waiting') return;
  if (run.state === 'running') {
    scope.tell(run, 'Normal', 'Killing', 'killing');
    leave(run);
  }
  if (run.log) run.previousLog = run.log;
  run.last = { ...restartingAll, exitCode: 137 };
  Object.assign(run, { state: 'waiting', ...restartingAll, id: '', started: false, ready: false, retryAt: 0 });
  run.restarts++;
  delete run.end;
  delete run.again;
  delete run.heldUntil;
  delete run.probes;
  delete run.stop;
  delete run.program;
  delete run.log;
  scope.changed();
}

/** Nothing runs in a container any more: what it printed is complete, and who is connected to it is told. */
export function leave(run: ContainerRun): void {
  run.log?.end();
  const { guests } = run;
  delete run.guests;
  for (const guest of guests ?? []) guest();
}

/** What a container leaves as its last words: its termination log, or the end of its log where it asks for that. */
function messageOf({ program }: ContainerRun, container: Container | undefined, exitCode: number): string | undefined {
  const written = program?.world?.files.read(container?.terminationMessagePath || '/dev/termination-log');
  if (written) return textOf(written.slice(-4096));
  if (exitCode === 0 || container?.terminationMessagePolicy !== 'FallbackToLogsOnError') return undefined;
  return program?.log?.tail(messageLines, messageCharacters);
}

export function graceOf({ pod }: PodScope): number {
  return Number(pod.spec!.terminationGracePeriodSeconds ?? 30) * 1000;
}

/**
 * Begins to stop a container: its preStop hook, then SIGTERM, then SIGKILL.
 * @param grace milliseconds
 * @param again it is started again afterwards
 */
export function stopContainer(
  scope: PodScope,
  run: ContainerRun,
  container: Container | undefined,
  message: string,
  grace: number,
  again: boolean,
): void {
  const now = scope.now();
  const hook = Math.min(hookDuration(scope, run, container, grace), grace);
  run.stop = {
    signalAt: now + hook,
    signalled: false,
    endsAt: Number.POSITIVE_INFINITY,
    code: 0,
    killAt: now + (grace === 0 ? 0 : Math.max(grace, hook + leastGrace)),
    again,
  };
  scope.tell(run, 'Normal', 'Killing', message);
}

/** How long a preStop hook takes. */
function hookDuration(scope: PodScope, run: ContainerRun, container: Container | undefined, grace: number): number {
  const hook = container?.lifecycle?.preStop;
  if (!hook) return 0;
  const { failed, duration } = runHook(hook, run, scope.now(), grace);
  if (failed) scope.tell(run, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  return duration;
}

/** @returns whether the container has ended */
function continueStop(scope: PodScope, run: ContainerRun, container: Container): boolean {
  const stop = run.stop!;
  const now = scope.now();
  const process = run.program?.process;
  if (!stop.signalled && now >= stop.signalAt) {
    stop.signalled = true;
    if (!process) {
      const { code, endsAfter } = run.program?.server ?? standIn;
      stop.code = code;
      stop.endsAt = now + endsAfter;
    } else if (process.signal('TERM', now)) advance(scope, run, now);
  }
  if (process?.exitCode !== undefined) endContainer(scope, run, container, process.exitCode, now);
  else if (now >= stop.endsAt) endContainer(scope, run, container, stop.code, now);
  else if (now >= stop.killAt) endContainer(scope, run, container, 137, now);
  else return false;
  return true;
}

// The others wait for the startup probe, whose part is done then.
function isActive({ kind }: ProbeRun, { started }: ContainerRun): boolean {
  return started !== (kind === 'startup');
}

function probe(scope: PodScope, run: ContainerRun, container: Container): void {
  const now = scope.now();
  for (const state of run.probes!) {
    const spec = specOf(container, state.kind);
    if (!spec || !isActive(state, run) || state.due > now || run.stop) continue;
    const { success, output } = tryProbe(spec, run, scope.address(), now);
    state.count = state.success === success ? state.count + 1 : 1;
    state.success = success;
    state.due = Math.max(now, state.due + (spec.periodSeconds ?? 10) * 1000);
    if (!success) {
      const name = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' }[state.kind];
      scope.tell(run, 'Warning', 'Unhealthy', `${name} probe failed: ${output}`);
    }
    if (state.count >= (success ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3)))
      conclude(scope, run, container, state, spec);
  }
}

/** What follows from a probe that has had the same result often enough. */
function conclude(scope: PodScope, run: ContainerRun, container: Container, { kind, success }: ProbeRun, spec: Probe): void {
  if (kind === 'readiness' || success) {
    const { started, ready } = run;
    if (kind === 'readiness') run.ready = success!;
    if (kind === 'startup') {
      run.started = true;
      run.ready = !container.readinessProbe;
    }
    if (run.started !== started || run.ready !== ready) scope.changed();
    settle(run);
    return;
  }
  const again = (container.restartPolicy ?? scope.pod.spec!.restartPolicy) !== 'Never';
  const message = `${run.kind === 'main' ? 'Container' : 'Init container'} ${run.name} failed ${kind} probe${again ? ', will be restarted' : ''}`;
  const grace = spec.terminationGracePeriodSeconds === undefined ? graceOf(scope) : Number(spec.terminationGracePeriodSeconds) * 1000;
  stopContainer(scope, run, container, message, grace, again);
}

/** Where a program always answers, what its probes have found stays as it is. */
function settle(run: ContainerRun): void {
  const { process, server, world } = run.program ?? {};
  if (process || world || server?.failsAfter !== undefined) return;
  for (const state of run.probes!) if (state.success && state.kind !== 'startup') state.due = Number.POSITIVE_INFINITY;
  if (run.probes!.every((state) => state.success) && run.ready) delete run.probes;
}
