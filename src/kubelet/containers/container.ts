import type { ContainerStateTerminated } from '../../../openapi/types.ts';
import type { Log } from './log.ts';
import type { ProbeRun } from './probes.ts';
import type { Inside, Program } from './program.ts';

export type ContainerKind = 'init' | 'sidecar' | 'main' | 'ephemeral';

/** A container as its kubelet remembers it. Times are milliseconds since the epoch. */
export interface ContainerRun {
  readonly name: string;
  readonly kind: ContainerKind;
  state: 'waiting' | 'running' | 'ended';
  /** Why it waits. */
  reason: string;
  message: string;
  /** Of the run that goes on, or was the last. */
  id: string;
  image: string;
  startedAt: number;
  end?: ContainerStateTerminated;
  /** How the run before the present one ended. */
  last?: ContainerStateTerminated;
  restarts: number;
  started: boolean;
  ready: boolean;
  /** Absent: nobody knows what it runs; it stays as it is. */
  program?: Program;
  /** What commands that are run beside its program see, once there was one, where the program itself is not emulated. */
  inside?: Inside;
  /** What it has printed: this run, or the last one; absent where nothing that is known has run. */
  log?: Log;
  /** What the run before that has printed. */
  previousLog?: Log;
  probes?: ProbeRun[];
  /** Until when its postStart hook takes: it is not ready, nor probed, before. */
  heldUntil?: number;
  stop?: Stopping;
  /** It was taken over from an earlier process, and its program is not known yet. */
  unresolved?: boolean;
  /** It is started again whatever its policy says. */
  again?: boolean;
  /** Who is connected to it: told when it ends. */
  guests?: Set<() => void>;
  /** How long the next start waits after an end, and since when that is so. */
  backOff: number;
  backOffAt: number;
  /** No start is tried before. */
  retryAt: number;
  /** The last failure to pull its image. */
  pullFailure?: { readonly image: string; readonly backOff: number };
}

/** A container that is being stopped. */
export interface Stopping {
  /** When its preStop hook is done. */
  signalAt: number;
  signalled: boolean;
  /** When it will have ended by itself; Infinity: never. */
  endsAt: number;
  code: number;
  killAt: number;
  /** It is started again then. */
  readonly again: boolean;
}

/** A container that has not run yet. */
export function newContainer(name: string, kind: ContainerKind): ContainerRun {
  return {
    name,
    kind,
    state: 'waiting',
    reason: 'ContainerCreating',
    message: '',
    id: '',
    image: '',
    startedAt: 0,
    restarts: 0,
    started: false,
    ready: false,
    backOff: 0,
    backOffAt: 0,
    retryAt: 0,
  };
}

/** Whether it holds back, or keeps up, the pod as a whole. */
export function isLasting({ kind }: ContainerRun): boolean {
  return kind === 'main' || kind === 'sidecar';
}

/** Tells somebody who is connected to a container when it ends. @returns a function by which they leave before */
export function visit(run: ContainerRun, over: () => void): () => void {
  (run.guests ??= new Set()).add(over);
  return () => void run.guests?.delete(over);
}
