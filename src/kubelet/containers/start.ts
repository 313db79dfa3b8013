import type { Container } from '../../../openapi/types.ts';
import { parseTime } from '../../machinery/clock.ts';
import { pullFailureText } from '../images/images.ts';
import { NotEmulated } from '../images/not-emulated.ts';
import type { ContainerRun } from './container.ts';
import { ConfigError, environmentOf, isPlainEnvironment } from './environment.ts';
import { runHook } from './hooks.ts';
import { endContainer, graceOf, stopContainer } from './keep.ts';
import { Log } from './log.ts';
import { probesOf } from './probes.ts';
import { commandOf, type Inside, insideOf, isEmulated, launch, mountsOf, serverOf } from './program.ts';
import { backOffOf, firstBackOff, formatSeconds, lengthenBackOff, longestBackOff } from './restart.ts';
import type { PodScope } from './scope.ts';

/** What a kubelet takes to come back to a container whose image it could not pull, or to notice that one has ended; milliseconds. */
export const relistPeriod = 1_000;
/** How long a hook may take that is waited for; milliseconds. */
const longestHook = 3_600_000;
/** How long it waits before it tries again what the pod's description did not allow. */
const resyncPeriod = 10_000;

/**
 * Starts a container that waits or has ended, if its back-off, its image and its description allow that; says in its state why they do not.
 * @returns whether it was started
 */
export async function startContainer(scope: PodScope, run: ContainerRun, container: Container): Promise<boolean> {
  const now = scope.now();
  if (run.state === 'ended') {
    const until = parseTime(run.end!.finishedAt!) + backOffOf(run, parseTime(run.end!.finishedAt!));
    if (until > now) {
      backOff(scope, run, until);
      return false;
    }
  }
  if (!pull(scope, run, container) || !(await configure(scope, run, container, now))) return false;
  begin(scope, run, container, now);
  return true;
}

function begin(scope: PodScope, run: ContainerRun, container: Container, now: number): void {
  const end = run.end ?? (run.id !== '' ? run.last : undefined);
  if (end) {
    lengthenBackOff(run, parseTime(end.finishedAt!));
    run.last = end;
    run.restarts++;
    if (run.log) run.previousLog = run.log;
  }
  delete run.log;
  noteLog(run);
  delete run.end;
  delete run.again;
  run.state = 'running';
  run.id = `orrery://${scope.context.random.bytes(32).toString('hex')}`;
  run.image = container.image ?? '';
  run.startedAt = now;
  const probes = run.kind === 'init' ? undefined : probesOf(container, now);
  if (probes) run.probes = probes;
  run.started = !probes || !container.startupProbe;
  run.ready = run.started && run.kind !== 'init' && !(probes && container.readinessProbe);
  run.reason = run.message = '';
  run.retryAt = 0;
  scope.changed();
  scope.tell(run, 'Normal', 'Created', 'Container created');
  scope.tell(run, 'Normal', 'Started', 'Container started');
  // What an init container that no emulator knows has to do is done at once.
  if (run.kind === 'init' && !run.program) endContainer(scope, run, container, 0, now);
  else postStart(scope, run, container, now);
}

/** From now on, what the container prints is its log. */
export function noteLog(run: ContainerRun): void {
  if (run.program?.log) run.log = run.program.log;
}

/** Runs the hook of a container that has just started: until it is done the container is not ready, and if it fails the container ends. */
function postStart(scope: PodScope, run: ContainerRun, container: Container, now: number): void {
  const hook = container.lifecycle?.postStart;
  if (!hook) return;
  const outcome = runHook(hook, run, now, longestHook);
  if (outcome.failed) {
    scope.tell(run, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
    const again = (container.restartPolicy ?? scope.pod.spec!.restartPolicy) !== 'Never';
    stopContainer(scope, run, container, 'FailedPostStartHook', graceOf(scope), again);
  } else if (outcome.duration > 0) {
    run.heldUntil = now + outcome.duration;
    run.started = run.ready = false;
  }
}

function backOff(scope: PodScope, run: ContainerRun, until: number): void {
  const { name, namespace, uid } = scope.pod.metadata!;
  const pod = `${name}_${namespace}(${uid})`;
  const length = formatSeconds(backOffOf(run, parseTime(run.end!.finishedAt!)));
  wait(scope, run, 'CrashLoopBackOff', `back-off ${length} restarting failed container=${run.name} pod=${pod}`, until);
  scope.tell(run, 'Warning', 'BackOff', `Back-off restarting failed container ${run.name} in pod ${pod}`);
}

/** Leaves a container waiting, until it is tried again. */
function wait(scope: PodScope, run: ContainerRun, reason: string, message: string, retryAt: number): void {
  if (run.end) run.last = run.end;
  delete run.end;
  if (run.state !== 'waiting' || run.reason !== reason || run.message !== message) scope.changed();
  run.state = 'waiting';
  run.reason = reason;
  run.message = message;
  run.retryAt = retryAt;
  run.started = run.ready = false;
}

/** Gets the image. @returns whether it is there */
function pull(scope: PodScope, run: ContainerRun, { image = '', imagePullPolicy }: Container): boolean {
  const now = scope.now();
  const quoted = JSON.stringify(image);
  const { invalid, fullName, pull: known } = scope.host.images.get(image);
  const pull = known === 'private' && scope.pullSecrets.allow(fullName) ? undefined : known;
  const fail = (reason: string, message: string, retryAt: number): false => {
    scope.tell(run, 'Warning', 'Failed', `Error: ${reason}`);
    wait(scope, run, reason, message, retryAt);
    return false;
  };
  if (invalid) {
    const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: ${invalid}`;
    scope.tell(run, 'Warning', 'InspectFailed', message);
    return fail('InvalidImageName', message, now + resyncPeriod);
  }
  if (!pull) {
    delete run.pullFailure;
    tellOfImage(scope, run, quoted, imagePullPolicy === 'Always');
    return true;
  }
  if (imagePullPolicy === 'Never') {
    const message = `Container image ${quoted} is not present with pull policy of Never`;
    scope.tell(run, 'Warning', 'ErrImageNeverPull', message);
    return fail('ErrImageNeverPull', message, now + resyncPeriod);
  }
  const failure = run.pullFailure?.image === image ? run.pullFailure : undefined;
  if (failure && run.reason === 'ErrImagePull') {
    const message = `Back-off pulling image ${quoted}`;
    scope.tell(run, 'Normal', 'BackOff', message);
    return fail('ImagePullBackOff', `${message}: ErrImagePull: ${run.message}`, now + failure.backOff - relistPeriod);
  }
  run.pullFailure = { image, backOff: failure ? Math.min(failure.backOff * 2, longestBackOff) : firstBackOff };
  const text = pullFailureText(fullName, pull);
  scope.tell(run, 'Normal', 'Pulling', `Pulling image ${quoted}`);
  scope.tell(run, 'Warning', 'Failed', `Failed to pull image ${quoted}: ${text}`);
  return fail('ErrImagePull', text, now + relistPeriod);
}

function tellOfImage(scope: PodScope, run: ContainerRun, quoted: string, pulled: boolean): void {
  if (pulled) scope.tell(run, 'Normal', 'Pulling', `Pulling image ${quoted}`);
  const text = pulled
    ? `Successfully pulled image ${quoted} in 0s (0s including waiting). Image size: 0 bytes.`
    : `Container image ${quoted} already present on machine and can be accessed by the pod`;
  scope.tell(run, 'Normal', 'Pulled', text);
}

function printed(text: string, time: number): Log {
  const log = new Log();
  log.append(text, time);
  return log;
}

/** Whether the kubelet runs commands in the container: probes and hooks. */
function runsCommandsBeside({ startupProbe, livenessProbe, readinessProbe, lifecycle }: Container): boolean {
  return [startupProbe, livenessProbe, readinessProbe, lifecycle?.postStart, lifecycle?.preStop].some((handler) => handler?.exec);
}

/** What the programs of a container see, made now. @throws ConfigError */
export async function lookInside(scope: PodScope, container: Container, env: ReadonlyMap<string, string>): Promise<Inside> {
  const { pod, host, volumes } = scope;
  await volumes.prepare(pod, scope.place(), scope.now());
  const { images, clusterDns } = host;
  return insideOf({ pod, container, image: images.get(container.image ?? ''), env, volumes, address: scope.address(), clusterDns });
}

/**
 * Makes what a container runs, with its environment and its mounts.
 * @param startedAt milliseconds since the epoch; a container that was taken over began a while ago
 * @returns whether its description allows that
 */
export async function configure(scope: PodScope, run: ContainerRun, container: Container, startedAt: number): Promise<boolean> {
  const { pod, host, volumes } = scope;
  const image = host.images.get(container.image ?? '');
  const command = commandOf(container, image);
  const emulated = command !== undefined && isEmulated(command, image);
  const server = command && !emulated ? serverOf(command, image) : undefined;
  delete run.program;
  delete run.inside;
  if (server) run.program = { server, ...(server.prints ? { log: printed(server.prints, startedAt) } : {}) };
  const visited = server !== undefined && runsCommandsBeside(container);
  if (!emulated && !visited && isPlainEnvironment(container)) return true;
  try {
    const env = await environmentOf(pod, container, scope.place());
    const { random } = scope.context;
    if (emulated) {
      const inside = await lookInside(scope, container, env);
      run.program = launch(command, { pod, container, env, inside, random, log: new Log(), startedAt });
    } else if (visited) {
      const inside = await lookInside(scope, container, env);
      run.program = { ...run.program, world: { ...inside, random, output: () => {} } };
    } else mountsOf(pod, container, env, volumes);
    return true;
  } catch (error) {
    if (error instanceof NotEmulated) return true;
    if (!(error instanceof ConfigError)) throw error;
    const reason = 'CreateContainerConfigError';
    const known = run.reason === reason && run.message === error.message && run.retryAt > scope.now();
    if (!known) scope.tell(run, 'Warning', 'Failed', `Error: ${error.message}`);
    wait(scope, run, reason, error.message, known ? run.retryAt : scope.now() + resyncPeriod);
    return false;
  }
}
