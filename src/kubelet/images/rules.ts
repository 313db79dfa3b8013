import type { Duplex } from 'node:stream';
import type { NodeUsage } from '../endpoints/usage.ts';
import type { ContainerFiles } from './files.ts';
import type { Utility } from './shell/utilities.ts';

/**
 * What the nodes know of an image, as data. Of a list of rules, the first whose pattern fits the image's full name (`docker.io/library/nginx:1.29`) and that has
 * something to say of a matter (its pull, its program) decides that matter. An image of which no rule speaks is there, and is a stand-in.
 */
export interface ImageRule {
  /** Full names that the rule is for; `*` stands for any characters. */
  readonly image: string | readonly string[];
  readonly pull?: PullFailure;
  readonly program?: ImageProgram;
}

/**
 * Why an image cannot be pulled: its registry has none of this name or tag, gives it to nobody, or is not there; or, where none of the pod's pull secrets is for
 * that registry, because it is private.
 */
export type PullFailure = 'notFound' | 'denied' | 'private' | 'unreachable';

/** What an image runs. */
export interface ImageProgram {
  /** As a Dockerfile's ENTRYPOINT and CMD: what a container's own `command` and `args` stand in for. */
  readonly entrypoint?: readonly string[];
  readonly arguments?: readonly string[];
  /** The commands that are servers: by the program's name, or by that and its first argument. */
  readonly servers?: Readonly<Record<string, ServerBehaviour>>;
  /** Emulated programs of its own, named in the same way; they come first. */
  readonly programs?: Readonly<Record<string, Utility>>;
  /** What it runs where its container's standard input is open and no command is given. */
  readonly shell?: string;
  /** What answers on which ports, while its container runs a command that is no emulated one. */
  readonly listens?: (start: ServerStart) => ReadonlyMap<number, Serve>;
}

/** Answers on one connection. */
export type Serve = (connection: Duplex) => void;

/** What a server knows of itself. */
export interface ServerStart {
  /** The container's command and its arguments; none where the image's own are not known. */
  readonly command: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly files: ContainerFiles;
  /** Milliseconds since the epoch. */
  now(): number;
  /** What is used now of each node that runs in this process. */
  usage(): readonly NodeUsage[];
  /** Prints to the container's log. */
  out(text: string): void;
}

/** A program that runs until it gets SIGTERM, answering probes. */
export interface ServerBehaviour {
  /** Its exit code, and the milliseconds from the signal to its end. */
  readonly code: number;
  readonly endsAfter: number;
  /** What it prints when it has started. */
  readonly prints?: string;
  /** So many milliseconds after its start it stops answering HTTP probes. */
  readonly failsAfter?: number;
}
