import type { Container, Pod } from '../../../openapi/types.ts';
import type { Random } from '../../machinery/random.ts';
import { baseName } from '../images/command-line.ts';
import { absolutePath, ContainerFiles, type Mount } from '../images/files.ts';
import type { KnownImage } from '../images/images.ts';
import { Input } from '../images/input.ts';
import type { Process } from '../images/process.ts';
import type { ServerBehaviour } from '../images/rules.ts';
import { isKnownCommand, type ShellWorld, startCommand } from '../images/shell/shell.ts';
import type { User } from '../images/shell/utilities.ts';
import { Terminal } from '../images/terminal.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import { comesFromApi } from '../volumes/sources.ts';
import { expand, subPathOf } from './environment.ts';
import type { Log } from './log.ts';
import { hostnameOf, hostsFile, resolverFile } from './network-files.ts';

/** What a container runs, where that is known: an emulated process, or a server. */
export interface Program {
  readonly process?: Process;
  readonly server?: ServerBehaviour;
  /** What its exec probes and hooks run in. */
  readonly world?: ShellWorld;
  readonly log?: Log;
  /** Where its first process reads, if its standard input is open. */
  readonly input?: Input;
  readonly terminal?: Terminal;
}

/** What a container's command is: its own, or what its image brings along; undefined where neither says. */
export function commandOf({ command, args, stdin }: Container, { program }: KnownImage): readonly string[] | undefined {
  if (command?.length) return [...command, ...(args ?? [])];
  if (!program) return undefined;
  const { entrypoint = [], arguments: given = [], shell } = program;
  const whole = [...entrypoint, ...(args?.length ? args : given)];
  if (whole.length === 0) return stdin && shell ? [shell] : undefined;
  return whole;
}

/** The server that a command is, if its image says so. */
export function serverOf(command: readonly string[], image: KnownImage): ServerBehaviour | undefined {
  const name = baseName(command[0]!);
  const servers = image.program?.servers;
  return servers?.[`${name} ${command[1] ?? ''}`] ?? servers?.[name];
}

/** Whether an emulator knows the command. */
export function isEmulated(command: readonly string[], { program }: KnownImage): boolean {
  return isKnownCommand(command, program?.programs);
}

/** What a container's programs see. */
export interface Inside {
  readonly env: ReadonlyMap<string, string>;
  readonly files: ContainerFiles;
  readonly folder: string;
  readonly user: User;
  readonly programs?: ShellWorld['programs'];
}

export interface Surroundings {
  readonly pod: Pod;
  readonly container: Container;
  readonly image: KnownImage;
  readonly env: ReadonlyMap<string, string>;
  readonly volumes: PodVolumes;
  /** The pod's address. */
  readonly address: string;
  /** Addresses of the cluster's name service. */
  readonly clusterDns: readonly string[];
}

/**
 * Makes what the programs of a container see.
 * @throws ConfigError where one of its mounts cannot be
 */
export function insideOf({ pod, container, image, env, volumes, address, clusterDns }: Surroundings): Inside {
  const hostname = hostnameOf(pod);
  const given = new Map([
    ['/etc/hostname', `${hostname}\n`],
    ['/etc/hosts', hostsFile(pod, address, () => volumes.ofNode('/etc/hosts'))],
    ['/etc/resolv.conf', resolverFile(pod, clusterDns)],
  ]);
  const programs = image.program?.programs;
  return {
    files: new ContainerFiles(mountsOf(pod, container, env, volumes), {
      readOnly: container.securityContext?.readOnlyRootFilesystem ?? false,
      given,
    }),
    env: new Map([
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['HOSTNAME', hostname],
      ['HOME', '/root'],
      ...(container.tty ? [['TERM', 'xterm'] as const] : []),
      ...env,
    ]),
    folder: container.workingDir || '/',
    user: userOf(pod, container),
    ...(programs ? { programs } : {}),
  };
}

export interface Launch {
  readonly pod: Pod;
  readonly container: Container;
  readonly env: ReadonlyMap<string, string>;
  readonly inside: Inside;
  readonly random: Random;
  readonly log: Log;
  readonly startedAt: number;
}

/** Starts a container's command. */
export function launch(command: readonly string[], { pod, container, env, inside, random, log, startedAt }: Launch): Program {
  const input = container.stdin ? Input.open() : undefined;
  const terminal = container.tty && input ? new Terminal(input, (text, time) => log.append(text, time)) : undefined;
  const world: ShellWorld = {
    ...inside,
    random,
    ...(input ? { input } : {}),
    ...(terminal ? { terminal: true } : {}),
    output: (text, time) => (terminal ? terminal.print(text, time) : log.append(text, time)),
  };
  const expanded = command.map((word) => expand(word, env));
  const process = startCommand(expanded, world, startedAt, !pod.spec!.shareProcessNamespace);
  return { process, world, log, ...(input ? { input } : {}), ...(terminal ? { terminal } : {}) };
}

/** What a container's mounts show. @throws ConfigError */
export function mountsOf(pod: Pod, container: Container, env: ReadonlyMap<string, string>, volumes: PodVolumes): Mount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const subPath = subPathOf(mount, env);
    const volume = pod.spec!.volumes?.find(({ name }) => name === mount.name);
    const ofApi = volume !== undefined && comesFromApi(volume);
    const inMemory = volume?.emptyDir?.medium === 'Memory' || volume?.secret || volume?.projected || volume?.downwardAPI;
    const files = volumes.files(volume);
    const folder = absolutePath(files?.root ?? '/', subPath);
    // A part that is not there is made, as a folder.
    if (files && !ofApi && files.tree.mode(folder) === undefined) files.tree.makeFolder(folder);
    return {
      path: mount.mountPath.replace(/\/+$/, '') || '/',
      tree: files?.tree,
      folder,
      readOnly: mount.readOnly || ofApi,
      type: inMemory ? 'tmpfs' : 'ext4',
    };
  });
}

/** As whom a container's programs run: an image's own user is not known. */
function userOf({ spec }: Pod, { securityContext }: Container): User {
  const pod = spec!.securityContext;
  const groups = [...(pod?.supplementalGroups ?? []), ...(pod?.fsGroup === undefined ? [] : [pod.fsGroup])];
  return { uid: securityContext?.runAsUser ?? pod?.runAsUser ?? 0, gid: securityContext?.runAsGroup ?? pod?.runAsGroup ?? 0, groups };
}
