import type { Duplex, Readable } from 'node:stream';
import { containerStatuses } from '../../../api/core/v1/pod-containers.ts';
import type { Pod } from '../../../openapi/types.ts';
import { ApiError, badRequest, internalError } from '../../registry/errors.ts';
import { type ContainerRun, visit } from '../containers/container.ts';
import type { Log } from '../containers/log.ts';
import { kubeletServer, type ServedNode } from '../endpoints/kubelet-server.ts';
import { connectedPair } from '../images/connection.ts';
import { isKnownCommand } from '../images/shell/shell.ts';
import type { PodWorker } from '../pod-worker.ts';
import { type CommandStreams, runCommand } from './command-session.ts';
import { dialPod } from './dial-pod.ts';
import { type FollowedLog, type LogOptions, readLog } from './read-log.ts';

export interface ContainerPlace {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface CommandOptions {
  /** Absent: the container's own program is attached to. */
  readonly command?: readonly string[];
  readonly tty: boolean;
}

/** What the fleet has of a pod. */
export interface KnownPod {
  readonly worker: PodWorker;
  /** Lets its worker do what is due. */
  poke(): void;
}

/** What a kubelet answers on its own port, in its words: logs, commands in containers, connections to ports. */
export class FleetStreams {
  private readonly served: (node: string) => ServedNode | undefined;
  private readonly find: (node: string, namespace: string, pod: string) => KnownPod | undefined;
  private readonly now: () => number;

  /**
   * @param served undefined for nodes whose kubelets do not listen
   * @param find undefined for pods of which no kubelet of ours has heard
   * @param now milliseconds since the epoch
   */
  constructor(served: FleetStreams['served'], find: FleetStreams['find'], now: FleetStreams['now']) {
    this.served = served;
    this.find = find;
    this.now = now;
  }

  /** Whether the kubelet of a node listens. */
  reaches(node: string): boolean {
    return this.served(node) !== undefined;
  }

  /** Connects to the port of a node's kubelet. @returns undefined where it does not listen */
  dialKubelet(node: string): Duplex | undefined {
    const served = this.served(node);
    if (!served) return undefined;
    const [client, server] = connectedPair();
    kubeletServer(served, this, this.now)(server);
    return client;
  }

  /** What a container has printed. @throws ApiError of the kubelet */
  logs({ node, namespace, pod, container }: ContainerPlace, { previous, ...options }: LogOptions & { previous: boolean }): Readable {
    const known = this.find(node, namespace, pod);
    if (!known) throw new ApiError(404, 'NotFound', `the server could not find the requested resource ( pods/log ${pod})`);
    const log = logOf(known.worker, container, previous);
    const run = previous ? undefined : known.worker.container(container);
    return readLog(log ?? (run?.state === 'running' ? silent(run) : undefined), options);
  }

  /**
   * Prepares a command, or attaches to the program that runs.
   * @returns what runs it with a client's streams, and resolves to its exit code
   * @throws ApiError of the kubelet, where the container does not run or has no such program
   */
  async command(
    { node, namespace, pod, container }: ContainerPlace,
    { command, tty }: CommandOptions,
  ): Promise<(streams: CommandStreams) => Promise<number>> {
    const known = this.find(node, namespace, pod);
    if (!known) throw new ApiError(404, 'NotFound', 'pod does not exist');
    const run = known.worker.container(container);
    if (run?.state !== 'running') {
      throw plain(
        command ? `container not found (${JSON.stringify(container)})` : `container ${container} not found in pod ${pod}_${namespace}`,
      );
    }
    if (!command) return (streams) => attach(known, run, streams);
    const inside = await known.worker.inside(run);
    const { random, clock } = known.worker.context;
    return (streams) => {
      const name = command[0]!;
      if (!isKnownCommand(command, inside.programs)) throw internalError(notFound(name, random.bytes(32).toString('hex')));
      const session = runCommand(command, { ...inside, random }, tty, streams, clock);
      return session.done.finally(visit(run, () => session.kill()));
    };
  }

  /** @returns what connects to a port of the pod. @throws ApiError of the kubelet */
  portForward(node: string, namespace: string, pod: string): (port: number) => Promise<Duplex> {
    const known = this.find(node, namespace, pod);
    if (!known?.worker.runs()) throw plain(`pod not found (${JSON.stringify(`${pod}_${namespace}`)})`);
    return async (port) => {
      const connection = await dialPod(known.worker, port);
      if (connection) return connection;
      const refused = `dial tcp4 127.0.0.1:${port}: connect: connection refused`;
      throw new Error(
        `error forwarding port ${port} to pod ${known.worker.pod.metadata!.uid}, uid : failed to connect to localhost:${port} inside the pod: ${refused}`,
      );
    };
  }

  /** Connects to a port of a pod over the pods' network. @returns undefined where nothing listens */
  async dial(node: string, namespace: string, pod: string, port: number): Promise<Duplex | undefined> {
    const known = this.find(node, namespace, pod);
    return known?.worker.runs() ? dialPod(known.worker, port) : undefined;
  }
}

/** A failure that a kubelet answers as plain text. */
function plain(message: string): ApiError {
  return new ApiError(500, '', message);
}

/** As containerd says it. @param id of the command's process */
function notFound(program: string, id: string): string {
  const why = program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH';
  return (
    `error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: ` +
    `exec failed: unable to start container process: exec: ${JSON.stringify(program)}: ${why}: unknown`
  );
}

/** The log that is meant; undefined where nothing that is known was printed. @throws ApiError 400 where there can be none */
function logOf(worker: PodWorker, container: string, previous: boolean): Log | undefined {
  const { name } = worker.pod.metadata!;
  const subject = `container ${JSON.stringify(container)} in pod ${JSON.stringify(name)}`;
  const run = worker.container(container);
  const [state, last] = run ? [run.state, run.last] : reported(worker.pod, container);
  if (state === undefined) throw badRequest(`${subject} is not available`);
  if (previous) {
    if (!last) throw badRequest(`previous terminated ${subject} not found`);
    // While it waits for its next start, the run that ended is the previous one.
    return state === 'waiting' ? run?.log : run?.previousLog;
  }
  if (state === 'waiting' && !last) throw badRequest(`${subject} is waiting to start: ${waitText(run)}`);
  return run?.log;
}

/** The log of a container that prints nothing: who follows it waits for the container's end. */
function silent(run: ContainerRun): FollowedLog {
  return {
    all: () => [],
    follow: ({ ended }) => visit(run, ended),
  };
}

/** What the pod's status says of a container whose kubelet has forgotten it. */
function reported({ status }: Pod, container: string): [state: ContainerRun['state'] | undefined, last: unknown] {
  const found = containerStatuses(status).find(({ name }) => name === container);
  if (!found) return [undefined, undefined];
  const { state, lastState } = found;
  return [state?.running ? 'running' : state?.terminated ? 'ended' : 'waiting', lastState?.terminated];
}

function waitText(run: ContainerRun | undefined): string {
  switch (run?.reason) {
    case 'ErrImagePull':
      return "image can't be pulled";
    case 'ImagePullBackOff':
      return 'trying and failing to pull image';
    default:
      return run?.reason ?? 'ContainerCreating';
  }
}

/** Connects a client with the container's own program, until that ends or the client goes. */
function attach({ worker, poke }: KnownPod, run: ContainerRun, { stdin, stdout, signal }: CommandStreams): Promise<number> {
  const { input, terminal, process, log } = run.program ?? {};
  const { clock } = worker.context;
  const stopOutput = stdout && log?.follow({ printed: (text) => void (stdout.destroyed || stdout.write(text, 'latin1')), ended() {} });
  stdin?.on('data', (bytes: Buffer) => {
    const text = bytes.toString('latin1');
    if (terminal?.type(text, clock.now())) process?.interrupt(clock.now());
    else if (!terminal) input?.write(text, clock.now());
    poke();
  });
  return new Promise<number>((resolve) => {
    const over = () => {
      stopOutput?.();
      leave();
      resolve(0);
    };
    const leave = visit(run, over);
    signal.addEventListener('abort', over, { once: true });
    // A program that others may still write to goes on, and so does one on a terminal; whoever has no more to say is detached.
    stdin?.once('end', () => {
      if (terminal || !worker.spec(run)?.stdinOnce) return over();
      input?.end(clock.now());
      poke();
    });
  });
}
