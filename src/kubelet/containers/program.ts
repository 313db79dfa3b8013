import type { Container, Pod } from '../../../openapi/types.ts';
import type { Random } from '../../machinery/random.ts';
import { ContainerFiles, FileTree, type Mount } from '../images/files.ts';
import type { KnownImage } from '../images/images.ts';
import type { Process } from '../images/process.ts';
import type { ServerBehaviour } from '../images/rules.ts';
import { isKnownCommand, type ShellWorld, startCommand } from '../images/shell/shell.ts';
import { expand, subPathOf } from './environment.ts';
import type { Log } from './log.ts';

/** What a container runs, where that is known: an emulated process, or a server. */
export interface Program {
  readonly process?: Process;
  readonly server?: ServerBehaviour;
  /** What its exec probes and hooks run in. */
  readonly world?: ShellWorld;
  readonly log?: Log;
}

/** What a container's command is: its own, or what its image brings along; undefined where neither says. */
export function commandOf(container: Container, image: KnownImage): readonly string[] | undefined {
  const { command, args } = container;
  if (command?.length) return [...command, ...(args ?? [])];
  if (!image.program) return undefined;
  const { entrypoint = [], arguments: given = [] } = image.program;
  const whole = [...entrypoint, ...(args?.length ? args : given)];
  return whole.length > 0 ? whole : undefined;
}

/** The server that a command is, if its image says so. */
export function serverOf(command: readonly string[], image: KnownImage): ServerBehaviour | undefined {
  const name = command[0]!.slice(command[0]!.lastIndexOf('/') + 1);
  const servers = image.program?.servers;
  return servers?.[`${name} ${command[1] ?? ''}`] ?? servers?.[name];
}

/** Whether an emulator knows the command, or goes by what a shell would wait for. */
export function isEmulated(command: readonly string[], { stdin }: Container): boolean {
  // A shell that waits for what somebody types stays up.
  if (stdin && command.length === 1) return false;
  return isKnownCommand(command);
}

/** The volumes of a pod whose contents the node has: each emptyDir, empty at first. */
export type PodVolumes = Map<string, FileTree>;

export interface Launch {
  readonly pod: Pod;
  readonly container: Container;
  readonly env: ReadonlyMap<string, string>;
  readonly volumes: PodVolumes;
  readonly random: Random;
  readonly log: Log;
  readonly startedAt: number;
}

/**
 * Starts a container's command.
 * @throws ConfigError where one of its mounts cannot be
 */
export function launch(command: readonly string[], { pod, container, env, volumes, random, log, startedAt }: Launch): Program {
  const files = new ContainerFiles(mountsOf(pod, container, env, volumes));
  const own = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', hostnameOf(pod)],
    ['HOME', '/root'],
    ...env,
  ]);
  const world: ShellWorld = {
    env: own,
    files,
    folder: container.workingDir || '/',
    random,
    output: (text, time) => log.append(text, time),
  };
  const expanded = command.map((word) => expand(word, env));
  return { process: startCommand(expanded, world, startedAt, !pod.spec!.shareProcessNamespace), world, log };
}

/** What a container's mounts show. @throws ConfigError */
export function mountsOf(pod: Pod, container: Container, env: ReadonlyMap<string, string>, volumes: PodVolumes): Mount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const subPath = subPathOf(mount, env);
    const volume = pod.spec!.volumes?.find(({ name }) => name === mount.name);
    let tree: FileTree | undefined;
    if (volume?.emptyDir) {
      tree = volumes.get(mount.name) ?? new FileTree();
      volumes.set(mount.name, tree);
    }
    return { path: mount.mountPath.replace(/\/+$/, '') || '/', tree, folder: subPath === '' ? '/' : `/${subPath}` };
  });
}

function hostnameOf({ metadata, spec }: Pod): string {
  return spec?.hostNetwork ? (spec.nodeName ?? '') : spec?.hostname || metadata!.name!.slice(0, 63).replace(/[-.]+$/, '');
}
