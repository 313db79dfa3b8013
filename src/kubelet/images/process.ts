import type { Input } from './input.ts';

/** What a program does next: nothing for so many milliseconds (Infinity: for ever), until its children have ended, or until more has come to be read. */
export type Pause = { readonly for: number } | { readonly children: readonly Task[] } | { readonly input: Input };

/** Thrown into a program at its pause when somebody types Ctrl-C: who does not catch it dies. */
export class Interrupted extends Error {}

/** A running program: it yields its pauses and returns its exit code. */
export type Run = Generator<Pause, number, void>;

/** One thread of a process: the program itself, or a child in the background. */
export interface Task {
  readonly run: Run;
  /** On the process' own time. */
  due: number;
  children?: readonly Task[];
  code?: number;
}

export type Signal = 'TERM' | 'KILL' | 'INT';

export interface ProcessOptions {
  /** Milliseconds since the epoch at which it began. */
  readonly startedAt: number;
  /** Whether it is the first process of its container, to which signals without a handler mean nothing. */
  readonly first: boolean;
  /** Whether the program has something to say to a signal; told before it is woken from `wait`. */
  readonly handles?: (signal: Signal) => boolean;
}

/**
 * An emulated process. Its time goes by in leaps: `advance` runs all that is due, each step at the moment at which it fell due, so that a process that is
 * looked at late, or was forgotten meanwhile, does what it would have done.
 */
export class Process {
  /** The process' own time: that of the step that runs. */
  time: number;
  exitCode: number | undefined;
  private readonly options: ProcessOptions;
  private readonly tasks: Task[] = [];

  /** @param begin makes the program, which may use the process */
  constructor(options: ProcessOptions, begin: (process: Process) => Run) {
    this.options = options;
    this.time = options.startedAt;
    this.tasks.push({ run: begin(this), due: options.startedAt });
  }

  /** When there is something to do again, in milliseconds since the epoch; Infinity: never. */
  get due(): number {
    return this.exitCode !== undefined ? Number.POSITIVE_INFINITY : Math.min(...this.tasks.map((task) => task.due));
  }

  /** Starts a child in the background. */
  start(run: Run): Task {
    const task: Task = { run, due: this.time };
    this.tasks.push(task);
    return task;
  }

  /**
   * Runs what is due.
   * @throws NotEmulated
   */
  advance(now: number): void {
    while (this.exitCode === undefined) {
      const next = this.tasks.reduce((first, task) => (task.due < first.due ? task : first));
      if (next.due > now) return;
      this.time = Math.max(this.time, next.due);
      this.step(next);
    }
  }

  /** Interrupts what runs in the foreground, as a terminal's Ctrl-C. @throws NotEmulated */
  interrupt(now: number): void {
    if (this.exitCode !== undefined) return;
    this.time = Math.max(this.time, now);
    const main = this.tasks[0]!;
    delete main.children;
    try {
      this.paused(main, main.run.throw(new Interrupted()));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.exitCode = 130;
    }
  }

  /** Whether the process took notice: one that did not goes on as if nothing had been. */
  signal(signal: Signal, now: number): boolean {
    if (this.exitCode !== undefined) return true;
    this.time = Math.max(this.time, now);
    if (signal !== 'KILL' && this.options.handles?.(signal)) {
      const main = this.tasks[0]!;
      if (main.children) this.wake(main);
      return true;
    }
    if (signal !== 'KILL' && this.options.first) return false;
    this.exitCode = signal === 'KILL' ? 137 : signal === 'TERM' ? 143 : 130;
    return true;
  }

  private step(task: Task): void {
    this.paused(task, task.run.next());
  }

  private paused(task: Task, { value, done }: IteratorResult<Pause, number>): void {
    if (done) return this.ended(task, value);
    if ('for' in value) {
      task.due = this.time + value.for;
      return;
    }
    task.due = Number.POSITIVE_INFINITY;
    if ('input' in value) {
      value.input.whenMore((now) => {
        task.due = Math.max(this.time, now);
      });
      return;
    }
    task.children = value.children;
    this.wakeParents();
  }

  private ended(task: Task, code: number): void {
    task.code = code;
    task.due = Number.POSITIVE_INFINITY;
    if (task === this.tasks[0]) this.exitCode = code;
    else this.tasks.splice(this.tasks.indexOf(task), 1);
    this.wakeParents();
  }

  private wakeParents(): void {
    for (const parent of this.tasks) if (parent.children?.every((child) => child.code !== undefined)) this.wake(parent);
  }

  private wake(task: Task): void {
    delete task.children;
    task.due = this.time;
  }
}

/** Runs a program that may not pause for longer than `limit` milliseconds. @throws NotEmulated @returns its exit code; undefined if it took longer */
export function runWithin(process: Process, limit: number): number | undefined {
  process.advance(process.time + limit);
  return process.exitCode;
}
