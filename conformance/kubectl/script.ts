import { numbering } from './transcript.ts';

/** A line that a user types, and what of its output is compared. */
export interface CommandStep {
  /** A line for sh, run in `files/`; kubectl and helm are the ones under test. */
  readonly run: string;
  /** The rows of a table come in no particular order (generated names, events). */
  readonly unordered?: true;
  /** Lines that are not compared, with the reason. */
  readonly omit?: Omission;
  /** Oldest and newest minor version of kubectl that knows the command. */
  readonly since?: number;
}

/** A command that goes on until it is stopped (a watch). */
export interface WatchStep {
  readonly watch: string;
  /** The line runs once the watch has printed this. */
  readonly from: RegExp;
  readonly meanwhile: string;
  /** The watch is stopped once it has printed this. */
  readonly until: RegExp;
  readonly omit?: Omission;
}

/** Tried again until it succeeds; nothing of it is compared. */
export interface WaitStep {
  readonly wait: string;
  /** Seconds; 30 by default. */
  readonly within?: number;
}

/** The process ends and is started again on its data. */
export interface RestartStep {
  readonly restart: true;
}

export interface Omission {
  readonly lines: RegExp;
  readonly because: string;
}

export type Step = CommandStep | WatchStep | WaitStep | RestartStep;

/** The line that names a step in a transcript. */
export function titleOf(step: CommandStep | WatchStep): string {
  return 'run' in step ? step.run : `${step.watch} & ${step.meanwhile}`;
}

export function isCompared(step: Step): step is CommandStep | WatchStep {
  return 'run' in step || 'watch' in step;
}

/** The titles of the steps that are compared with a kubectl of this minor version. */
export function comparedTitles(steps: readonly Step[], minor: number): string[] {
  return steps
    .filter(isCompared)
    .filter((step) => !('run' in step) || (step.since ?? 0) <= minor)
    .map(titleOf)
    .map(
      (
        (number) => (title: string) =>
          number(title)
      )(numbering()),
    );
}
